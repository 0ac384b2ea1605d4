/* SPDX-License-Identifier: MIT
 *
 * What changes a file's attributes: mode, owner, times, size.
 */
#define _GNU_SOURCE
#include <sys/time.h>
#include <unistd.h>
#include <utime.h>

#include "libc-glue/files.h"

int place_change(struct place place, const struct attributes *wanted)
{
    const struct tree *tree = place.tree;

    if (tree->read_only || !tree->ops->change)
        return tree->read_only ? -EROFS : -EPERM;
    return tree->ops->change(place, wanted);
}

static int change_at(int dir_fd, const char *path, int path_flags, const struct attributes *wanted)
{
    struct place place;
    int error = path_find(dir_fd, path, path_flags, &place);

    if (error)
        return error;
    error = place_change(place, wanted);
    place_drop(place);
    return error;
}

/* What has no place, such as a pipe, has no attributes that could be kept. */
static int change_open(int fd, const struct attributes *wanted)
{
    struct file *file = fd_get(fd);
    int error;

    if (!file)
        return -EBADF;
    if (file->flags & O_PATH)
        error = -EBADF;
    else
        error = file->place.tree ? place_change(file->place, wanted) : -EINVAL;
    file_put(file);
    return error;
}

static int follow_of(int flags)
{
    return (flags & AT_SYMLINK_NOFOLLOW ? PATH_NOFOLLOW : 0) |
           (flags & AT_EMPTY_PATH ? PATH_EMPTY : 0);
}

/* ---- mode and owner ---- */

static struct attributes mode_wanted(mode_t mode)
{
    return (struct attributes){.set_mode = true, .mode = mode};
}

int chmod(const char *path, mode_t mode)
{
    struct attributes wanted = mode_wanted(mode);

    return (int)result(change_at(AT_FDCWD, path, 0, &wanted));
}

int lchmod(const char *path, mode_t mode)
{
    return fchmodat(AT_FDCWD, path, mode, AT_SYMLINK_NOFOLLOW);
}

/* A symbolic link's own mode means nothing, and is not changed. */
int fchmodat(int dir_fd, const char *path, mode_t mode, int flags)
{
    struct attributes wanted = mode_wanted(mode);
    struct place place;
    int error;

    if (flags & ~AT_SYMLINK_NOFOLLOW)
        return (int)result(-EINVAL);
    error = path_find(dir_fd, path, follow_of(flags), &place);
    if (error)
        return (int)result(error);
    error = S_ISLNK(place.tree->ops->mode(place)) ? -EOPNOTSUPP : place_change(place, &wanted);
    place_drop(place);
    return (int)result(error);
}

int fchmod(int fd, mode_t mode)
{
    struct attributes wanted = mode_wanted(mode);

    return (int)result(change_open(fd, &wanted));
}

static struct attributes owner_wanted(uid_t owner, gid_t group)
{
    return (struct attributes){
        .set_owner = owner != (uid_t)-1,
        .set_group = group != (gid_t)-1,
        .owner = owner,
        .group = group,
    };
}

int fchownat(int dir_fd, const char *path, uid_t owner, gid_t group, int flags)
{
    struct attributes wanted = owner_wanted(owner, group);

    if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
        return (int)result(-EINVAL);
    return (int)result(change_at(dir_fd, path, follow_of(flags), &wanted));
}

int chown(const char *path, uid_t owner, gid_t group)
{
    return fchownat(AT_FDCWD, path, owner, group, 0);
}

int lchown(const char *path, uid_t owner, gid_t group)
{
    return fchownat(AT_FDCWD, path, owner, group, AT_SYMLINK_NOFOLLOW);
}

int fchown(int fd, uid_t owner, gid_t group)
{
    struct attributes wanted = owner_wanted(owner, group);

    return (int)result(change_open(fd, &wanted));
}

/* ---- size ---- */

static struct attributes size_wanted(off_t size_bytes)
{
    return (struct attributes){
        .set_size = true, .size = size_bytes, .set_change = true, .change = time_now()};
}

int truncate(const char *path, off_t size_bytes)
{
    struct attributes wanted = size_wanted(size_bytes);

    return (int)result(size_bytes < 0 ? -EINVAL : change_at(AT_FDCWD, path, 0, &wanted));
}

static int truncate_open(int fd, off_t size_bytes)
{
    struct attributes wanted = size_wanted(size_bytes);
    struct file *file = fd_get(fd);
    int error;

    if (!file)
        return -EBADF;
    bool is_writing = (file->flags & O_ACCMODE) != O_RDONLY;
    if (!is_writing || !file->place.tree || !S_ISREG(file->place.tree->ops->mode(file->place)))
        error = -EINVAL;
    else
        error = place_change(file->place, &wanted);
    file_put(file);
    return error;
}

int ftruncate(int fd, off_t size_bytes)
{
    return (int)result(size_bytes < 0 ? -EINVAL : truncate_open(fd, size_bytes));
}

/* ---- times ---- */

static int time_take(const struct timespec *time, struct timespec now, bool *set,
                     struct timespec *to)
{
    *set = time->tv_nsec != UTIME_OMIT;
    *to = time->tv_nsec == UTIME_NOW ? now : *time;
    if (*set && (to->tv_nsec < 0 || to->tv_nsec >= 1000000000))
        return -EINVAL;
    return 0;
}

static int times_wanted(const struct timespec times[2], struct attributes *wanted)
{
    static const struct timespec both_now[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
    struct timespec given[2], now = time_now();
    int error;

    *wanted = (struct attributes){.set_access = false};
    if (times && user_read(given, times, sizeof given))
        return -EFAULT;
    error = time_take(times ? &given[0] : &both_now[0], now, &wanted->set_access, &wanted->access);
    if (!error)
        error =
            time_take(times ? &given[1] : &both_now[1], now, &wanted->set_change, &wanted->change);
    return error;
}

int utimensat(int dir_fd, const char *path, const struct timespec times[2], int flags)
{
    struct attributes wanted;
    int error = times_wanted(times, &wanted);

    if (!error && flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
        error = -EINVAL;
    if (error || !(wanted.set_access || wanted.set_change))
        return (int)result(error);
    if (!path && dir_fd != AT_FDCWD)
        return (int)result(change_open(dir_fd, &wanted));
    return (int)result(change_at(dir_fd, path, follow_of(flags), &wanted));
}

int futimens(int fd, const struct timespec times[2])
{
    struct attributes wanted;
    int error = times_wanted(times, &wanted);

    return (int)result(error ? error : change_open(fd, &wanted));
}

static const struct timespec *timespecs_of(const struct timeval times[2], struct timespec to[2],
                                           int *error)
{
    struct timeval given[2];

    *error = times ? user_read(given, times, sizeof given) : 0;
    for (int i = 0; times && !*error && i < 2; i++) {
        if (given[i].tv_usec < 0 || given[i].tv_usec >= 1000000)
            *error = -EINVAL;
        to[i] = (struct timespec){given[i].tv_sec, given[i].tv_usec * 1000};
    }
    return times ? to : NULL;
}

static int timevals_set(int dir_fd, const char *path, const struct timeval times[2], int flags)
{
    struct timespec converted[2];
    int error;
    const struct timespec *wanted = timespecs_of(times, converted, &error);

    return error ? (int)result(error) : utimensat(dir_fd, path, wanted, flags);
}

int utimes(const char *path, const struct timeval times[2])
{
    return path ? timevals_set(AT_FDCWD, path, times, 0) : (int)result(-EFAULT);
}

int lutimes(const char *path, const struct timeval times[2])
{
    return timevals_set(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW);
}

int futimesat(int dir_fd, const char *path, const struct timeval times[2])
{
    return timevals_set(dir_fd, path, times, 0);
}

int futimes(int fd, const struct timeval times[2])
{
    struct timespec converted[2];
    int error;
    const struct timespec *wanted = timespecs_of(times, converted, &error);

    return error ? (int)result(error) : futimens(fd, wanted);
}

int utime(const char *path, const struct utimbuf *times)
{
    struct utimbuf given;

    if (!times)
        return utimensat(AT_FDCWD, path, NULL, 0);
    if (user_read(&given, times, sizeof given))
        return (int)result(-EFAULT);
    return utimensat(AT_FDCWD, path, (struct timespec[2]){{given.actime, 0}, {given.modtime, 0}},
                     0);
}
