/* SPDX-License-Identifier: MIT
 *
 * Messages between AF_UNIX sockets of the types that keep them apart.
 */
#include <string.h>

#include "libc-glue/unix_socket.h"

void packets_drop(struct packet *first)
{
    while (first) {
        struct packet *next = first->next;
        rights_drop(first->rights);
        object_free(first);
        first = next;
    }
}

/* ---- sending ---- */

static int refusal(const struct unix_socket *socket, const struct unix_socket *to)
{
    bool connected = socket->base.type == SOCK_SEQPACKET;

    if (to->dead)
        return connected ? -EPIPE : -ECONNREFUSED;
    if (to->shut_read || socket->shut_write)
        return -EPIPE;
    if (to->base.type != socket->base.type)
        return -EPROTOTYPE;
    if (to->peer && to->peer != socket && !connected)
        return -EPERM; /* it listens to somebody else only */
    return 0;
}

/* -EAGAIN: there is no room now. */
static ssize_t put(struct unix_socket *socket, struct unix_socket *to,
                   const struct message *message, struct packet **packet, unsigned *turn)
{
    ssize_t n = refusal(socket, to);

    *turn = to->base.source.turn;
    if (n)
        return n;
    if (to->packet_count >= PACKETS_MAX || queue_room(&to->bytes) < message->size_bytes)
        return -EAGAIN;
    uint64_t start = to->bytes.tail;
    n = pieces_put(&to->bytes, message, 0, message->size_bytes);
    if (n < (ssize_t)message->size_bytes) { /* all or nothing */
        to->bytes.tail = start;
        return n < 0 ? n : -ENOBUFS;
    }
    (*packet)->start = start;
    (*packet)->size_bytes = message->size_bytes;
    (*packet)->name = socket->name;
    (*packet)->name_bytes = socket->name_bytes;
    *(to->last ? &to->last->next : &to->first) = *packet;
    to->last = *packet;
    *packet = NULL;
    to->packet_count++;
    source_changed(&to->base.source, POLLIN | POLLRDNORM);
    return n;
}

/* To whom it goes, held. */
static int target_of(struct unix_socket *socket, const struct message *message,
                     struct unix_socket **to)
{
    if (message->name && socket->base.type == SOCK_DGRAM)
        return unix_find(SOCK_DGRAM, (struct sockaddr *)message->name, message->name_bytes, to);
    bool were_on = interrupts_off();
    *to = socket->peer;
    if (*to)
        unix_hold(*to);
    interrupts_restore(were_on);
    return *to ? 0 : -ENOTCONN;
}

ssize_t packet_send(struct file *file, struct message *message, struct packet **packet)
{
    struct unix_socket *socket = unix_of(file), *to;
    uint64_t deadline_ns = socket_deadline(file, message->flags, true);
    ssize_t n = target_of(socket, message, &to);

    if (n)
        return n;
    if (message->size_bytes > (size_t)socket->base.send_bytes - 32)
        n = -EMSGSIZE;
    while (!n) {
        unsigned turn;
        bool were_on = interrupts_off();
        n = put(socket, to, message, packet, &turn);
        interrupts_restore(were_on);
        if (n != -EAGAIN || !deadline_ns)
            break;
        n = source_wait(&to->base.source, true, turn, deadline_ns);
    }
    unix_drop(to);
    if (n == -EPIPE && !(message->flags & MSG_NOSIGNAL) && socket->base.type == SOCK_SEQPACKET)
        return broken_pipe();
    return n;
}

/* ---- receiving ---- */

static void room_tell(struct unix_socket *socket)
{
    source_changed(&socket->base.source, POLLOUT | POLLWRNORM);
    if (socket->peer && socket->peer->peer == socket)
        source_changed(&socket->peer->base.source, POLLOUT | POLLWRNORM);
}

static bool is_ended(const struct unix_socket *socket)
{
    if (socket->shut_read)
        return true;
    return socket->base.type == SOCK_SEQPACKET &&
           (!socket->peer || socket->peer->dead || socket->peer->shut_write);
}

/* The first message; *packet is the caller's when it is not a peek. */
static ssize_t take(struct unix_socket *socket, struct message *message, struct packet **packet,
                    unsigned *turn)
{
    bool peek = message->flags & MSG_PEEK;
    struct packet *first = socket->first;
    ssize_t n;

    *turn = socket->base.source.turn;
    *packet = NULL;
    if (!first) {
        int error = socket->base.error;
        socket->base.error = 0;
        return error ? -error : is_ended(socket) ? 0 : -EAGAIN;
    }
    size_t wanted =
        first->size_bytes < message->size_bytes ? first->size_bytes : message->size_bytes;
    n = pieces_take(&socket->bytes, message, 0, wanted, peek);
    if (n < 0)
        return n;
    *packet = first;
    if (peek)
        return n;
    queue_drop(&socket->bytes, first->size_bytes - (size_t)n);
    socket->first = first->next;
    if (!socket->first)
        socket->last = NULL;
    first->next = NULL;
    socket->packet_count--;
    room_tell(socket);
    if (socket->first)
        wake(&socket->base.source.in, 1);
    return n;
}

static ssize_t packet_give(struct unix_socket *socket, struct message *message,
                           struct packet *packet, ssize_t n)
{
    bool whole_size = message->flags & MSG_TRUNC, peek = message->flags & MSG_PEEK;

    if (message->name) {
        memcpy(message->name, &packet->name, packet->name_bytes);
        message->name_bytes = packet->name_bytes;
    }
    rights_give(message, packet->rights, socket->base.flags >> SO_PASSCRED & 1);
    if (packet->size_bytes > (size_t)n) {
        message->flags |= MSG_TRUNC;
        if (whole_size)
            n = (ssize_t)packet->size_bytes;
    }
    if (!peek)
        packets_drop(packet);
    return n;
}

ssize_t packets_receive(struct file *file, struct message *message)
{
    struct unix_socket *socket = unix_of(file);
    uint64_t deadline_ns = socket_deadline(file, message->flags, false);
    struct packet *packet = NULL;
    unsigned turn;
    ssize_t n;

    if (socket->base.type == SOCK_SEQPACKET && !socket->peer && !socket->base.error)
        return -ENOTCONN;
    for (;;) {
        bool were_on = interrupts_off();
        n = take(socket, message, &packet, &turn);
        interrupts_restore(were_on);
        if (n != -EAGAIN || !deadline_ns)
            break;
        n = source_wait(&socket->base.source, false, turn, deadline_ns);
        if (n)
            break;
    }
    if (packet)
        return packet_give(socket, message, packet, n);
    if (n == 0)
        rights_give(message, NULL, false);
    return n;
}
