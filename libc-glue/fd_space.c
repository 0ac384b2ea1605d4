/* SPDX-License-Identifier: MIT
 *
 * Room for a file's contents, in advance.
 */
#define _GNU_SOURCE
#include "libc-glue/files.h"

static int allocate(int fd, int mode, off_t from, off_t size_bytes)
{
    struct file *file = fd_get(fd);
    off_t end;
    int error = 0;

    if (!file)
        return -EBADF;
    if (from < 0 || size_bytes <= 0)
        error = -EINVAL;
    else if ((file->flags & O_ACCMODE) == O_RDONLY)
        error = -EBADF;
    else if (!file->ops->seekable)
        error = -ESPIPE;
    else if (__builtin_add_overflow(from, size_bytes, &end))
        error = -EFBIG;
    else
        error = file->ops->allocate ? file->ops->allocate(file, mode, from, size_bytes) : -ENODEV;
    file_put(file);
    return error;
}

int fallocate(int fd, int mode, off_t from, off_t size_bytes)
{
    return (int)result(allocate(fd, mode, from, size_bytes));
}

int posix_fallocate(int fd, off_t from, off_t size_bytes)
{
    return -allocate(fd, 0, from, size_bytes);
}

/* Everything is in memory already. */
int posix_fadvise(int fd, off_t from, off_t size_bytes, int advice)
{
    struct file *file = fd_get(fd);
    int error = !file ? EBADF : !file->ops->seekable ? ESPIPE : 0;

    (void)from;
    if (!error && (size_bytes < 0 || advice < POSIX_FADV_NORMAL || advice > POSIX_FADV_NOREUSE))
        error = EINVAL;
    if (file)
        file_put(file);
    return error;
}
