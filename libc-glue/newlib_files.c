/* SPDX-License-Identifier: MIT
 *
 * newlib_calls.c continued: those that reach the file system. In a file of their
 * own, so that a program without file names does not carry one.
 */
#include <fcntl.h>
#include <reent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define UNUSED __attribute__((unused))

int _open_r(struct _reent *r UNUSED, const char *path, int flags, int mode)
{
    return open(path, flags, mode);
}

int _fcntl_r(struct _reent *r UNUSED, int fd, int command, int argument)
{
    return fcntl(fd, command, argument);
}

int _stat_r(struct _reent *r UNUSED, const char *path, struct stat *status)
{
    return stat(path, status);
}

int _unlink_r(struct _reent *r UNUSED, const char *path)
{
    return unlink(path);
}

int _link_r(struct _reent *r UNUSED, const char *from, const char *to)
{
    return link(from, to);
}

int _rename_r(struct _reent *r UNUSED, const char *from, const char *to)
{
    return rename(from, to);
}

int _mkdir_r(struct _reent *r UNUSED, const char *path, int mode)
{
    return mkdir(path, mode);
}
