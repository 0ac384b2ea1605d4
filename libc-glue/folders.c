/* SPDX-License-Identifier: MIT
 *
 * Reading folders, and the current one.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libc-glue/glue.h"

/* Positions: 0 is ".", 1 is "..", then the folder's children, and in the root
 * folder, from MOUNTS_FROM, what is mounted there. */
enum { CHILDREN_FROM = 2, MOUNTS_FROM = 1 << 30 };

struct __directory {
    int fd;
    uint32_t position;
    struct place folder;
    struct dirent entry;
};

static int directory_open(int fd, DIR **opened)
{
    struct file *file = fd_file(fd);
    struct stat status;
    int error = fd_stat(fd, &status);
    DIR *directory;

    if (error)
        return error;
    if (!S_ISDIR(status.st_mode))
        return -ENOTDIR;
    directory = calloc(1, sizeof(*directory));
    if (!directory)
        return -ENOMEM;
    directory->fd = fd;
    directory->folder = (struct place){file->system, file->node};
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
    int fd = file_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory;

    if (result(fd) < 0)
        return NULL;
    directory = fdopendir(fd);
    if (!directory)
        fd_close(fd);
    return directory;
}

int closedir(DIR *directory)
{
    int error = fd_close(directory->fd);

    free(directory);
    return (int)result(error);
}

int dirfd(DIR *directory)
{
    return directory->fd;
}

static struct dirent *entry_fill(DIR *directory, struct place place, const char *name)
{
    struct stat status = {0};

    place.system->stat(place.node, &status);
    directory->entry.d_ino = status.st_ino;
    directory->entry.d_reclen = sizeof(directory->entry);
    directory->entry.d_type = IFTODT(status.st_mode);
    strlcpy(directory->entry.d_name, name, sizeof(directory->entry.d_name));
    return &directory->entry;
}

static bool is_mounted_over(const DIR *directory, const char *name)
{
    for (size_t i = 0; directory->folder.system == &rootfs && mounts[i]; i++)
        if (directory->folder.node == 0 && !strcmp(mounts[i]->mount_name, name))
            return true;
    return false;
}

/* The next child that can be seen, or false behind the last. */
static bool child_next(DIR *directory, struct place *child)
{
    uint32_t *position = &directory->position;

    child->system = directory->folder.system;
    while (*position < MOUNTS_FROM) {
        uint32_t index = *position - CHILDREN_FROM;

        if (child->system->child(directory->folder.node, index, &child->node) < 0) {
            *position = MOUNTS_FROM;
            return false;
        }
        ++*position;
        if (!is_mounted_over(directory, child->system->name(child->node)))
            return true;
    }
    return false;
}

struct dirent *readdir(DIR *directory)
{
    bool is_root = directory->folder.system == &rootfs && directory->folder.node == 0;
    const struct file_system *mount;
    struct place child;

    if (directory->position == 0) {
        directory->position = 1;
        return entry_fill(directory, directory->folder, ".");
    }
    if (directory->position == 1) {
        directory->position = CHILDREN_FROM;
        return entry_fill(directory, path_parent(directory->folder), "..");
    }
    if (child_next(directory, &child))
        return entry_fill(directory, child, child.system->name(child.node));
    mount = is_root ? mounts[directory->position - MOUNTS_FROM] : NULL;
    if (!mount)
        return NULL;
    directory->position++;
    return entry_fill(directory, (struct place){mount, 0}, mount->mount_name);
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
    directory->position = 0;
}

long telldir(DIR *directory)
{
    return directory->position;
}

void seekdir(DIR *directory, long position)
{
    directory->position = (uint32_t)position;
}

/* ---- the current folder ---- */

static int cwd_set(struct place place)
{
    struct stat status = {0};

    place.system->stat(place.node, &status);
    if (!S_ISDIR(status.st_mode))
        return -ENOTDIR;
    path_cwd = place;
    return 0;
}

int chdir(const char *path)
{
    struct place place;
    int error = path_find(AT_FDCWD, path, 0, &place);

    return (int)result(error ? error : cwd_set(place));
}

int fchdir(int fd)
{
    struct file *file = fd_file(fd);

    if (!file)
        return (int)result(-EBADF);
    if (!file->system)
        return (int)result(-ENOTDIR);
    return (int)result(cwd_set((struct place){file->system, file->node}));
}

char *getcwd(char *to, size_t size_bytes)
{
    char path[PATH_MAX];
    int length = path_of(path_cwd, path, sizeof(path));

    if (to && size_bytes == 0)
        length = -EINVAL;
    if (length > 0 && size_bytes && (size_t)length > size_bytes)
        length = -ERANGE;
    if (result(length) < 0)
        return NULL;
    if (!to)
        to = malloc(size_bytes ? size_bytes : (size_t)length);
    return to ? memcpy(to, path, (size_t)length) : NULL;
}

char *realpath(const char *restrict path, char *restrict to)
{
    char full[PATH_MAX];
    struct place place;
    int length = path_find(AT_FDCWD, path, 0, &place);

    if (length == 0)
        length = path_of(place, full, sizeof(full));
    if (result(length) < 0)
        return NULL;
    if (!to)
        to = malloc((size_t)length);
    return to ? memcpy(to, full, (size_t)length) : NULL;
}
