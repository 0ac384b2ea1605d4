/* SPDX-License-Identifier: MIT
 *
 * Descriptors: the table, and what can be done with any open file. Nothing here
 * knows a file system, so that a program that only prints does not carry one.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

#include "kernel/interrupts.h"
#include "libc-glue/glue.h"

/* NULL is free; console descriptors that were not touched yet are NULL as well. */
static struct file *table[FD_MAX];
bool fd_close_on_exec[FD_MAX];
static bool console_closed[FD_CONSOLE_END];

struct file *fd_file(int fd)
{
    if ((unsigned)fd >= FD_MAX)
        return NULL;
    if (!table[fd] && fd < FD_CONSOLE_END && !console_closed[fd])
        return &console_files[fd];
    return table[fd];
}

static int install(struct file *file, int from)
{
    for (int fd = from; fd < FD_MAX; fd++) {
        if (fd_file(fd))
            continue;
        table[fd] = file;
        fd_close_on_exec[fd] = false;
        file->references++;
        return fd;
    }
    return -EMFILE;
}

/* The table is changed with interrupts off: threads share it. */
int fd_install(struct file *file, int from)
{
    bool were_on = interrupts_off();
    int fd = install(file, from);

    interrupts_restore(were_on);
    return fd;
}

struct file *fd_get(int fd)
{
    bool were_on = interrupts_off();
    struct file *file = fd_file(fd);

    if (file)
        __atomic_add_fetch(&file->references, 1, __ATOMIC_RELAXED);
    interrupts_restore(were_on);
    return file;
}

void file_put(struct file *file)
{
    if (__atomic_sub_fetch(&file->references, 1, __ATOMIC_ACQ_REL) == 0 && file->release)
        file->release(file);
}

int fd_close(int fd)
{
    bool were_on = interrupts_off();
    struct file *file = fd_file(fd);

    if (file && fd < FD_CONSOLE_END)
        console_closed[fd] = true;
    if (file)
        table[fd] = NULL;
    interrupts_restore(were_on);
    if (!file)
        return -EBADF;
    file_put(file);
    return 0;
}

ssize_t file_read_at(struct file *file, void *to, size_t size_bytes, off_t *at)
{
    if ((file->flags & O_ACCMODE) == O_WRONLY)
        return -EBADF;
    if (!file->ops->read)
        return -EINVAL;
    if (size_bytes > SSIZE_MAX)
        return -EINVAL;
    return file->ops->read(file, to, size_bytes, at);
}

ssize_t file_write_at(struct file *file, const void *from, size_t size_bytes, off_t *at)
{
    if ((file->flags & O_ACCMODE) == O_RDONLY)
        return -EBADF;
    if (!file->ops->write)
        return -EINVAL;
    if (size_bytes > SSIZE_MAX)
        return -EINVAL;
    return file->ops->write(file, from, size_bytes, at);
}

ssize_t fd_read(int fd, void *to, size_t size_bytes)
{
    struct file *file = fd_file(fd);

    return file ? file_read_at(file, to, size_bytes, &file->position) : -EBADF;
}

ssize_t fd_write(int fd, const void *from, size_t size_bytes)
{
    struct file *file = fd_file(fd);

    return file ? file_write_at(file, from, size_bytes, &file->position) : -EBADF;
}

int fd_stat(int fd, struct stat *status)
{
    struct file *file = fd_file(fd);

    if (!file)
        return -EBADF;
    *status = (struct stat){.st_nlink = 1, .st_blksize = BLOCK_BYTES};
    return file->ops->stat(file, status);
}

off_t fd_seek(int fd, off_t offset, int whence)
{
    struct file *file = fd_file(fd);
    struct stat status;
    off_t base = 0;

    if (!file)
        return -EBADF;
    if (!file->ops->seekable)
        return -ESPIPE;
    if (whence == SEEK_CUR) {
        base = file->position;
    } else if (whence == SEEK_END) {
        if (fd_stat(fd, &status) < 0)
            return -EINVAL;
        base = status.st_size;
    } else if (whence != SEEK_SET) {
        return -EINVAL;
    }
    if (__builtin_add_overflow(base, offset, &base))
        return -EOVERFLOW;
    if (base < 0)
        return -EINVAL;
    return file->position = base;
}

int fd_is_terminal(int fd)
{
    struct file *file = fd_file(fd);

    if (!file)
        return -EBADF;
    return file->ops->is_terminal && file->ops->is_terminal(file) ? 1 : -ENOTTY;
}

/* ---- what programs call ---- */

ssize_t read(int fd, void *to, size_t size_bytes)
{
    return result(fd_read(fd, to, size_bytes));
}

ssize_t write(int fd, const void *from, size_t size_bytes)
{
    return result(fd_write(fd, from, size_bytes));
}

int close(int fd)
{
    return (int)result(fd_close(fd));
}

off_t lseek(int fd, off_t offset, int whence)
{
    return result(fd_seek(fd, offset, whence));
}

int fstat(int fd, struct stat *status)
{
    return (int)result(fd_stat(fd, status));
}

int isatty(int fd)
{
    return result(fd_is_terminal(fd)) == 1;
}

/* pread and pwrite: the position of the call's own, as long as there is one. */
static struct file *seekable_file(int fd, off_t at, int *error)
{
    struct file *file = fd_file(fd);

    *error = !file ? -EBADF : !file->ops->seekable ? -ESPIPE : at < 0 ? -EINVAL : 0;
    return file;
}

ssize_t pread(int fd, void *to, size_t size_bytes, off_t at)
{
    int error;
    struct file *file = seekable_file(fd, at, &error);

    return result(error ? error : file_read_at(file, to, size_bytes, &at));
}

ssize_t pwrite(int fd, const void *from, size_t size_bytes, off_t at)
{
    int error;
    struct file *file = seekable_file(fd, at, &error);

    return result(error ? error : file_write_at(file, from, size_bytes, &at));
}

/* Stops at the first piece that is not transferred whole. */
static ssize_t vector(int fd, const struct iovec *pieces, int count, bool writing)
{
    size_t done = 0;

    if (count <= 0 || count > IOV_COUNT_MAX)
        return -EINVAL;
    for (int i = 0; i < count; i++) {
        size_t size_bytes = pieces[i].iov_len;
        ssize_t n = writing ? fd_write(fd, pieces[i].iov_base, size_bytes)
                            : fd_read(fd, pieces[i].iov_base, size_bytes);

        if (n < 0)
            return done ? (ssize_t)done : n;
        done += n;
        if ((size_t)n < size_bytes)
            break;
    }
    return done;
}

ssize_t readv(int fd, const struct iovec *pieces, int count)
{
    return result(vector(fd, pieces, count, false));
}

ssize_t writev(int fd, const struct iovec *pieces, int count)
{
    return result(vector(fd, pieces, count, true));
}
