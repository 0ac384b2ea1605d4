/* SPDX-License-Identifier: MIT
 *
 * Descriptors: the table, and what the simplest program does with open files.
 * Nothing here knows a file system, so that a program that only prints does not
 * carry one.
 */
#define _GNU_SOURCE /* SEEK_DATA */
#include <limits.h>
#include <unistd.h>

#include "libc-glue/files.h"
#include "libc-glue/pthread_glue.h"

/* NULL is free; console descriptors that were not touched yet are NULL as well. */
static struct file *first_chunk[FD_CHUNK];
struct file **fd_chunks[FD_MAX / FD_CHUNK]; /* the first is not used */
int fd_lowest_free;
unsigned fd_console_closed;

struct file **fd_slot(int fd)
{
    struct file **chunk = first_chunk;

    if ((unsigned)fd >= FD_MAX)
        return NULL;
    if (fd >= FD_CHUNK)
        chunk = fd_chunks[fd / FD_CHUNK];
    return chunk ? chunk + fd % FD_CHUNK : NULL;
}

struct file *fd_file(int fd)
{
    struct file **slot = fd_slot(fd);

    if (slot && !*slot && fd < FD_CONSOLE_END && !(fd_console_closed >> fd & 1))
        return &console_files[fd];
    return slot ? *slot : NULL;
}

struct file *fd_get(int fd)
{
    bool were_on = interrupts_off();
    struct file *file = (unsigned)fd < FD_CHUNK ? first_chunk[fd] : NULL;

    if (!file)
        file = fd_file(fd);

    if (file)
        file->references++;
    interrupts_restore(were_on);
    return file;
}

void file_put(struct file *file)
{
    if (__atomic_sub_fetch(&file->references, 1, __ATOMIC_ACQ_REL) || !file->ops->release)
        return;
    if (file->watched_by)
        epoll_forget(file);
    if (file->locked)
        locks_release(file, false);
    file->ops->release(file);
}

int fd_close(int fd)
{
    bool were_on = interrupts_off();
    struct file *file = fd_file(fd);

    if (file) {
        *fd_slot(fd) = NULL;
        if (fd < FD_CONSOLE_END)
            fd_console_closed |= 1u << fd;
        if (fd < fd_lowest_free)
            fd_lowest_free = fd;
    }
    interrupts_restore(were_on);
    if (!file)
        return -EBADF;
    if (file->place.tree && locks_release)
        locks_release(file, true);
    file_put(file);
    return 0;
}

ssize_t file_read_at(struct file *file, void *to, size_t size_bytes, off_t *at)
{
    if ((file->flags & O_ACCMODE) == O_WRONLY)
        return -EBADF;
    if (!file->ops->read || size_bytes > SSIZE_MAX)
        return -EINVAL;
    return file->ops->read(file, to, size_bytes, at);
}

ssize_t file_write_at(struct file *file, const void *from, size_t size_bytes, off_t *at)
{
    if ((file->flags & O_ACCMODE) == O_RDONLY)
        return -EBADF;
    if (!file->ops->write || size_bytes > SSIZE_MAX)
        return -EINVAL;
    return file->ops->write(file, from, size_bytes, at);
}

ssize_t fd_read(int fd, void *to, size_t size_bytes)
{
    struct file *file = fd_get(fd);

    if (!file)
        return -EBADF;
    ssize_t n = file_read_at(file, to, size_bytes, &file->position);
    file_put(file);
    return n;
}

ssize_t fd_write(int fd, const void *from, size_t size_bytes)
{
    struct file *file = fd_get(fd);

    if (!file)
        return -EBADF;
    ssize_t n = file_write_at(file, from, size_bytes, &file->position);
    file_put(file);
    return n;
}

int file_stat(struct file *file, struct stat *status)
{
    *status = (struct stat){.st_nlink = 1, .st_blksize = BLOCK_BYTES};
    return file->ops->stat(file, status);
}

int fd_stat(int fd, struct stat *status)
{
    struct file *file = fd_get(fd);

    if (!file)
        return -EBADF;
    int error = file_stat(file, status);
    file_put(file);
    return error;
}

static off_t seek(struct file *file, off_t offset, int whence)
{
    struct stat status;
    off_t base = 0;

    if (!file->ops->seekable)
        return -ESPIPE;
    if (whence == SEEK_CUR) {
        base = file->position;
    } else if (whence == SEEK_END) {
        if (file_stat(file, &status) < 0 || S_ISDIR(status.st_mode))
            return -EINVAL;
        base = status.st_size;
    } else if ((whence == SEEK_DATA || whence == SEEK_HOLE) && file->ops->find) {
        base = file->ops->find(file, offset, whence == SEEK_HOLE);
        if (base < 0)
            return base;
        offset = 0;
    } else if (whence != SEEK_SET) {
        return -EINVAL;
    }
    if (__builtin_add_overflow(base, offset, &base))
        return -EOVERFLOW;
    if (base < 0)
        return -EINVAL;
    return file->position = base;
}

off_t fd_seek(int fd, off_t offset, int whence)
{
    struct file *file = fd_get(fd);

    if (!file)
        return -EBADF;
    off_t at = seek(file, offset, whence);
    file_put(file);
    return at;
}

int fd_is_terminal(int fd)
{
    struct file *file = fd_get(fd);

    if (!file)
        return -EBADF;
    bool is_terminal = file->ops->is_terminal && file->ops->is_terminal(file);
    file_put(file);
    return is_terminal ? 1 : -ENOTTY;
}

/* ---- what programs call ---- */

ssize_t read(int fd, void *to, size_t size_bytes)
{
    cancellation_point();
    return result(RESTARTING(fd_read(fd, to, size_bytes)));
}

ssize_t write(int fd, const void *from, size_t size_bytes)
{
    cancellation_point();
    return result(RESTARTING(fd_write(fd, from, size_bytes)));
}

int close(int fd)
{
    cancellation_point();
    return (int)result(fd_close(fd));
}

off_t lseek(int fd, off_t offset, int whence)
{
    return result(fd_seek(fd, offset, whence));
}

int isatty(int fd)
{
    return result(fd_is_terminal(fd)) == 1;
}
