/* SPDX-License-Identifier: MIT
 *
 * Walks the root file system: tree prints how many files there are and the sum
 * of their sizes; with a path, the file's size and a checksum of its bytes.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>
#include "check.h"

static long long file_count;
static long long total_bytes;

static void folder_walk(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;

    CHECK(folder != NULL);
    while ((entry = readdir(folder)) != NULL) {
        char name[1024];
        struct stat st;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(name, sizeof name, "%s/%s", strcmp(path, "/") == 0 ? "" : path, entry->d_name);
        CHECK(lstat(name, &st) == 0);
        if (strcmp(name, "/dev") == 0)
            continue; /* the system's own */
        if (S_ISDIR(st.st_mode)) {
            folder_walk(name);
        } else {
            file_count++;
            total_bytes += st.st_size;
        }
    }
    CHECK(closedir(folder) == 0);
}

/* The sum of all bytes and the last one: every page is read once. */
static void file_read(const char *path)
{
    static unsigned char buffer[1 << 20];
    uint64_t sum = 0;
    uint64_t size_bytes = 0;
    ssize_t got;
    int fd = open(path, O_RDONLY);

    CHECK(fd >= 0);
    while ((got = read(fd, buffer, sizeof buffer)) > 0) {
        for (ssize_t i = 0; i + 8 <= got; i += 8)
            sum += *(uint64_t *)&buffer[i];
        size_bytes += (uint64_t)got;
    }
    CHECK(got == 0);
    printf("size=%llu sum=%llx\n", (unsigned long long)size_bytes, (unsigned long long)sum);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        file_read(argv[1]);
    } else {
        folder_walk("/");
        printf("files=%lld bytes=%lld\n", file_count, total_bytes);
    }
    return success();
}
