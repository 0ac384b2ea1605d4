/* SPDX-License-Identifier: MIT
 *
 * The calls that send and receive.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "kernel/time.h"
#include "libc-glue/pthread_glue.h"
#include "libc-glue/sockets.h"

#define CONTROL_MAX OBJECT_MAX

/* The pieces of a message, checked, with their sum. */
static int pieces_take(struct message *message, const struct iovec *pieces, size_t count)
{
    if (count > IOV_COUNT_MAX)
        return -EMSGSIZE;
    if (!memory_probe(pieces, count * sizeof *pieces, false))
        return -EFAULT;
    message->pieces = pieces;
    message->piece_count = count;
    for (size_t i = 0; i < count; i++) {
        if (pieces[i].iov_len > SSIZE_MAX - message->size_bytes)
            return -EINVAL;
        message->size_bytes += pieces[i].iov_len;
    }
    return 0;
}

static ssize_t send_checked(struct file *file, struct message *message)
{
    if (message->flags & MSG_OOB)
        return -EOPNOTSUPP;
    return file->ops->socket->send(file, message);
}

/* Control data are copied, so that nobody changes them while they are looked at. */
static int control_take(struct message *message, const struct msghdr *from)
{
    if (!from->msg_control || !from->msg_controllen)
        return 0;
    if (from->msg_controllen > CONTROL_MAX)
        return -ENOBUFS;
    message->control = object_new(CONTROL_MAX);
    if (!message->control)
        return -ENOBUFS;
    message->control_bytes = from->msg_controllen;
    return user_read(message->control, from->msg_control, from->msg_controllen);
}

static ssize_t send_message(struct file *file, const struct msghdr *given, int flags)
{
    struct message message = {.flags = flags};
    struct sockaddr_storage name = {0};
    struct msghdr from;
    ssize_t n = user_read(&from, given, sizeof from);

    if (!n)
        n = pieces_take(&message, from.msg_iov, from.msg_iovlen);
    if (!n && from.msg_name && from.msg_namelen) {
        if (from.msg_namelen > sizeof name)
            return -EINVAL;
        n = user_read(&name, from.msg_name, from.msg_namelen);
        message.name = &name;
        message.name_bytes = from.msg_namelen;
    }
    if (!n)
        n = control_take(&message, &from);
    if (!n)
        n = send_checked(file, &message);
    object_free(message.control);
    return n;
}

static ssize_t send_on(int fd, const struct msghdr *message, int flags)
{
    int error;
    struct file *file = socket_get(fd, &error);

    if (!file)
        return error;
    ssize_t n = send_message(file, message, flags);
    file_put(file);
    return n;
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    cancellation_point();
    return result(RESTARTING(send_on(fd, message, flags)));
}

static ssize_t receive_checked(struct file *file, struct message *message)
{
    return message->flags & MSG_OOB ? -EINVAL : file->ops->socket->receive(file, message);
}

/* Nothing but bytes, to the other end of a connection or from it: the most frequent case. */
static inline ssize_t bytes_pass(int fd, const void *bytes, size_t size_bytes, int flags,
                                 ssize_t (*pass)(struct file *file, struct message *message))
{
    struct iovec piece = {(void *)bytes, size_bytes};
    struct message message = {
        .pieces = &piece, .piece_count = 1, .size_bytes = size_bytes, .flags = flags};
    int error;
    struct file *file = socket_get(fd, &error);

    if (!file)
        return error;
    ssize_t n = size_bytes > SSIZE_MAX ? -EINVAL : pass(file, &message);
    file_put(file);
    return n;
}

ssize_t send(int fd, const void *from, size_t size_bytes, int flags)
{
    cancellation_point();
    return result(RESTARTING(bytes_pass(fd, from, size_bytes, flags, send_checked)));
}

ssize_t sendto(int fd, const void *from, size_t size_bytes, int flags, const struct sockaddr *name,
               socklen_t name_bytes)
{
    struct iovec piece = {(void *)from, size_bytes};
    struct msghdr message = {
        .msg_name = (void *)name, .msg_namelen = name_bytes, .msg_iov = &piece, .msg_iovlen = 1};

    return name && name_bytes ? sendmsg(fd, &message, flags) : send(fd, from, size_bytes, flags);
}

int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
    unsigned done = 0;

    while (done < count) {
        ssize_t n = sendmsg(fd, &messages[done].msg_hdr, flags);
        if (n < 0)
            return done ? (int)done : -1;
        messages[done++].msg_len = (unsigned)n;
    }
    return (int)done;
}

/* ---- receiving ---- */

static int name_give(struct msghdr *to, const struct message *message)
{
    socklen_t bytes = message->name_bytes, room = to->msg_namelen;

    to->msg_namelen = bytes;
    return user_write(to->msg_name, message->name, room < bytes ? room : bytes);
}

static ssize_t receive_message(struct file *file, struct msghdr *given, int flags)
{
    struct sockaddr_storage name = {0};
    struct message message = {.flags = flags};
    struct msghdr to;
    ssize_t n = user_read(&to, given, sizeof to);
    int error = 0;

    if (!n)
        n = pieces_take(&message, to.msg_iov, to.msg_iovlen);
    if (n)
        return n;
    message.name = to.msg_name ? &name : NULL;
    if (to.msg_control && to.msg_controllen) {
        message.control_bytes = to.msg_controllen < CONTROL_MAX ? to.msg_controllen : CONTROL_MAX;
        message.control = object_new(CONTROL_MAX);
        if (!message.control)
            return -ENOBUFS;
    }
    n = receive_checked(file, &message);
    if (n >= 0 && to.msg_name)
        error = name_give(&to, &message);
    if (n >= 0 && message.control)
        error |= user_write(to.msg_control, message.control, message.control_bytes);
    if (n >= 0 && !error) {
        to.msg_controllen = message.control_bytes;
        to.msg_flags = message.flags;
        error = user_write(given, &to, sizeof to);
    }
    object_free(message.control);
    return error ? error : n;
}

static ssize_t receive_on(int fd, struct msghdr *message, int flags)
{
    int error;
    struct file *file = socket_get(fd, &error);

    if (!file)
        return error;
    ssize_t n = receive_message(file, message, flags);
    file_put(file);
    return n;
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    cancellation_point();
    return result(RESTARTING(receive_on(fd, message, flags)));
}

ssize_t recv(int fd, void *to, size_t size_bytes, int flags)
{
    cancellation_point();
    return result(RESTARTING(bytes_pass(fd, to, size_bytes, flags, receive_checked)));
}

ssize_t recvfrom(int fd, void *restrict to, size_t size_bytes, int flags,
                 struct sockaddr *restrict name, socklen_t *restrict name_bytes)
{
    struct iovec piece = {to, size_bytes};
    struct msghdr message = {.msg_name = name, .msg_iov = &piece, .msg_iovlen = 1};
    ssize_t n;

    if (!name)
        return recv(fd, to, size_bytes, flags);
    if (user_read(&message.msg_namelen, name_bytes, sizeof *name_bytes))
        return result(-EFAULT);
    n = recvmsg(fd, &message, flags);
    if (n >= 0)
        *name_bytes = message.msg_namelen;
    return n;
}

/* The time limit is looked at between messages, as on Linux. */
int recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *wait)
{
    uint64_t deadline_ns;
    unsigned done = 0;
    int error = deadline_after(wait, &deadline_ns);

    if (error)
        return (int)result(error);
    while (done < count) {
        ssize_t n = recvmsg(fd, &messages[done].msg_hdr, flags & ~MSG_WAITFORONE);
        if (n < 0)
            return done ? (int)done : -1;
        messages[done++].msg_len = (unsigned)n;
        if (flags & MSG_WAITFORONE)
            flags |= MSG_DONTWAIT;
        if (wait && clock_monotonic_ns() >= deadline_ns)
            break;
    }
    return (int)done;
}

/* ---- as a file ---- */

ssize_t socket_file_read(struct file *file, void *to, size_t size_bytes, off_t *at)
{
    struct iovec piece = {to, size_bytes};
    struct message message = {.pieces = &piece, .piece_count = 1, .size_bytes = size_bytes};

    (void)at;
    return file->ops->socket->receive(file, &message);
}

ssize_t socket_file_write(struct file *file, const void *from, size_t size_bytes, off_t *at)
{
    struct iovec piece = {(void *)from, size_bytes};
    struct message message = {.pieces = &piece, .piece_count = 1, .size_bytes = size_bytes};

    (void)at;
    return file->ops->socket->send(file, &message);
}

int socket_file_stat(struct file *file, struct stat *status)
{
    status->st_mode = S_IFSOCK | 0777;
    status->st_dev = DEVICE_SOCKETS;
    status->st_ino = (ino_t)(uintptr_t)file->object;
    return 0;
}

struct event_source *socket_file_source(struct file *file)
{
    return &socket_of(file)->source;
}
