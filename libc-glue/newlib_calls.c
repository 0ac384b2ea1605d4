/* SPDX-License-Identifier: MIT
 *
 * The reserved names by which newlib calls what is below it. Each is the inner
 * half of a POSIX function, so that a program may define that name itself. The
 * struct _reent is always NULL: newlib's per-thread data are thread-local.
 */
#include <fcntl.h>
#include <reent.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/times.h>
#include <unistd.h>

#include "libc-glue/glue.h"

#define UNUSED __attribute__((unused))

_ssize_t _read_r(struct _reent *r UNUSED, int fd, void *to, size_t size_bytes)
{
    return result(fd_read(fd, to, size_bytes));
}

_ssize_t _write_r(struct _reent *r UNUSED, int fd, const void *from, size_t size_bytes)
{
    return result(fd_write(fd, from, size_bytes));
}

int _close_r(struct _reent *r UNUSED, int fd)
{
    return (int)result(fd_close(fd));
}

_off_t _lseek_r(struct _reent *r UNUSED, int fd, _off_t offset, int whence)
{
    return result(fd_seek(fd, offset, whence));
}

int _fstat_r(struct _reent *r UNUSED, int fd, struct stat *status)
{
    return (int)result(fd_stat(fd, status));
}

int _isatty_r(struct _reent *r UNUSED, int fd)
{
    return result(fd_is_terminal(fd)) == 1;
}

pid_t _getpid_r(struct _reent *r UNUSED)
{
    return 1;
}
