/* SPDX-License-Identifier: MIT
 *
 * sendfile and copy_file_range: from file to descriptor, page by page; and without a copy
 * where the file's bytes last and the other end is a stream socket.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "libc-glue/files.h"
#include "libc-glue/pthread_glue.h"
#include "libc-glue/sockets.h"

#define COUNT_MAX 0x7ffff000ul /* as Linux has it */

/* One piece, within a page; 0: the end. */
static ssize_t copy_piece(struct file *from, off_t *from_at, struct file *to, off_t *to_at,
                          size_t left_bytes, char *buffer)
{
    size_t offset = (size_t)*from_at % BLOCK_BYTES, room = BLOCK_BYTES - offset;
    off_t at = *from_at;
    ssize_t got, put;

    got = file_read_at(from, buffer, left_bytes < room ? left_bytes : room, &at);
    if (got <= 0)
        return got;
    put = file_write_at(to, buffer, (size_t)got, to_at);
    if (put > 0)
        *from_at += put;
    return put;
}

static bool takes_lasting(const struct file *from, const struct file *to)
{
    return from->ops->lasting && (from->flags & O_ACCMODE) != O_WRONLY && to->ops->socket &&
           socket_of((struct file *)to)->type == SOCK_STREAM;
}

/* One piece where it is; 0: there is none. */
static ssize_t send_piece(struct file *from, off_t *from_at, struct file *to, size_t left_bytes)
{
    struct iovec piece = {.iov_len = left_bytes};
    ssize_t put;

    piece.iov_base = (void *)(uintptr_t)from->ops->lasting(from, *from_at, &piece.iov_len);
    if (!piece.iov_base)
        return 0;
    struct message message = {
        .pieces = &piece, .piece_count = 1, .size_bytes = piece.iov_len, .lasting = true};
    put = to->ops->socket->send(to, &message);
    if (put > 0)
        *from_at += put;
    return put;
}

static ssize_t copy(struct file *from, off_t *from_at, struct file *to, off_t *to_at,
                    size_t left_bytes)
{
    bool lasting = takes_lasting(from, to);
    char *buffer = NULL;
    size_t done = 0;
    ssize_t n = 1;

    while (n > 0 && done < left_bytes) {
        n = lasting ? send_piece(from, from_at, to, left_bytes - done) : 0;
        if (n == 0 && !buffer && !(buffer = object_new(BLOCK_BYTES)))
            n = -ENOMEM;
        if (n == 0)
            n = copy_piece(from, from_at, to, to_at, left_bytes - done, buffer);
        if (n > 0)
            done += (size_t)n;
    }
    object_free(buffer);
    return done ? (ssize_t)done : n;
}

static ssize_t send_file(int to_fd, int from_fd, off_t *user_at, size_t count)
{
    struct file *from = fd_get(from_fd), *to = fd_get(to_fd);
    off_t own = 0;
    ssize_t n = 0;

    if (!from || !to || (to->flags & O_ACCMODE) == O_RDONLY)
        n = -EBADF;
    else if (!from->ops->seekable)
        n = user_at ? -ESPIPE : -EINVAL;
    else if (to->flags & O_APPEND)
        n = -EINVAL;
    else if (user_at)
        n = user_read(&own, user_at, sizeof own);
    if (n == 0 && user_at && own < 0)
        n = -EINVAL;
    if (n == 0)
        n = copy(from, user_at ? &own : &from->position, to, &to->position,
                 count < COUNT_MAX ? count : COUNT_MAX);
    if (n >= 0 && user_at && user_write(user_at, &own, sizeof own))
        n = -EFAULT;
    if (from)
        file_put(from);
    if (to)
        file_put(to);
    return n;
}

ssize_t sendfile(int to_fd, int from_fd, off_t *at, size_t count)
{
    cancellation_point();
    return result(RESTARTING(send_file(to_fd, from_fd, at, count)));
}

static bool is_regular(struct file *file)
{
    return file->place.tree && S_ISREG(file->place.tree->ops->mode(file->place));
}

static ssize_t copy_range(struct file *from, off_t *from_at, struct file *to, off_t *to_at,
                          size_t count)
{
    off_t from_own = from->position, to_own = to->position;
    ssize_t n;

    if (!is_regular(from) || !is_regular(to))
        return -EINVAL;
    if ((from_at && user_read(&from_own, from_at, sizeof from_own)) ||
        (to_at && user_read(&to_own, to_at, sizeof to_own)))
        return -EFAULT;
    if (from_own < 0 || to_own < 0)
        return -EINVAL;
    n = copy(from, &from_own, to, &to_own, count < COUNT_MAX ? count : COUNT_MAX);
    if (n < 0)
        return n;
    if (from_at)
        *from_at = from_own;
    else
        from->position = from_own;
    if (to_at)
        *to_at = to_own;
    else
        to->position = to_own;
    return n;
}

ssize_t copy_file_range(int from_fd, off_t *from_at, int to_fd, off_t *to_at, size_t count,
                        unsigned flags)
{
    struct file *from = fd_get(from_fd), *to = fd_get(to_fd);
    ssize_t n = flags ? -EINVAL : !from || !to ? -EBADF : 0;

    if (!n && to->flags & O_APPEND)
        n = -EBADF;
    if (!n)
        n = copy_range(from, from_at, to, to_at, count);
    if (from)
        file_put(from);
    if (to)
        file_put(to);
    return result(n);
}
