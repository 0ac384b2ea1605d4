/* SPDX-License-Identifier: MIT
 *
 * A whole folder as a sorted array.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int chooser(const struct dirent *);
typedef int sorter(const struct dirent **, const struct dirent **);

struct entries {
    struct dirent **at;
    size_t count, room;
};

static int entry_add(struct entries *entries, const struct dirent *entry)
{
    size_t size_bytes = offsetof(struct dirent, d_name) + strlen(entry->d_name) + 1;
    struct dirent *copy;

    if (entries->count == entries->room) {
        size_t room = entries->room ? 2 * entries->room : 32;
        struct dirent **more = realloc(entries->at, room * sizeof *more);
        if (!more)
            return -1;
        entries->at = more;
        entries->room = room;
    }
    copy = malloc(size_bytes);
    if (!copy)
        return -1;
    memcpy(copy, entry, size_bytes);
    entries->at[entries->count++] = copy;
    return 0;
}

static int entries_read(DIR *folder, chooser *choose, struct entries *entries)
{
    struct dirent *entry;

    while ((errno = 0, entry = readdir(folder)))
        if ((!choose || choose(entry)) && entry_add(entries, entry) < 0)
            return -1;
    return errno ? -1 : 0;
}

static int scan(DIR *folder, struct dirent ***to, chooser *choose, sorter *compare)
{
    struct entries entries = {.at = NULL};
    int errno_before = errno;

    if (!folder)
        return -1;
    if (entries_read(folder, choose, &entries) < 0) {
        errno_before = errno;
        while (entries.count)
            free(entries.at[--entries.count]);
        free(entries.at);
        closedir(folder);
        errno = errno_before;
        return -1;
    }
    closedir(folder);
    errno = errno_before;
    if (entries.count && compare)
        qsort(entries.at, entries.count, sizeof *entries.at,
              (int (*)(const void *, const void *))compare);
    *to = entries.at;
    return (int)entries.count;
}

int scandir(const char *path, struct dirent ***to, chooser *choose, sorter *compare)
{
    return scan(opendir(path), to, choose, compare);
}

int scandirat(int dir_fd, const char *path, struct dirent ***to, chooser *choose, sorter *compare)
{
    int fd = openat(dir_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    return fd < 0 ? -1 : scan(fdopendir(fd), to, choose, compare);
}

int alphasort(const struct dirent **a, const struct dirent **b)
{
    return strcoll((*a)->d_name, (*b)->d_name);
}

int versionsort(const struct dirent **a, const struct dirent **b)
{
    return strverscmp((*a)->d_name, (*b)->d_name);
}
