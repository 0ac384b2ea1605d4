/* SPDX-License-Identifier: MIT
 *
 * What a program reads from a TCP connection: copied once, out of the memory that the card
 * has filled. What came before the end, or before a break, can be read after it.
 */
#include "libc-glue/net/inet.h"

#include <lwip/priv/tcp_priv.h>

static struct pbuf *unlink_first(struct tcp_socket *socket)
{
    struct pbuf *p = socket->first;

    socket->first = p->next;
    if (!socket->first)
        socket->last = NULL;
    p->next = NULL;
    p->tot_len = p->len;
    return p;
}

void tcp_unread_drop(struct tcp_socket *socket)
{
    while (socket->first)
        pbuf_free(unlink_first(socket));
    socket->unread_bytes = 0;
}

/* Those bytes have been read. */
static void consume(struct tcp_socket *socket, size_t size_bytes)
{
    size_t left = size_bytes;

    while (left) {
        struct pbuf *p = socket->first;
        if (p->len > left) {
            p->payload = (char *)p->payload + left;
            p->len -= (u16_t)left;
            p->tot_len -= (u16_t)left;
            break;
        }
        left -= p->len;
        pbuf_free(unlink_first(socket));
    }
    socket->unread_bytes -= size_bytes;
    for (left = size_bytes; left && socket->pcb;) {
        size_t part = left < UINT16_MAX ? left : UINT16_MAX;
        tcp_recved(socket->pcb, (u16_t)part);
        left -= part;
    }
}

/* How many bytes, 0 at the end, or -errno; -EAGAIN to wait. */
static ssize_t take(struct tcp_socket *socket, const struct message *message, size_t done)
{
    size_t wanted = message->size_bytes - done;
    bool peek = message->flags & MSG_PEEK;
    ssize_t n;

    if (wanted > socket->unread_bytes)
        wanted = socket->unread_bytes;
    if (wanted) {
        n = message->flags & MSG_TRUNC ? (ssize_t)wanted
                                       : pieces_from_pbufs(message, done, socket->first, wanted);
        if (n > 0 && !peek)
            consume(socket, (size_t)n);
        return n;
    }
    if (socket->inet.base.error)
        return -__atomic_exchange_n(&socket->inet.base.error, 0, __ATOMIC_RELAXED);
    if (socket->ended || socket->shut_read || (!socket->pcb && socket->phase == PHASE_OVER))
        return 0;
    return socket->phase == PHASE_CONNECTED || socket->phase == PHASE_CONNECTING ? -EAGAIN
                                                                                 : -ENOTCONN;
}

ssize_t tcp_socket_receive(struct file *file, struct message *message)
{
    struct tcp_socket *socket = tcp_of(file);
    bool all = message->flags & MSG_WAITALL && !(message->flags & MSG_PEEK);
    bool waits = !(file->flags & O_NONBLOCK || message->flags & MSG_DONTWAIT), timed = false;
    uint64_t deadline_ns = 0;
    size_t done = 0;
    ssize_t n = 0;

    message->name_bytes = 0;
    message->control_bytes = 0;
    while (done < message->size_bytes || !message->size_bytes) {
        bool were_on = net_enter();
        if (!socket->unread_bytes)
            net_poll();
        unsigned turn = socket->inet.base.source.turn;
        n = !message->size_bytes && socket->phase == PHASE_CONNECTED ? 0
                                                                     : take(socket, message, done);
        net_leave(were_on);
        if (n > 0)
            done += (size_t)n;
        if (n == 0 || (n > 0 && !all) || (n < 0 && n != -EAGAIN))
            break;
        if (n > 0)
            continue;
        if (!timed)
            deadline_ns = waits ? socket_deadline(file, message->flags, false) : 0;
        timed = true;
        n = deadline_ns ? source_wait(&socket->inet.base.source, false, turn, deadline_ns) : n;
        if (n < 0)
            break;
    }
    message->flags = 0;
    return done ? (ssize_t)done : n;
}
