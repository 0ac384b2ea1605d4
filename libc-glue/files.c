/* SPDX-License-Identifier: MIT
 *
 * Files by name: opening them, and asking about them.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libc-glue/glue.h"

static void file_free(struct file *file)
{
    free(file);
}

static int place_stat(struct place place, struct stat *status)
{
    *status = (struct stat){.st_nlink = 1};
    return place.system->stat(place.node, status);
}

static int place_open(struct place place, int flags)
{
    struct file *file = calloc(1, sizeof(*file));
    int fd;

    if (!file)
        return -ENOMEM;
    file->flags = flags & (O_ACCMODE | O_APPEND | O_NONBLOCK);
    file->release = file_free;
    file->system = place.system;
    file->node = place.node;
    fd = place.system->open(place.node, file);
    if (fd == 0)
        fd = fd_install(file, 0);
    if (fd < 0)
        free(file);
    else
        fd_close_on_exec[fd] = flags & O_CLOEXEC;
    return fd;
}

/* What open's flags and the kind of file do not allow together. */
static int open_refusal(struct place place, int flags)
{
    bool writing = (flags & O_ACCMODE) != O_RDONLY;
    struct stat status;
    int error = place_stat(place, &status);

    if (error)
        return error;
    if ((flags & O_CREAT) && (flags & O_EXCL))
        return -EEXIST;
    if (S_ISLNK(status.st_mode))
        return -ELOOP;
    if ((flags & O_DIRECTORY) && !S_ISDIR(status.st_mode))
        return -ENOTDIR;
    if (S_ISDIR(status.st_mode) && (writing || (flags & (O_CREAT | O_TRUNC))))
        return -EISDIR;
    if ((writing || (flags & O_TRUNC)) && place.system->read_only)
        return -EROFS;
    return 0;
}

int file_open(int dir_fd, const char *path, int flags)
{
    bool last_itself = flags & O_NOFOLLOW || (flags & O_CREAT && flags & O_EXCL);
    struct place place;
    int error = path_find(dir_fd, path, last_itself ? PATH_NOFOLLOW : 0, &place);

    if (error == -ENOENT && (flags & O_CREAT)) {
        error = path_find_new(dir_fd, path, &place);
        return error < 0 ? error : -EROFS;
    }
    if (!error)
        error = open_refusal(place, flags);
    return error ? error : place_open(place, flags);
}

int open(const char *path, int flags, ...)
{
    return (int)result(file_open(AT_FDCWD, path, flags));
}

int openat(int dir_fd, const char *path, int flags, ...)
{
    return (int)result(file_open(dir_fd, path, flags));
}

int creat(const char *path, mode_t mode)
{
    (void)mode;
    return (int)result(file_open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC));
}

static int stat_by_path(int dir_fd, const char *path, int path_flags, struct stat *status)
{
    struct place place;
    int error = path_find(dir_fd, path, path_flags, &place);

    return error ? error : place_stat(place, status);
}

int stat(const char *path, struct stat *status)
{
    return (int)result(stat_by_path(AT_FDCWD, path, 0, status));
}

int lstat(const char *path, struct stat *status)
{
    return (int)result(stat_by_path(AT_FDCWD, path, PATH_NOFOLLOW, status));
}

int fstatat(int dir_fd, const char *path, struct stat *status, int flags)
{
    int path_flags = flags & AT_SYMLINK_NOFOLLOW ? PATH_NOFOLLOW : 0;

    return (int)result(stat_by_path(dir_fd, path, path_flags, status));
}

/* The one user is root: anything can be read, what has no x bit cannot be run. */
static int access_check(int dir_fd, const char *path, int mode)
{
    struct stat status;
    struct place place;
    int error = path_find(dir_fd, path, 0, &place);

    if (mode & ~(R_OK | W_OK | X_OK))
        return -EINVAL;
    if (!error)
        error = place_stat(place, &status);
    if (error)
        return error;
    if ((mode & W_OK) && place.system->read_only)
        return -EROFS;
    if ((mode & X_OK) && !S_ISDIR(status.st_mode) && !(status.st_mode & 0111))
        return -EACCES;
    return 0;
}

int access(const char *path, int mode)
{
    return (int)result(access_check(AT_FDCWD, path, mode));
}

int faccessat(int dir_fd, const char *path, int mode, int flags)
{
    (void)flags;
    return (int)result(access_check(dir_fd, path, mode));
}

static ssize_t link_read(int dir_fd, const char *path, char *to, size_t size_bytes)
{
    struct place place;
    struct stat status;
    const char *target;
    size_t length;
    int error = path_find(dir_fd, path, PATH_NOFOLLOW, &place);

    if (!error)
        error = place_stat(place, &status);
    if (error)
        return error;
    if (!S_ISLNK(status.st_mode) || size_bytes == 0)
        return -EINVAL;
    target = place.system->link_target(place.node, &length);
    if (length > size_bytes)
        length = size_bytes;
    memcpy(to, target, length);
    return (ssize_t)length;
}

ssize_t readlink(const char *restrict path, char *restrict to, size_t size_bytes)
{
    return result(link_read(AT_FDCWD, path, to, size_bytes));
}

ssize_t readlinkat(int dir_fd, const char *restrict path, char *restrict to, size_t size_bytes)
{
    return result(link_read(dir_fd, path, to, size_bytes));
}
