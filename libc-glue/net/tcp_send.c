/* SPDX-License-Identifier: MIT
 *
 * What a program sends over a TCP connection: copied once, into the buffers that the card
 * reads from; or not at all, where it is to stay as it is.
 */
#include "libc-glue/net/inet.h"

#include <lwip/priv/tcp_priv.h>

#include "kernel/time.h"

#define BURST_BYTES    (32u << 10) /* at one go */
#define MEMORY_WAIT_NS 20000000ull /* when there is none, and nothing under way to wait for */

/* Why nothing can be sent now, or ever: -EAGAIN to wait. */
static int trouble(struct tcp_socket *socket)
{
    if (socket->inet.base.error) {
        int error = __atomic_exchange_n(&socket->inet.base.error, 0, __ATOMIC_RELAXED);
        return -error;
    }
    if (socket->phase == PHASE_CONNECTING)
        return -EAGAIN;
    if (socket->phase != PHASE_CONNECTED || socket->shut_write || !socket->pcb)
        return -EPIPE;
    return 0;
}

/* One burst: how many bytes, or -errno when not even one. */
static ssize_t put(struct tcp_socket *socket, const struct message *message, size_t done)
{
    size_t room = tcp_room(socket), begun = done;
    bool more = message->flags & MSG_MORE || socket->corked;
    int error = trouble(socket);

    if (error)
        return error;
    if (room > BURST_BYTES)
        room = BURST_BYTES;
    while (room && done < message->size_bytes) {
        struct iovec piece = piece_at(message, done);
        size_t part = piece.iov_len < room ? piece.iov_len : room;
        bool last = done + part == message->size_bytes;
        if (!memory_probe(piece.iov_base, part, false)) {
            error = -EFAULT;
            break;
        }
        bool more_comes = !last || more;
        if (message->lasting ? tcp_write(socket->pcb, piece.iov_base, (u16_t)part,
                                         more_comes ? TCP_WRITE_FLAG_MORE : 0)
                             : net_tcp_write(socket->pcb, piece.iov_base, (u16_t)part, more_comes))
            break;
        done += part;
        room -= part;
    }
    if (done > begun && !(more && done == message->size_bytes))
        tcp_output(socket->pcb);
    if (done == begun && !error) {
        socket->full = true;
        if (!socket->pcb->snd_queuelen)
            tcp_look_soon(socket);
    }
    return done > begun ? (ssize_t)(done - begun) : error ? error : -EAGAIN;
}

static int wait_for_room(struct tcp_socket *socket, unsigned turn, uint64_t deadline_ns)
{
    uint64_t soon_ns;
    int error;

    if (!deadline_ns)
        return -EAGAIN;
    if (socket->phase == PHASE_CONNECTING || !socket->pcb || socket->pcb->snd_queuelen)
        return source_wait(&socket->inet.base.source, true, turn, deadline_ns);
    soon_ns = clock_monotonic_ns() + MEMORY_WAIT_NS;
    error = source_wait(&socket->inet.base.source, true, turn,
                        soon_ns < deadline_ns ? soon_ns : deadline_ns);
    return error == -EAGAIN && soon_ns < deadline_ns ? 0 : error;
}

ssize_t tcp_socket_send(struct file *file, struct message *message)
{
    struct tcp_socket *socket = tcp_of(file);
    bool waits = !(file->flags & O_NONBLOCK || message->flags & MSG_DONTWAIT);
    uint64_t deadline_ns = waits ? socket_deadline(file, message->flags, true) : 0;
    size_t done = 0;
    ssize_t n = 0;
    bool looks = false;

    if (!message->size_bytes) {
        n = trouble(socket);
        return n == -EAGAIN ? 0 : n;
    }
    while (done < message->size_bytes && n >= 0) {
        bool were_on = net_enter();
        if (looks)
            net_poll();
        unsigned turn = socket->inet.base.source.turn;
        n = put(socket, message, done);
        net_leave(were_on);
        if (n > 0) {
            done += (size_t)n;
        } else if (n == -EAGAIN && !looks) { /* once more before it waits */
            n = 0;
            looks = true;
            continue;
        } else if (n == -EAGAIN) {
            n = wait_for_room(socket, turn, deadline_ns);
        }
        looks = false;
    }
    if (n == -EPIPE && !done && !(message->flags & MSG_NOSIGNAL))
        return broken_pipe();
    return done ? (ssize_t)done : n;
}
