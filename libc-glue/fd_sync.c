/* SPDX-License-Identifier: MIT
 *
 * Nothing is ever written later than write() returns, and nothing outlives the machine.
 */
#define _GNU_SOURCE
#include <unistd.h>

#include "libc-glue/files.h"
#include "libc-glue/pthread_glue.h"

static int synchronize(int fd)
{
    struct file *file = fd_get(fd);
    int error = !file ? -EBADF : file->flags & O_PATH ? -EBADF : file->ops->seekable ? 0 : -EINVAL;

    if (file)
        file_put(file);
    return error;
}

int fsync(int fd)
{
    cancellation_point();
    return (int)result(synchronize(fd));
}

int fdatasync(int fd)
{
    return fsync(fd);
}

int syncfs(int fd)
{
    return (int)result(synchronize(fd) == -EBADF ? -EBADF : 0);
}

void sync(void)
{
}
