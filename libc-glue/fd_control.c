/* SPDX-License-Identifier: MIT
 *
 * What changes descriptors rather than data: dup, fcntl, ioctl.
 */
#define _GNU_SOURCE /* dup3 */
#include <fcntl.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "libc-glue/glue.h"

static int duplicate(int fd, int from, bool close_on_exec)
{
    struct file *file = fd_file(fd);
    int copy;

    if (!file)
        return -EBADF;
    if ((unsigned)from >= FD_MAX)
        return -EINVAL;
    copy = fd_install(file, from);
    if (copy >= 0)
        fd_close_on_exec[copy] = close_on_exec;
    return copy;
}

static int duplicate_to(int fd, int wanted, bool close_on_exec)
{
    if (!fd_file(fd) || (unsigned)wanted >= FD_MAX)
        return -EBADF;
    if (fd_file(wanted))
        fd_close(wanted);
    return duplicate(fd, wanted, close_on_exec);
}

int dup(int fd)
{
    return (int)result(duplicate(fd, 0, false));
}

int dup2(int fd, int wanted)
{
    if (fd == wanted && fd_file(fd))
        return fd;
    return (int)result(duplicate_to(fd, wanted, false));
}

int dup3(int fd, int wanted, int flags)
{
    if (fd == wanted || (flags & ~O_CLOEXEC))
        return (int)result(-EINVAL);
    return (int)result(duplicate_to(fd, wanted, flags & O_CLOEXEC));
}

/* One process: a lock that another process holds cannot exist. */
static int lock_control(int command, struct flock *lock)
{
    if (command == F_GETLK)
        lock->l_type = F_UNLCK;
    return 0;
}

static int file_control(int fd, int command, long argument)
{
    enum { SETTABLE = O_APPEND | O_NONBLOCK };
    struct file *file = fd_file(fd);

    if (!file)
        return -EBADF;
    switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
        return duplicate(fd, (int)argument, command == F_DUPFD_CLOEXEC);
    case F_GETFD:
        return fd_close_on_exec[fd] ? FD_CLOEXEC : 0;
    case F_SETFD:
        fd_close_on_exec[fd] = argument & FD_CLOEXEC;
        return 0;
    case F_GETFL:
        return file->flags;
    case F_SETFL:
        file->flags = (file->flags & ~SETTABLE) | ((int)argument & SETTABLE);
        return 0;
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
        return lock_control(command, (struct flock *)argument);
    default:
        return -EINVAL;
    }
}

int fcntl(int fd, int command, ...)
{
    va_list arguments;
    long argument;

    va_start(arguments, command);
    argument = va_arg(arguments, long);
    va_end(arguments);
    return (int)result(file_control(fd, command, argument));
}

int flock(int fd, int operation)
{
    int kind = operation & ~LOCK_NB;

    if (kind != LOCK_SH && kind != LOCK_EX && kind != LOCK_UN)
        return (int)result(-EINVAL);
    return (int)result(fd_file(fd) ? 0 : -EBADF);
}

int ioctl(int fd, unsigned long request, ...)
{
    struct file *file = fd_file(fd);
    va_list arguments;
    int *argument;

    if (!file)
        return (int)result(-EBADF);
    if (request != FIONBIO)
        return (int)result(-ENOTTY);
    va_start(arguments, request);
    argument = va_arg(arguments, int *);
    va_end(arguments);
    file->flags = *argument ? file->flags | O_NONBLOCK : file->flags & ~O_NONBLOCK;
    return 0;
}
