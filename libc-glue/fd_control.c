/* SPDX-License-Identifier: MIT
 *
 * What changes descriptors rather than data: dup and fcntl.
 */
#define _GNU_SOURCE /* dup3 */
#include <stdarg.h>
#include <unistd.h>

#include "libc-glue/files.h"
#include "libc-glue/pthread_glue.h"

static int duplicate(int fd, int from, int flags)
{
    struct file *file = fd_get(fd);
    int copy;

    if (!file)
        return -EBADF;
    copy = from < 0 || from >= fd_limit ? -EINVAL : fd_install(file, from, flags);
    if (copy < 0)
        file_put(file);
    return copy;
}

static int duplicate_to(int fd, int wanted, int flags)
{
    struct file *file, *before;

    if (wanted < 0 || wanted >= fd_limit)
        return -EBADF;
    file = fd_get(fd);
    if (!file)
        return -EBADF;
    wanted = fd_install_at(file, wanted, flags, &before);
    if (wanted < 0) {
        file_put(file);
    } else if (before) {
        if (before->place.tree)
            locks_release(before, true);
        file_put(before);
    }
    return wanted;
}

int dup(int fd)
{
    return (int)result(duplicate(fd, 0, 0));
}

int dup2(int fd, int wanted)
{
    if (fd != wanted)
        return (int)result(duplicate_to(fd, wanted, 0));
    struct file *file = fd_get(fd);
    if (file)
        file_put(file);
    return file ? fd : (int)result(-EBADF);
}

int dup3(int fd, int wanted, int flags)
{
    if (fd == wanted || (flags & ~O_CLOEXEC))
        return (int)result(-EINVAL);
    return (int)result(duplicate_to(fd, wanted, flags));
}

static int close_on_exec(int fd, bool set, bool on)
{
    uint64_t *word = &fd_close_on_exec[fd / 64], bit = 1ul << (fd % 64);

    if (set)
        *word = on ? *word | bit : *word & ~bit;
    return *word & bit ? FD_CLOEXEC : 0;
}

static int flags_set(struct file *file, int flags)
{
    enum { SETTABLE = O_APPEND | O_NONBLOCK | O_ASYNC };

    file->flags = (file->flags & ~SETTABLE) | (flags & SETTABLE);
    return 0;
}

static int file_control(int fd, struct file *file, int command, long argument)
{
    if (file->flags & O_PATH && command != F_GETFD && command != F_SETFD && command != F_GETFL &&
        command != F_DUPFD && command != F_DUPFD_CLOEXEC)
        return -EBADF;
    switch (command) {
    case F_DUPFD:
        return duplicate(fd, (int)argument, 0);
    case F_DUPFD_CLOEXEC:
        return duplicate(fd, (int)argument, O_CLOEXEC);
    case F_GETFD:
        return close_on_exec(fd, false, false);
    case F_SETFD:
        return close_on_exec(fd, true, argument & FD_CLOEXEC) & 0;
    case F_GETFL:
        return file->flags;
    case F_SETFL:
        return flags_set(file, (int)argument);
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
    case F_OFD_GETLK:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
        return lock_control(file, command, (struct flock *)argument);
    case F_GETOWN:
    case F_SETOWN: /* nothing sends SIGIO: there is nobody to name */
        return command == F_GETOWN ? 0 : argument == 0 || argument == 1 ? 0 : -ESRCH;
    case F_GETPIPE_SZ:
    case F_SETPIPE_SZ:
        return file->ops->control
                   ? file->ops->control(file, (unsigned long)command, (void *)argument)
                   : -EBADF;
    default:
        return -EINVAL;
    }
}

static int control(int fd, int command, long argument)
{
    struct file *file = fd_get(fd);
    int answer;

    if (!file)
        return -EBADF;
    answer = file_control(fd, file, command, argument);
    file_put(file);
    return answer;
}

int fcntl(int fd, int command, ...)
{
    va_list arguments;
    long argument;

    va_start(arguments, command);
    argument = va_arg(arguments, long);
    va_end(arguments);
    if (command == F_SETLKW || command == F_OFD_SETLKW)
        cancellation_point();
    return (int)result(RESTARTING(control(fd, command, argument)));
}
