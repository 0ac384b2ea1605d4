/* SPDX-License-Identifier: MIT
 *
 * Nothing is ever written later than write() returns, and nothing outlives the machine.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
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

int sync_file_range(int fd, off_t start, off_t bytes, unsigned flags)
{
    const unsigned known =
        SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
    long error = synchronize(fd);
    off_t end;

    if (error == -EBADF)
        return (int)result(error);
    if ((flags & ~known) || start < 0 || bytes < 0 || __builtin_add_overflow(start, bytes, &end))
        return (int)result(-EINVAL);
    return (int)result(error ? -ESPIPE : 0);
}

int syncfs(int fd)
{
    return (int)result(synchronize(fd) == -EBADF ? -EBADF : 0);
}

void sync(void)
{
}
