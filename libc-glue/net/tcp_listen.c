/* SPDX-License-Identifier: MIT
 *
 * Sockets that wait for connections.
 */
#include "libc-glue/net/inet.h"

#include <lwip/priv/tcp_priv.h>

#include "libc-glue/net/connections.h"

/* lwIP has made a connection. */
static err_t accepted(void *argument, struct tcp_pcb *pcb, err_t error)
{
    struct tcp_socket *listener = argument, *socket;

    if (error || !listener || !pcb)
        return ERR_VAL;
    socket = tcp_socket_new(listener->inet.base.family);
    if (!socket)
        return ERR_MEM;
    struct socket *base = &socket->inet.base;
    base->receive_wait_ns = listener->inet.base.receive_wait_ns;
    base->send_wait_ns = listener->inet.base.send_wait_ns;
    base->receive_bytes = listener->inet.base.receive_bytes;
    base->send_bytes = listener->inet.base.send_bytes;
    base->flags = listener->inet.base.flags;
    base->linger = listener->inet.base.linger;
    socket->no_delay = listener->no_delay;
    socket->corked = listener->corked;
    socket->user_wait_ms = listener->user_wait_ms;
    socket->keep_idle_s = listener->keep_idle_s;
    socket->keep_interval_s = listener->keep_interval_s;
    socket->keep_count = listener->keep_count;
    socket->mss_max = listener->mss_max;
    socket->inet.v6only = listener->inet.v6only;
    socket->phase = PHASE_CONNECTED;
    socket->inet.bound = true;
    socket->listener = listener;
    net_connection_settled(pcb);
    tcp_attach(socket, pcb);
    tcp_widen(socket);
    tcp_window_begin(socket);
    tcp_names_keep(socket);
    tcp_backlog_delayed(pcb); /* it counts until somebody accepts it */
    *(listener->waiting ? &listener->waiting_last->next_waiting : &listener->waiting) = socket;
    listener->waiting_last = socket;
    tcp_share_turn(listener);
    source_changed(&listener->inet.base.source, POLLIN | POLLRDNORM);
    return ERR_OK;
}

void tcp_waiting_drop(struct tcp_socket *socket)
{
    struct tcp_socket *waiting;

    while ((waiting = socket->waiting)) {
        socket->waiting = waiting->next_waiting;
        struct tcp_pcb *pcb = waiting->pcb;
        tcp_detach(waiting);
        if (pcb)
            tcp_abort(pcb);
        tcp_socket_free(waiting);
    }
}

static int listen_start(struct tcp_socket *socket, unsigned backlog)
{
    struct tcp_pcb *listening;
    err_t why = ERR_OK;
    int error = tcp_pcb_need(socket);

    if (!error && !socket->inet.bound) {
        error = error_of(tcp_bind(
            socket->pcb,
            inet_pcb_type(&socket->inet) == IPADDR_TYPE_V4 ? IP4_ADDR_ANY : IP_ANY_TYPE, 0));
        socket->inet.bound = !error;
    }
    if (error)
        return error;
    tcp_names_keep(socket);
    if (tcp_share_join(socket)) {
        socket->phase = PHASE_LISTENING;
        return 0;
    }
    listening = tcp_listen_with_backlog_and_err(socket->pcb, (u16_t)backlog, &why);
    if (!listening)
        return why == ERR_MEM ? -ENOBUFS : error_of(why);
    socket->pcb = listening;
    socket->phase = PHASE_LISTENING;
    tcp_arg(listening, socket);
    tcp_accept(listening, accepted);
    return 0;
}

int tcp_socket_listen(struct file *file, int backlog)
{
    struct tcp_socket *socket = tcp_of(file);
    unsigned most = backlog < 0 || backlog >= SOMAXCONN ? SOMAXCONN : (unsigned)backlog + 1;
    bool were_on = net_enter();
    int error = 0;

    if (socket->phase == PHASE_LISTENING && socket->pcb)
        tcp_backlog_set(socket->pcb, (u16_t)most);
    else if (socket->phase == PHASE_LISTENING) /* what the first one said is for all */
        error = 0;
    else if (socket->phase == PHASE_NEW || socket->phase == PHASE_OVER)
        error = listen_start(socket, most);
    else
        error = -EINVAL;
    net_leave(were_on);
    return error;
}

static struct tcp_socket *waiting_take(struct tcp_socket *listener)
{
    struct tcp_socket *first = listener->waiting;

    if (!first)
        return NULL;
    listener->waiting = first->next_waiting;
    first->next_waiting = NULL;
    first->listener = NULL;
    if (first->pcb)
        tcp_backlog_accepted(first->pcb);
    if (listener->waiting)
        wake(&listener->inet.base.source.in, 1);
    return first;
}

int tcp_socket_accept(struct file *file, struct file **accepted_file)
{
    struct tcp_socket *socket = tcp_of(file), *first = NULL;
    uint64_t deadline_ns = socket_deadline(file, 0, false);
    int error = 0;

    *accepted_file = file_new(&tcp_file_ops, O_RDWR);
    if (!*accepted_file)
        return -ENOMEM;
    while (!first && !error) {
        bool were_on = net_enter();
        if (!socket->waiting)
            net_poll();
        unsigned turn = socket->inet.base.source.turn;
        first = waiting_take(socket);
        if (!first && socket->phase != PHASE_LISTENING)
            error = -EINVAL;
        net_leave(were_on);
        if (!first && !error)
            error = deadline_ns ? source_wait(&socket->inet.base.source, false, turn, deadline_ns)
                                : -EAGAIN;
    }
    if (first)
        (*accepted_file)->object = first;
    else
        file_free(*accepted_file);
    return first ? 0 : error;
}
