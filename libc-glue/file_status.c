/* SPDX-License-Identifier: MIT
 *
 * Asking about files: stat, access, readlink.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <unistd.h>

#include "libc-glue/files.h"

static int place_stat(struct place place, struct stat *status)
{
    *status = (struct stat){.st_nlink = 1};
    return place.tree->ops->stat(place, status);
}

static int stat_at(int dir_fd, const char *path, int path_flags, struct stat *to)
{
    struct place place;
    struct stat status;
    int error = path_find(dir_fd, path, path_flags, &place);

    if (error)
        return error;
    error = place_stat(place, &status);
    place_drop(place);
    return error ? error : user_write(to, &status, sizeof status);
}

int stat(const char *restrict path, struct stat *restrict status)
{
    return (int)result(stat_at(AT_FDCWD, path, 0, status));
}

int lstat(const char *restrict path, struct stat *restrict status)
{
    return (int)result(stat_at(AT_FDCWD, path, PATH_NOFOLLOW, status));
}

int fstat(int fd, struct stat *to)
{
    struct stat status;
    int error = fd_stat(fd, &status);

    return (int)result(error ? error : user_write(to, &status, sizeof status));
}

static bool is_empty_text(const char *path)
{
    return user_text(path, 1) == 0;
}

int fstatat(int dir_fd, const char *restrict path, struct stat *restrict status, int flags)
{
    int path_flags = flags & AT_SYMLINK_NOFOLLOW ? PATH_NOFOLLOW : 0;

    if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
        return (int)result(-EINVAL);
    if (flags & AT_EMPTY_PATH && dir_fd != AT_FDCWD && is_empty_text(path))
        return fstat(dir_fd, status);
    if (flags & AT_EMPTY_PATH)
        path_flags |= PATH_EMPTY;
    return (int)result(stat_at(dir_fd, path, path_flags, status));
}

/* The one user is root: anything can be read, what has no x bit cannot be run. */
static int access_place(struct place place, int mode)
{
    struct stat status;
    int error = place_stat(place, &status);

    if (error)
        return error;
    if ((mode & W_OK) && place.tree->read_only)
        return -EROFS;
    if ((mode & X_OK) && !S_ISDIR(status.st_mode) && !(status.st_mode & 0111))
        return -EACCES;
    return 0;
}

static int access_at(int dir_fd, const char *path, int mode, int flags)
{
    struct place place;
    int error;

    if (mode & ~(R_OK | W_OK | X_OK) || flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
        return -EINVAL;
    error = path_find(dir_fd, path, flags & AT_SYMLINK_NOFOLLOW ? PATH_NOFOLLOW : 0, &place);
    if (error)
        return error;
    error = access_place(place, mode);
    place_drop(place);
    return error;
}

int access(const char *path, int mode)
{
    return (int)result(access_at(AT_FDCWD, path, mode, 0));
}

int eaccess(const char *path, int mode)
{
    return access(path, mode);
}

int euidaccess(const char *path, int mode)
{
    return access(path, mode);
}

int faccessat(int dir_fd, const char *path, int mode, int flags)
{
    return (int)result(access_at(dir_fd, path, mode, flags));
}

static ssize_t link_read(int dir_fd, const char *path, char *to, size_t size_bytes)
{
    struct place place;
    ssize_t length;
    int error;

    if ((ssize_t)size_bytes <= 0)
        return -EINVAL;
    error = path_find(dir_fd, path, PATH_NOFOLLOW, &place);
    if (error)
        return error;
    if (!S_ISLNK(place.tree->ops->mode(place))) {
        length = -EINVAL;
    } else {
        char *text = object_new(PATH_MAX);
        length = text ? place.tree->ops->link_target(place, text, PATH_MAX) : -ENOMEM;
        if (length > (ssize_t)size_bytes)
            length = (ssize_t)size_bytes;
        if (length > 0 && user_write(to, text, (size_t)length))
            length = -EFAULT;
        object_free(text);
    }
    place_drop(place);
    return length;
}

ssize_t readlink(const char *restrict path, char *restrict to, size_t size_bytes)
{
    return result(link_read(AT_FDCWD, path, to, size_bytes));
}

ssize_t readlinkat(int dir_fd, const char *restrict path, char *restrict to, size_t size_bytes)
{
    return result(link_read(dir_fd, path, to, size_bytes));
}
