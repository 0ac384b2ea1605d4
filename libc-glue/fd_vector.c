/* SPDX-License-Identifier: MIT
 *
 * Reading and writing at an offset, and in several pieces.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <sys/uio.h>
#include <unistd.h>

#include "libc-glue/pthread_glue.h"
#include "libc-glue/sockets.h"

/* pread and pwrite: the position of the call's own, as long as there is one. */
static struct file *seekable_file(int fd, off_t at, int *error)
{
    struct file *file = at < 0 ? NULL : fd_get(fd);

    *error = at < 0 ? -EINVAL : !file ? -EBADF : !file->ops->seekable ? -ESPIPE : 0;
    if (*error && file)
        file_put(file);
    return *error ? NULL : file;
}

static ssize_t read_at(int fd, void *to, size_t size_bytes, off_t at)
{
    int error;
    struct file *file = seekable_file(fd, at, &error);

    if (!file)
        return error;
    ssize_t n = file_read_at(file, to, size_bytes, &at);
    file_put(file);
    return n;
}

static ssize_t write_at(int fd, const void *from, size_t size_bytes, off_t at)
{
    int error;
    struct file *file = seekable_file(fd, at, &error);

    if (!file)
        return error;
    ssize_t n = file_write_at(file, from, size_bytes, &at);
    file_put(file);
    return n;
}

ssize_t pread(int fd, void *to, size_t size_bytes, off_t at)
{
    cancellation_point();
    return result(read_at(fd, to, size_bytes, at));
}

ssize_t pwrite(int fd, const void *from, size_t size_bytes, off_t at)
{
    cancellation_point();
    return result(write_at(fd, from, size_bytes, at));
}

static int pieces_check(const struct iovec *pieces, int count, size_t *total_bytes)
{
    *total_bytes = 0;
    if (count < 0 || count > IOV_COUNT_MAX)
        return -EINVAL;
    if (!memory_probe(pieces, (size_t)count * sizeof *pieces, false))
        return -EFAULT;
    for (int i = 0; i < count; i++) {
        if (pieces[i].iov_len > SSIZE_MAX - *total_bytes)
            return -EINVAL;
        *total_bytes += pieces[i].iov_len;
    }
    return 0;
}

/* Stops at the first piece that is not transferred whole. */
static ssize_t transfer(struct file *file, const struct iovec *pieces, int count, off_t *at,
                        bool writing)
{
    size_t done = 0;

    for (int i = 0; i < count; i++) {
        size_t size_bytes = pieces[i].iov_len;
        if (!size_bytes && count > 1)
            continue;
        ssize_t n = writing ? file_write_at(file, pieces[i].iov_base, size_bytes, at)
                            : file_read_at(file, pieces[i].iov_base, size_bytes, at);

        if (n < 0)
            return done ? (ssize_t)done : n;
        done += (size_t)n;
        if ((size_t)n < size_bytes)
            break;
    }
    return (ssize_t)done;
}

/* Pipes and sockets take small writes whole or not at all: in one piece. */
static ssize_t transfer_joined(struct file *file, const struct iovec *pieces, int count,
                               size_t total_bytes)
{
    char *joined = object_new(OBJECT_MAX), *end = joined;
    ssize_t n = joined ? 0 : -ENOMEM;

    for (int i = 0; i < count && !n; i++) {
        n = user_read(end, pieces[i].iov_base, pieces[i].iov_len);
        end += pieces[i].iov_len;
    }
    if (!n)
        n = file_write_at(file, joined, total_bytes, &file->position);
    object_free(joined);
    return n;
}

static ssize_t transfer_message(struct file *file, const struct iovec *pieces, int count,
                                size_t total_bytes, bool writing)
{
    const struct socket_ops *ops = file->ops->socket;
    struct message message = {
        .pieces = pieces, .piece_count = (size_t)count, .size_bytes = total_bytes};

    return writing ? ops->send(file, &message) : ops->receive(file, &message);
}

static ssize_t vector(int fd, const struct iovec *pieces, int count, bool writing)
{
    struct file *file = fd_get(fd);
    size_t total_bytes;
    ssize_t n;

    if (!file)
        return -EBADF;
    n = pieces_check(pieces, count, &total_bytes);
    if (!n && file->ops->socket)
        n = transfer_message(file, pieces, count, total_bytes, writing);
    else if (!n && writing && !file->ops->seekable && total_bytes <= OBJECT_MAX && count > 1)
        n = transfer_joined(file, pieces, count, total_bytes);
    else if (!n)
        n = transfer(file, pieces, count, &file->position, writing);
    file_put(file);
    return n;
}

ssize_t readv(int fd, const struct iovec *pieces, int count)
{
    cancellation_point();
    return result(RESTARTING(vector(fd, pieces, count, false)));
}

ssize_t writev(int fd, const struct iovec *pieces, int count)
{
    cancellation_point();
    return result(RESTARTING(vector(fd, pieces, count, true)));
}

static ssize_t vector_at(int fd, const struct iovec *pieces, int count, off_t at, bool writing)
{
    size_t total_bytes;
    int error;
    struct file *file = seekable_file(fd, at, &error);
    ssize_t n;

    if (!file)
        return error;
    n = pieces_check(pieces, count, &total_bytes);
    if (!n)
        n = transfer(file, pieces, count, &at, writing);
    file_put(file);
    return n;
}

ssize_t preadv(int fd, const struct iovec *pieces, int count, off_t at)
{
    cancellation_point();
    return result(vector_at(fd, pieces, count, at, false));
}

ssize_t pwritev(int fd, const struct iovec *pieces, int count, off_t at)
{
    cancellation_point();
    return result(vector_at(fd, pieces, count, at, true));
}
