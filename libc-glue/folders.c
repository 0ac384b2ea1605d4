/* SPDX-License-Identifier: MIT
 *
 * Reading folders: what their own tree has, then what is mounted on them.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <string.h>
#include <unistd.h>

#include "libc-glue/files.h"
#include "libc-glue/pthread_glue.h"

#define MOUNTS_FROM (1ll << 62) /* positions from here on count the mounts */

struct __directory {
    int fd;
    struct file *file; /* held */
    struct dirent entry;
};

static int directory_open(int fd, DIR **opened)
{
    struct file *file = fd_get(fd);
    DIR *directory = NULL;
    int error = !file ? -EBADF : file->flags & O_PATH ? -EBADF : file->ops->entry ? 0 : -ENOTDIR;

    if (!error && file->place.tree && !S_ISDIR(file->place.tree->ops->mode(file->place)))
        error = -ENOTDIR;
    if (!error && !(directory = object_new(sizeof *directory)))
        error = -ENOMEM;
    if (error && file)
        file_put(file);
    if (error)
        return error;
    directory->fd = fd;
    directory->file = file;
    *opened = directory;
    return 0;
}

DIR *fdopendir(int fd)
{
    DIR *directory;

    return result(directory_open(fd, &directory)) == 0 ? directory : NULL;
}

DIR *opendir(const char *path)
{
    int fd;
    DIR *directory;

    cancellation_point();
    fd = file_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (result(fd) < 0)
        return NULL;
    directory = fdopendir(fd);
    if (!directory)
        fd_close(fd);
    return directory;
}

int fdclosedir(DIR *directory)
{
    int fd = directory->fd;

    file_put(directory->file);
    object_free(directory);
    return fd;
}

int closedir(DIR *directory)
{
    return (int)result(fd_close(fdclosedir(directory)));
}

int dirfd(DIR *directory)
{
    return directory->fd;
}

/* The next tree that is mounted on the folder under a name it does not have. */
static bool mount_next(struct file *file, struct dirent *entry)
{
    off_t index = file->position - MOUNTS_FROM, seen = 0;

    for (struct tree *tree = trees()->next; tree; tree = tree->next) {
        struct name name = name_scan(tree->mount_name);
        struct place covered;
        if (!place_is(tree->on, file->place) || seen++ < index)
            continue;
        file->position = MOUNTS_FROM + seen;
        if (file->place.tree->ops->find(file->place, name, &covered) == 0) {
            place_drop(covered);
            continue;
        }
        entry->d_ino = tree->device;
        entry->d_type = DT_DIR;
        entry->d_reclen = sizeof *entry;
        strcpy(entry->d_name, tree->mount_name);
        return true;
    }
    return false;
}

struct dirent *readdir(DIR *directory)
{
    struct file *file = directory->file;
    int found = file->position < MOUNTS_FROM ? file->ops->entry(file, &directory->entry) : 0;

    if (found < 0)
        errno = -found;
    if (found < 0)
        return NULL;
    if (!found) {
        if (file->position < MOUNTS_FROM)
            file->position = MOUNTS_FROM;
        if (!mount_next(file, &directory->entry))
            return NULL;
    }
    directory->entry.d_off = file->position;
    return &directory->entry;
}

int readdir_r(DIR *restrict directory, struct dirent *restrict entry,
              struct dirent **restrict found)
{
    struct dirent *next = readdir(directory);

    if (next)
        *entry = *next;
    *found = next ? entry : NULL;
    return 0;
}

void rewinddir(DIR *directory)
{
    directory->file->position = 0;
}

long telldir(DIR *directory)
{
    return directory->file->position;
}

void seekdir(DIR *directory, long position)
{
    directory->file->position = position;
}
