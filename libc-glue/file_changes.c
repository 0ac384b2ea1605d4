/* SPDX-License-Identifier: MIT
 *
 * What would change the file tree. No mounted file system can be written so far:
 * each function finds the fault POSIX puts first, and then says EROFS or EPERM.
 */
#define _GNU_SOURCE /* the functions that end in at */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include <utime.h>

#include "libc-glue/glue.h"

static int refusal(struct place place)
{
    return place.system->read_only ? -EROFS : -EPERM;
}

/* The path must name something: wanted is S_IFDIR, S_IFREG (no folder) or 0 (any). */
static int change(int dir_fd, const char *path, int path_flags, mode_t wanted)
{
    struct place place;
    struct stat status = {0};
    int error = path_find(dir_fd, path, path_flags, &place);

    if (!error)
        error = place.system->stat(place.node, &status);
    if (error)
        return error;
    if (wanted == S_IFDIR && !S_ISDIR(status.st_mode))
        return -ENOTDIR;
    if (wanted == S_IFREG && S_ISDIR(status.st_mode))
        return -EISDIR;
    return refusal(place);
}

/* The path must name nothing yet, in a folder that is there. */
static int create(int dir_fd, const char *path)
{
    struct place place;
    int error = path_find_new(dir_fd, path, &place);

    return error < 0 ? error : error == 0 ? -EEXIST : refusal(place);
}

static int change_open(int fd)
{
    struct file *file = fd_file(fd);

    return !file ? -EBADF : file->system && file->system->read_only ? -EROFS : -EPERM;
}

int mkdir(const char *path, mode_t mode)
{
    (void)mode;
    return (int)result(create(AT_FDCWD, path));
}

int mkdirat(int dir_fd, const char *path, mode_t mode)
{
    (void)mode;
    return (int)result(create(dir_fd, path));
}

int mkfifo(const char *path, mode_t mode)
{
    return mkdir(path, mode);
}

int mkfifoat(int dir_fd, const char *path, mode_t mode)
{
    return mkdirat(dir_fd, path, mode);
}

int mknod(const char *path, mode_t mode, dev_t device)
{
    (void)device;
    return mkdir(path, mode);
}

int mknodat(int dir_fd, const char *path, mode_t mode, dev_t device)
{
    (void)device;
    return mkdirat(dir_fd, path, mode);
}

int symlink(const char *target, const char *path)
{
    (void)target;
    return (int)result(create(AT_FDCWD, path));
}

int symlinkat(const char *target, int dir_fd, const char *path)
{
    (void)target;
    return (int)result(create(dir_fd, path));
}

int unlink(const char *path)
{
    return (int)result(change(AT_FDCWD, path, PATH_NOFOLLOW, S_IFREG));
}

int rmdir(const char *path)
{
    return (int)result(change(AT_FDCWD, path, PATH_NOFOLLOW, S_IFDIR));
}

int unlinkat(int dir_fd, const char *path, int flags)
{
    return (int)result(
        change(dir_fd, path, PATH_NOFOLLOW, flags & AT_REMOVEDIR ? S_IFDIR : S_IFREG));
}

static int link_new(int from_fd, const char *from, int to_fd, const char *to)
{
    int error = change(from_fd, from, PATH_NOFOLLOW, S_IFREG);

    return error == -EROFS ? create(to_fd, to) : error;
}

int link(const char *from, const char *to)
{
    return (int)result(link_new(AT_FDCWD, from, AT_FDCWD, to));
}

int linkat(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
    (void)flags;
    return (int)result(link_new(from_fd, from, to_fd, to));
}

static int move(int from_fd, const char *from, int to_fd, const char *to)
{
    struct place place;
    int error = change(from_fd, from, PATH_NOFOLLOW, 0);
    int other = error == -EROFS ? path_find_new(to_fd, to, &place) : 0;

    return other < 0 ? other : error;
}

int rename(const char *from, const char *to)
{
    return (int)result(move(AT_FDCWD, from, AT_FDCWD, to));
}

int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
    return (int)result(move(from_fd, from, to_fd, to));
}

int chmod(const char *path, mode_t mode)
{
    (void)mode;
    return (int)result(change(AT_FDCWD, path, 0, 0));
}

int fchmodat(int dir_fd, const char *path, mode_t mode, int flags)
{
    (void)mode, (void)flags;
    return (int)result(change(dir_fd, path, 0, 0));
}

int fchownat(int dir_fd, const char *path, uid_t owner, gid_t group, int flags)
{
    (void)owner, (void)group;
    return (int)result(change(dir_fd, path, flags & AT_SYMLINK_NOFOLLOW ? PATH_NOFOLLOW : 0, 0));
}

int chown(const char *path, uid_t owner, gid_t group)
{
    (void)owner, (void)group;
    return (int)result(change(AT_FDCWD, path, 0, 0));
}

int lchown(const char *path, uid_t owner, gid_t group)
{
    (void)owner, (void)group;
    return (int)result(change(AT_FDCWD, path, PATH_NOFOLLOW, 0));
}

int truncate(const char *path, off_t size_bytes)
{
    (void)size_bytes;
    return (int)result(change(AT_FDCWD, path, 0, S_IFREG));
}

int utime(const char *path, const struct utimbuf *times)
{
    (void)times;
    return (int)result(change(AT_FDCWD, path, 0, 0));
}

int utimes(const char *path, const struct timeval times[2])
{
    (void)times;
    return (int)result(change(AT_FDCWD, path, 0, 0));
}

int utimensat(int dir_fd, const char *path, const struct timespec times[2], int flags)
{
    (void)times;
    return (int)result(change(dir_fd, path, flags & AT_SYMLINK_NOFOLLOW ? PATH_NOFOLLOW : 0, 0));
}

int futimens(int fd, const struct timespec times[2])
{
    (void)times;
    return (int)result(change_open(fd));
}

int fchmod(int fd, mode_t mode)
{
    (void)mode;
    return (int)result(change_open(fd));
}

int fchown(int fd, uid_t owner, gid_t group)
{
    (void)owner, (void)group;
    return (int)result(change_open(fd));
}

/* No file here can be open for writing and have a size. */
int ftruncate(int fd, off_t size_bytes)
{
    (void)size_bytes;
    return (int)result(fd_file(fd) ? -EINVAL : -EBADF);
}

/* Nothing is ever written later than write() returns. */
int fsync(int fd)
{
    return (int)result(fd_file(fd) ? 0 : -EBADF);
}

int fdatasync(int fd)
{
    return fsync(fd);
}

void sync(void)
{
}

mode_t umask(mode_t mask)
{
    static mode_t current = 022;
    mode_t old = current;

    current = mask & 0777;
    return old;
}
