/* SPDX-License-Identifier: MIT
 *
 * How AF_UNIX sockets find each other.
 */
#include <string.h>

#include "libc-glue/unix_socket.h"

int unix_listen(struct file *file, int backlog)
{
    struct unix_socket *socket = unix_of(file);

    if (socket->base.type == SOCK_DGRAM)
        return -EOPNOTSUPP;
    if (!socket->name_bytes || socket->peer)
        return -EINVAL;
    bool were_on = interrupts_off();
    socket->listening = true;
    socket->waiting_max = backlog < 0 || backlog > SOMAXCONN ? SOMAXCONN : (unsigned)backlog;
    source_changed(&socket->base.source, POLLOUT); /* there may be more room */
    interrupts_restore(were_on);
    return 0;
}

static struct unix_socket *waiting_take(struct unix_socket *socket)
{
    struct unix_socket **at = &socket->waiting, *first;

    if (!*at)
        return NULL;
    while ((*at)->next_waiting) /* the newest is in front */
        at = &(*at)->next_waiting;
    first = *at;
    *at = NULL;
    socket->waiting_count--;
    source_changed(&socket->base.source, POLLOUT);
    return first;
}

int unix_accept(struct file *file, struct file **accepted)
{
    struct unix_socket *socket = unix_of(file), *other;
    uint64_t deadline_ns = socket_deadline(file, 0, false);
    int error = 0;

    if (socket->base.type == SOCK_DGRAM)
        return -EOPNOTSUPP;
    *accepted = unix_file(NULL);
    if (!*accepted)
        return -ENOMEM;
    for (;;) {
        bool were_on = interrupts_off();
        unsigned turn = socket->base.source.turn;
        other = waiting_take(socket);
        if (!other && (!socket->listening || socket->shut_read))
            error = -EINVAL;
        interrupts_restore(were_on);
        if (!other && !error)
            error =
                deadline_ns ? source_wait(&socket->base.source, false, turn, deadline_ns) : -EAGAIN;
        if (other || error)
            break;
    }
    if (other)
        (*accepted)->object = other;
    else
        file_free(*accepted);
    return other ? 0 : error;
}

/* Joins the two if there is room in the queue; -EAGAIN: not now. */
static int join(struct unix_socket *socket, struct unix_socket *listener, struct unix_socket *other,
                unsigned *turn)
{
    *turn = listener->base.source.turn;
    if (socket->peer)
        return -EISCONN;
    if (socket->listening)
        return -EINVAL;
    if (listener->dead || !listener->listening || listener->shut_read)
        return -ECONNREFUSED;
    if (listener->waiting_count > listener->waiting_max)
        return -EAGAIN;
    unix_hold(socket->peer = other);
    unix_hold(other->peer = socket);
    other->name = listener->name;
    other->name_bytes = listener->name_bytes;
    other->next_waiting = listener->waiting;
    listener->waiting = other;
    listener->waiting_count++;
    source_changed(&listener->base.source, POLLIN | POLLRDNORM);
    source_changed(&socket->base.source, POLLOUT | POLLWRNORM);
    return 0;
}

static int connect_to(struct file *file, struct unix_socket *listener)
{
    struct unix_socket *socket = unix_of(file), *other;
    uint64_t deadline_ns = socket_deadline(file, 0, true);
    int error;

    if (listener->base.type != socket->base.type)
        return -EPROTOTYPE;
    other = unix_new(socket->base.type, socket->base.protocol);
    if (!other)
        return -ENOMEM;
    for (;;) {
        unsigned turn;
        bool were_on = interrupts_off();
        error = join(socket, listener, other, &turn);
        interrupts_restore(were_on);
        if (error != -EAGAIN || !deadline_ns)
            break;
        error = source_wait(&listener->base.source, true, turn, deadline_ns);
        if (error)
            break;
    }
    if (error)
        unix_drop(other);
    return error;
}

/* A datagram socket's peer is only where it sends to; AF_UNSPEC takes it away. */
static int peer_set(struct unix_socket *socket, struct unix_socket *peer)
{
    struct unix_socket *before;

    if (peer && peer->base.type != SOCK_DGRAM)
        return -EPROTOTYPE;
    bool were_on = interrupts_off();
    before = socket->peer;
    socket->peer = peer;
    if (peer)
        unix_hold(peer);
    interrupts_restore(were_on);
    if (before)
        unix_drop(before);
    return 0;
}

int unix_connect(struct file *file, const struct sockaddr *name, socklen_t name_bytes)
{
    struct unix_socket *socket = unix_of(file), *other;
    bool datagrams = socket->base.type == SOCK_DGRAM;
    int error;

    if (datagrams && name_bytes >= sizeof(sa_family_t) && name->sa_family == AF_UNSPEC)
        return peer_set(socket, NULL);
    error = unix_find(socket->base.type, name, name_bytes, &other);
    if (error)
        return error;
    error = datagrams ? peer_set(socket, other) : connect_to(file, other);
    unix_drop(other);
    return error;
}
