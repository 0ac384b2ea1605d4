/* SPDX-License-Identifier: MIT
 *
 * A TCP socket's own name, and connections from here to others.
 */
#include "libc-glue/net/inet.h"

#include <lwip/priv/tcp_priv.h>

static int bind_locked(struct tcp_socket *socket, const struct inet_name *to)
{
    int error;

    if (socket->inet.bound || socket->phase != PHASE_NEW)
        return -EINVAL;
    error = inet_may_bind(&to->address);
    if (!error)
        error = tcp_pcb_need(socket);
    if (error)
        return error;
    tcp_reuse_apply(socket);
    error = error_of(tcp_bind(socket->pcb, &to->address, to->port));
    if (error == -ENOBUFS)
        error = -EADDRINUSE; /* all ports are */
    if (!error) {
        socket->inet.bound = true;
        tcp_names_keep(socket);
    }
    return error;
}

int tcp_socket_bind(struct file *file, const struct sockaddr *name, socklen_t name_bytes)
{
    struct tcp_socket *socket = tcp_of(file);
    struct inet_name to;
    int error = inet_name_take(&socket->inet, name, name_bytes, &to);

    if (error)
        return error == -ENETUNREACH ? -EINVAL : error;
    bool were_on = net_enter();
    error = bind_locked(socket, &to);
    net_leave(were_on);
    return error;
}

static err_t connected(void *argument, struct tcp_pcb *pcb, err_t error)
{
    struct tcp_socket *socket = argument;

    (void)pcb, (void)error;
    socket->phase = PHASE_CONNECTED;
    tcp_widen(socket);
    tcp_window_begin(socket);
    tcp_names_keep(socket);
    source_changed(&socket->inet.base.source, POLLOUT | POLLWRNORM);
    return ERR_OK;
}

static int connect_start(struct tcp_socket *socket, const struct inet_name *to)
{
    err_t error;
    int failed = tcp_pcb_need(socket);

    if (failed)
        return failed;
    if (ip_addr_ismulticast(&to->address))
        return -ENETUNREACH;
    /* To one of our own addresses: from the same one, not from the loopback interface's. */
    if (inet_is_any(&socket->pcb->local_ip) && inet_is_local(&to->address))
        ip_addr_set(&socket->pcb->local_ip, &to->address);
    tcp_reuse_apply(socket);
    net_icmp_watch();
    error = tcp_connect(socket->pcb, &to->address, to->port, connected);
    if (error)
        return error == ERR_BUF || error == ERR_USE ? -EADDRNOTAVAIL : error_of(error);
    socket->phase = PHASE_CONNECTING;
    socket->connect_untold = true;
    socket->inet.bound = true;
    socket->inet.base.error = 0;
    tcp_names_keep(socket);
    return 0;
}

/* A router says that there is no way. */
void tcp_connect_fail(struct tcp_socket *socket, int error)
{
    if (socket->phase != PHASE_CONNECTING)
        return;
    tcp_close_pcb(socket);
    socket->phase = PHASE_OVER;
    socket->ended = true;
    socket->inet.base.error = error;
    source_changed(&socket->inet.base.source, EVENTS_END | POLLIN | POLLOUT);
}

/* AF_UNSPEC: as if it were new. */
static int disconnect(struct tcp_socket *socket)
{
    if (socket->phase == PHASE_LISTENING)
        return -EINVAL;
    if (socket->pcb && socket->phase != PHASE_NEW) {
        struct tcp_pcb *pcb = socket->pcb;
        tcp_detach(socket);
        tcp_abort(pcb);
    }
    tcp_unread_drop(socket);
    socket->phase = PHASE_NEW;
    socket->inet.bound = false;
    socket->ended = socket->shut_read = socket->shut_write = false;
    return 0;
}

/* -EAGAIN: wait. */
static int connect_look(struct tcp_socket *socket)
{
    int error = socket->inet.base.error;

    if (socket->phase == PHASE_CONNECTING)
        return -EAGAIN;
    if (socket->phase == PHASE_CONNECTED) {
        socket->connect_untold = false;
        return 0;
    }
    socket->inet.base.error = 0;
    socket->phase = PHASE_NEW; /* it may be tried again */
    socket->inet.bound = false;
    socket->ended = false;
    return error ? -error : -ECONNABORTED;
}

static int connect_wait(struct tcp_socket *socket, uint64_t deadline_ns)
{
    int error = 0;

    while (!error) {
        bool were_on = net_enter();
        net_poll();
        unsigned turn = socket->inet.base.source.turn;
        int state = connect_look(socket);
        net_leave(were_on);
        if (state != -EAGAIN)
            return state;
        error = source_wait(&socket->inet.base.source, true, turn, deadline_ns);
    }
    return error == -EAGAIN ? -EINPROGRESS : error;
}

static int connect_begin(struct tcp_socket *socket, struct inet_name *to, uint64_t deadline_ns)
{
    int error;

    inet_any_to_loopback(&to->address);
    error = net_wait_route(&to->address, deadline_ns);
    if (error)
        return error == -EAGAIN ? -ENETUNREACH : error;
    bool were_on = net_enter();
    error = connect_start(socket, to);
    net_leave(were_on);
    return error;
}

int tcp_socket_connect(struct file *file, const struct sockaddr *name, socklen_t name_bytes)
{
    struct tcp_socket *socket = tcp_of(file);
    uint64_t deadline_ns = socket_deadline(file, 0, true);
    struct inet_name to;
    int error;

    if (name_bytes >= sizeof(sa_family_t) && name->sa_family == AF_UNSPEC) {
        bool were_on = net_enter();
        error = disconnect(socket);
        net_leave(were_on);
        return error;
    }
    error = inet_name_take(&socket->inet, name, name_bytes, &to);
    if (error)
        return error;
    if (socket->phase == PHASE_CONNECTED && socket->connect_untold)
        return connect_look(socket);
    if (socket->phase == PHASE_CONNECTED || socket->phase == PHASE_LISTENING)
        return -EISCONN;
    if (socket->phase == PHASE_CONNECTING && !deadline_ns)
        return -EALREADY;
    if (socket->phase == PHASE_OVER && (error = connect_look(socket)) != -ECONNABORTED)
        return error;
    if (socket->phase == PHASE_NEW && (error = connect_begin(socket, &to, deadline_ns)))
        return error;
    return deadline_ns ? connect_wait(socket, deadline_ns) : -EINPROGRESS;
}
