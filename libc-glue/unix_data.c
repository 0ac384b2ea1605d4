/* SPDX-License-Identifier: MIT
 *
 * Bytes between AF_UNIX stream sockets; messages are in unix_packets.c.
 */
#include "libc-glue/unix_socket.h"

/* Moves bytes between the pieces, from the message's byte number done on, and the
 * queue: how many, or -errno when not even one. */
static ssize_t move(struct byte_queue *queue, const struct message *message, size_t done,
                    size_t size_bytes, int how)
{
    size_t moved = 0, skip = done;

    for (size_t i = 0; i < message->piece_count && moved < size_bytes; i++) {
        const struct iovec *piece = &message->pieces[i];
        if (skip >= piece->iov_len) {
            skip -= piece->iov_len;
            continue;
        }
        char *at = (char *)piece->iov_base + skip;
        size_t part = piece->iov_len - skip;
        if (part > size_bytes - moved)
            part = size_bytes - moved;
        ssize_t n = how == 0   ? queue_put(queue, at, part)
                    : how == 1 ? queue_take(queue, at, part)
                               : queue_peek(queue, moved, at, part);
        if (n < 0)
            return moved ? (ssize_t)moved : n;
        moved += (size_t)n;
        if ((size_t)n < part)
            break;
        skip = 0;
    }
    return (ssize_t)moved;
}

ssize_t pieces_put(struct byte_queue *queue, const struct message *message, size_t done,
                   size_t size_bytes)
{
    return move(queue, message, done, size_bytes, 0);
}

ssize_t pieces_take(struct byte_queue *queue, const struct message *message, size_t done,
                    size_t size_bytes, bool peek)
{
    return move(queue, message, done, size_bytes, peek ? 2 : 1);
}

/* ---- sending ---- */

/* Descriptors travel with these bytes. */
static void mark(struct unix_socket *to, struct packet *packet, size_t size_bytes)
{
    packet->start = to->bytes.tail - size_bytes;
    packet->size_bytes = size_bytes;
    *(to->last ? &to->last->next : &to->first) = packet;
    to->last = packet;
}

/* -EAGAIN: there is no room now. */
static ssize_t put(struct unix_socket *socket, const struct message *message, size_t done,
                   struct packet **packet, unsigned *turn)
{
    struct unix_socket *peer = socket->peer;
    ssize_t n;

    *turn = socket->base.source.turn;
    if (!peer)
        return socket->base.error ? -socket->base.error : -ENOTCONN;
    if (peer->dead || peer->shut_read || socket->shut_write)
        return -EPIPE;
    if (!queue_room(&peer->bytes))
        return -EAGAIN;
    n = pieces_put(&peer->bytes, message, done, message->size_bytes - done);
    if (n > 0 && *packet) {
        mark(peer, *packet, (size_t)n);
        *packet = NULL;
    }
    if (n > 0)
        source_changed(&peer->base.source, POLLIN | POLLRDNORM);
    return n;
}

static ssize_t stream_send(struct file *file, struct message *message, struct packet **packet)
{
    struct unix_socket *socket = unix_of(file);
    uint64_t deadline_ns = socket_deadline(file, message->flags, true);
    size_t done = 0;
    ssize_t n = 0;

    while (done < message->size_bytes && n >= 0) {
        unsigned turn;
        bool were_on = interrupts_off();
        n = put(socket, message, done, packet, &turn);
        interrupts_restore(were_on);
        if (n > 0)
            done += (size_t)n;
        else if (n == -EAGAIN && deadline_ns)
            n = source_wait(&socket->base.source, true, turn, deadline_ns);
    }
    if (n == -EPIPE && !done && !(message->flags & MSG_NOSIGNAL))
        return broken_pipe();
    return done ? (ssize_t)done : n;
}

ssize_t unix_send(struct file *file, struct message *message)
{
    struct unix_socket *socket = unix_of(file);
    struct packet *packet = NULL;
    struct rights *rights;
    ssize_t n = rights_take(message, &rights);

    if (n)
        return n;
    if (is_stream(socket) && message->name)
        n = socket->peer ? -EISCONN : -EOPNOTSUPP;
    if (!n && (rights || !is_stream(socket)) && !(packet = object_new(sizeof *packet)))
        n = -ENOBUFS;
    if (!packet)
        rights_drop(rights);
    else
        packet->rights = rights;
    if (!n)
        n = is_stream(socket) ? stream_send(file, message, &packet)
                              : packet_send(file, message, &packet);
    packets_drop(packet); /* NULL if it is on its way */
    return n;
}

/* ---- receiving ---- */

/* As on Linux, reading goes on up to the end of what came along with descriptors. */
static size_t limit_of(const struct unix_socket *socket, size_t size_bytes)
{
    const struct packet *first = socket->first;
    size_t limit = first ? first->start + first->size_bytes - socket->bytes.head : size_bytes;

    return size_bytes < limit ? size_bytes : limit;
}

static bool is_ended(const struct unix_socket *socket)
{
    return socket->shut_read || !socket->peer || socket->peer->dead || socket->peer->shut_write;
}

/* *marked is the caller's when it is not a peek. */
static ssize_t take(struct unix_socket *socket, const struct message *message, size_t done,
                    struct packet **marked, unsigned *turn)
{
    bool peek = message->flags & MSG_PEEK;
    bool was_full = queue_room(&socket->bytes) < BLOCK_BYTES;
    size_t limit = limit_of(socket, message->size_bytes - done);
    uint64_t start = socket->bytes.head;
    struct packet *first = socket->first;
    ssize_t n = pieces_take(&socket->bytes, message, done, limit, peek);

    *turn = socket->base.source.turn;
    *marked = n > 0 && first && start + (size_t)n > first->start ? first : NULL;
    if (*marked && !peek) {
        socket->first = first->next;
        if (!socket->first)
            socket->last = NULL;
        first->next = NULL;
    }
    if (n == 0 && limit) {
        n = socket->base.error ? -socket->base.error : is_ended(socket) ? 0 : -EAGAIN;
        socket->base.error = 0;
    }
    if (was_full && socket->peer && queue_room(&socket->bytes) >= BLOCK_BYTES)
        source_changed(&socket->peer->base.source, POLLOUT | POLLWRNORM);
    if (n > 0 && queue_used(&socket->bytes))
        wake(&socket->base.source.in, 1);
    return n;
}

static void marked_give(struct unix_socket *socket, struct message *message, struct packet *marked)
{
    bool credentials = socket->base.flags >> SO_PASSCRED & 1, peek = message->flags & MSG_PEEK;

    rights_give(message, marked ? marked->rights : NULL, credentials);
    if (marked && !peek)
        packets_drop(marked);
}

/* MSG_WAITALL goes on until all is there, or descriptors came. */
static ssize_t stream_receive(struct file *file, struct message *message)
{
    struct unix_socket *socket = unix_of(file);
    uint64_t deadline_ns = socket_deadline(file, message->flags, false);
    bool all = message->flags & MSG_WAITALL && !(message->flags & MSG_PEEK);
    struct packet *marked = NULL;
    size_t done = 0;
    ssize_t n = 0;

    if (!socket->peer && !socket->base.error)
        return -EINVAL;
    while (done < message->size_bytes) {
        unsigned turn;
        bool were_on = interrupts_off();
        n = take(socket, message, done, &marked, &turn);
        interrupts_restore(were_on);
        if (n > 0)
            done += (size_t)n;
        if (n == 0 || marked || (n > 0 && !all) || (n < 0 && (n != -EAGAIN || (done && !all))))
            break;
        if (n == -EAGAIN)
            n = deadline_ns ? source_wait(&socket->base.source, false, turn, deadline_ns) : n;
        if (n < 0)
            break;
    }
    if (done || n == 0)
        marked_give(socket, message, marked);
    return done ? (ssize_t)done : n;
}

ssize_t unix_receive(struct file *file, struct message *message)
{
    message->name_bytes = 0;
    return is_stream(unix_of(file)) ? stream_receive(file, message)
                                    : packets_receive(file, message);
}
