/* SPDX-License-Identifier: MIT
 *
 * ioctl: what every descriptor knows here, the rest by its kind.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <sys/ioctl.h>

#include "libc-glue/device_files.h"

static int flag_set(struct file *file, int flag, const void *argument)
{
    int on;

    if (user_read(&on, argument, sizeof on))
        return -EFAULT;
    file->flags = on ? file->flags | flag : file->flags & ~flag;
    return 0;
}

/* What is left to read of a file that has a size. */
static int left_to_read(struct file *file, void *argument)
{
    struct stat status;
    int left;

    if (!file->ops->seekable || file_stat(file, &status) || !S_ISREG(status.st_mode))
        return -ENOTTY;
    left = (int)(status.st_size - file->position);
    return user_write(argument, &left, sizeof left);
}

static int control(int fd, unsigned long request, void *argument)
{
    struct file *file = fd_get(fd);
    int error = -ENOTTY;

    if (!file)
        return -EBADF;
    if (file->flags & O_PATH)
        error = -EBADF;
    else if (request == FIONBIO)
        error = flag_set(file, O_NONBLOCK, argument);
    else if (request == FIOASYNC)
        error = flag_set(file, O_ASYNC, argument);
    else if (request == FIOCLEX || request == FIONCLEX)
        error = 0; /* there is no exec */
    else if (file->ops->is_terminal)
        error = console_control(file, request, argument);
    else if (file->ops->control)
        error = file->ops->control(file, request, argument);
    if (error == -ENOTTY && request == FIONREAD)
        error = left_to_read(file, argument);
    file_put(file);
    return error;
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list arguments;
    void *argument;

    va_start(arguments, request);
    argument = va_arg(arguments, void *);
    va_end(arguments);
    return (int)result(control(fd, request, argument));
}
