/* SPDX-License-Identifier: MIT
 *
 * Lists a folder and all below it, and prints a file. The files come from the
 * folder rootfs/ beside this source: mkimage packs it into the image.
 *     mkimage run apps/files [-- FOLDER [FILE]]
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int complain(const char *path)
{
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    return 1;
}

static int list(const char *folder, int depth)
{
    struct dirent *entry;
    int faults = 0;
    DIR *directory = opendir(folder);

    if (!directory)
        return complain(folder);
    while ((entry = readdir(directory))) {
        char path[1024];
        struct stat status;

        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        snprintf(path, sizeof(path), "%s/%s", strcmp(folder, "/") ? folder : "", entry->d_name);
        if (lstat(path, &status)) {
            faults += complain(path);
            continue;
        }
        printf("%*s%s%s  %ld\n", depth * 4, "", entry->d_name, S_ISDIR(status.st_mode) ? "/" : "",
               (long)status.st_size);
        if (S_ISDIR(status.st_mode))
            faults += list(path, depth + 1);
    }
    closedir(directory);
    return faults;
}

static int print(const char *path)
{
    char line[256];
    FILE *file = fopen(path, "r");

    if (!file)
        return complain(path);
    while (fgets(line, sizeof(line), file))
        fputs(line, stdout);
    fclose(file);
    return 0;
}

int main(int argc, char **argv)
{
    int faults = list(argc > 1 ? argv[1] : "/", 0);

    faults += print(argc > 2 ? argv[2] : "/poems/tyger.txt");
    return faults ? 1 : 0;
}
