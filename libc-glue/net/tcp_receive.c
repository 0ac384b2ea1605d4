/* SPDX-License-Identifier: MIT
 *
 * What a program reads from a TCP connection: copied once, out of the memory that the card
 * has filled. What came before the end, or before a break, can be read after it.
 */
#include "libc-glue/net/inet.h"

#include <lwip/priv/tcp_priv.h>
#include <string.h>

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

/* ---- the window ---- */

#define WINDOW_MIN 4096 /* however small SO_RCVBUF is: two segments */

/* What the window may be: half of SO_RCVBUF, which counts what is kept beside the data,
 * as on Linux. */
static size_t window_limit(const struct tcp_socket *socket)
{
    size_t limit = (size_t)socket->inet.base.receive_bytes / 2;

    return limit < WINDOW_MIN ? WINDOW_MIN : limit;
}

/* lwIP says by itself when a window has grown by a quarter of the largest one; by then one
 * that is kept small has long been closed. */
static void small_window_tell(struct tcp_pcb *pcb, size_t limit)
{
    uint32_t grown = pcb->rcv_nxt + pcb->rcv_ann_wnd - pcb->rcv_ann_right_edge;

    if (grown < TCP_WND_UPDATE_THRESHOLD && grown >= limit / 4) {
        tcp_ack_now(pcb);
        tcp_output(pcb);
    }
}

/* So many bytes were read, or SO_RCVBUF was set: lwIP hears of what the window may grow
 * by. It shrinks only by what the other end has not been promised. */
void tcp_window_follow(struct tcp_socket *socket, size_t read_bytes)
{
    struct tcp_pcb *pcb = socket->pcb;
    size_t limit = window_limit(socket), most = TCP_WND_MAX(pcb);
    size_t wanted = most > limit ? most - limit : 0, grow = read_bytes + socket->withheld_bytes;

    socket->withheld_bytes = grow < wanted ? grow : wanted;
    grow -= socket->withheld_bytes;
    while (grow) {
        size_t part = grow < UINT16_MAX ? grow : UINT16_MAX;
        tcp_recved(pcb, (u16_t)part);
        grow -= part;
    }
    if (!wanted)
        return;
    size_t promised = pcb->rcv_ann_right_edge - pcb->rcv_nxt;
    size_t spare = pcb->rcv_wnd > promised ? pcb->rcv_wnd - promised : 0;
    if (spare > wanted - socket->withheld_bytes)
        spare = wanted - socket->withheld_bytes;
    socket->withheld_bytes += spare;
    pcb->rcv_wnd -= (tcpwnd_size_t)spare;
    if (pcb->rcv_ann_wnd > pcb->rcv_wnd)
        pcb->rcv_ann_wnd = pcb->rcv_wnd;
    small_window_tell(pcb, limit);
}

/* The connection is there. Until now the other end was promised what a SYN can say. */
void tcp_window_begin(struct tcp_socket *socket)
{
    struct tcp_pcb *pcb = socket->pcb;

    pcb->rcv_ann_right_edge = pcb->rcv_nxt + TCPWND_MIN16(pcb->rcv_wnd);
    tcp_window_follow(socket, 0);
}

#define WINDOW_SYN  UINT16_MAX
#define WINDOW_LEFT (WINDOW_SYN / 4 * 3)

/* The other end has only heard of the window that a SYN can tell of, and has hardly begun to
 * use it: it hears of the real one with the next segment, which is the answer as a rule. */
static void window_grow(struct tcp_pcb *pcb, uint16_t read_bytes)
{
    uint32_t promised = pcb->rcv_ann_right_edge - pcb->rcv_nxt;

    if (promised < WINDOW_LEFT || promised > WINDOW_SYN) {
        tcp_recved(pcb, read_bytes);
        return;
    }
    pcb->rcv_wnd += read_bytes;
    tcp_update_rcv_ann_wnd(pcb);
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
    if (!socket->pcb)
        return;
    if (!socket->withheld_bytes && size_bytes <= UINT16_MAX &&
        window_limit(socket) >= TCP_WND_MAX(socket->pcb))
        window_grow(socket->pcb, (uint16_t)size_bytes); /* nothing to limit */
    else
        tcp_window_follow(socket, size_bytes);
}

/* How many bytes, 0 at the end, or -errno; -EAGAIN to wait. */
/* Mostly all of it stands in one piece, and is wanted in one. */
static ssize_t copy_out(const struct message *message, size_t done, const struct pbuf *first,
                        size_t wanted)
{
    struct iovec piece = piece_at(message, done);

    if (first->len < wanted || piece.iov_len < wanted)
        return pieces_from_pbufs(message, done, first, wanted);
    if (!memory_probe(piece.iov_base, wanted, true))
        return -EFAULT;
    memcpy(piece.iov_base, first->payload, wanted);
    return (ssize_t)wanted;
}

static ssize_t take(struct tcp_socket *socket, const struct message *message, size_t done)
{
    size_t wanted = message->size_bytes - done;
    bool peek = message->flags & MSG_PEEK;
    ssize_t n;

    if (wanted > socket->unread_bytes)
        wanted = socket->unread_bytes;
    if (wanted) {
        n = message->flags & MSG_TRUNC ? (ssize_t)wanted
                                       : copy_out(message, done, socket->first, wanted);
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
