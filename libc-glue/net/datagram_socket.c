/* SPDX-License-Identifier: MIT
 *
 * UDP sockets: making them, their names, and what they are as files.
 */
#include "libc-glue/net/datagram.h"

#include <lwip/udp.h>
#include <string.h>
#include <sys/ioctl.h>

/* ---- what came ---- */

/* Takes the packet over. */
void datagram_add(struct datagram_socket *socket, struct pbuf *p, const struct datagram *what)
{
    struct datagram *datagram = NULL;

    if (!socket->shut_read &&
        socket->unread_bytes + p->tot_len <= (size_t)socket->inet.base.receive_bytes)
        datagram = object_take(sizeof *datagram);
    if (!datagram) {
        pbuf_free(p);
        return;
    }
    *datagram = *what;
    datagram->next = NULL;
    datagram->p = p;
    *(socket->first ? &socket->last->next : &socket->first) = datagram;
    socket->last = datagram;
    socket->unread_bytes += p->tot_len;
    source_changed(&socket->inet.base.source, POLLIN | POLLRDNORM);
}

void datagram_drop(struct datagram_socket *socket)
{
    struct datagram *first = socket->first;

    socket->first = first->next;
    if (first->p) {
        socket->unread_bytes -= first->p->tot_len;
        pbuf_free(first->p);
    }
    object_free(first);
}

static void received(void *argument, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *from,
                     u16_t port)
{
    struct datagram what = {.from = {*from, port},
                            .to = {*ip_current_dest_addr(), pcb->local_port}};
    struct datagram_socket *socket = argument;

    /* All who have a port get what is for many, whoever they are connected to. */
    if (socket->connected && (pcb->remote_port != port || !ip_addr_eq(&pcb->remote_ip, from))) {
        pbuf_free(p);
        return;
    }
    socket = datagram_share_pick(socket, from, port);
    datagram_note(&what);
    datagram_add(socket, p, &what);
}

struct datagram_socket *datagram_of_pcb(const struct udp_pcb *pcb)
{
    return pcb->recv == received ? pcb->recv_arg : NULL;
}

/* ---- making ---- */

static int udp_pcb_make(struct datagram_socket *socket)
{
    socket->udp = udp_new_ip_type(inet_pcb_type(&socket->inet));
    if (!socket->udp)
        return -ENOBUFS;
    udp_recv(socket->udp, received, socket);
    udp_set_flags(socket->udp, UDP_FLAGS_MULTICAST_LOOP); /* as on Linux */
    return 0;
}

int udp_socket_make(int family, int protocol, struct file **made)
{
    struct datagram_socket *socket = object_new(sizeof *socket);
    int error = socket ? 0 : -ENOMEM;

    if (error)
        return error;
    inet_begin(&socket->inet, family, SOCK_DGRAM, protocol);
    socket->group_ttl = 1;
    bool were_on = net_enter();
    error = udp_pcb_make(socket);
    net_leave(were_on);
    *made = error ? NULL : file_new(&udp_file_ops, O_RDWR);
    if (*made) {
        (*made)->object = socket;
        return 0;
    }
    if (!error) {
        were_on = net_enter();
        udp_remove(socket->udp);
        net_leave(were_on);
    }
    object_free(socket);
    return -ENOMEM;
}

static void release(struct file *file)
{
    struct datagram_socket *socket = datagram_of(file);
    bool were_on = net_enter();

    datagram_memberships_drop(socket);
    if (socket->is_raw)
        raw_pcb_remove(socket);
    else
        udp_remove(socket->udp);
    while (socket->first)
        datagram_drop(socket);
    net_leave(were_on);
    object_free(socket);
    file_free(file);
}

/* ---- names ---- */

static const ip_addr_t *any_of(const struct datagram_socket *socket)
{
    return socket->inet.base.family == AF_INET ? IP4_ADDR_ANY
           : socket->inet.v6only               ? IP6_ADDR_ANY
                                               : IP_ANY_TYPE;
}

static int bind_locked(struct datagram_socket *socket, const struct inet_name *to)
{
    int error;

    if (socket->inet.bound)
        return -EINVAL;
    error = inet_may_bind(&to->address);
    if (error)
        return error;
    if (socket->is_raw)
        return raw_pcb_bind(socket, &to->address);
    error = error_of(udp_bind(socket->udp, &to->address, to->port));
    socket->inet.bound = !error;
    return error;
}

/* A port of its own, when it first sends. */
int datagram_bound(struct datagram_socket *socket)
{
    struct inet_name any = {.address = *any_of(socket)};

    return socket->inet.bound || socket->is_raw ? 0 : bind_locked(socket, &any);
}

static int datagram_bind(struct file *file, const struct sockaddr *name, socklen_t name_bytes)
{
    struct datagram_socket *socket = datagram_of(file);
    struct inet_name to;
    int error = inet_name_take(&socket->inet, name, name_bytes, &to);

    if (error)
        return error == -ENETUNREACH ? -EINVAL : error;
    bool were_on = net_enter();
    error = bind_locked(socket, &to);
    net_leave(were_on);
    return error;
}

static int connect_locked(struct datagram_socket *socket, const struct inet_name *to)
{
    int error = datagram_bound(socket);

    if (error)
        return error;
    net_icmp_watch();
    socket->peer = *to;
    socket->connected = true;
    if (socket->is_raw)
        return 0;
    error = error_of(udp_connect(socket->udp, &to->address, to->port));
    if (!error && inet_is_any(&socket->udp->local_ip)) {
        struct netif *netif = ip_route(&socket->udp->local_ip, &to->address);
        const ip_addr_t *from = netif ? ip_netif_get_local_ip(netif, &to->address) : NULL;
        if (from)
            socket->peer_from = inet_is_local(&to->address) ? to->address : *from;
    }
    return error;
}

static int disconnect(struct datagram_socket *socket)
{
    bool were_on = net_enter();

    if (!socket->is_raw)
        udp_disconnect(socket->udp);
    socket->connected = false;
    net_leave(were_on);
    return 0;
}

static int datagram_connect(struct file *file, const struct sockaddr *name, socklen_t name_bytes)
{
    struct datagram_socket *socket = datagram_of(file);
    struct inet_name to;
    int error;

    if (name_bytes >= sizeof(sa_family_t) && name->sa_family == AF_UNSPEC)
        return disconnect(socket);
    error = inet_name_take(&socket->inet, name, name_bytes, &to);
    if (error)
        return error;
    inet_any_to_loopback(&to.address);
    error = net_wait_route(&to.address, socket_deadline(file, 0, true));
    if (error)
        return error == -EAGAIN ? -ENETUNREACH : error;
    bool were_on = net_enter();
    error = connect_locked(socket, &to);
    net_leave(were_on);
    return error;
}

static int datagram_name(struct file *file, bool peer, struct sockaddr_storage *name)
{
    struct datagram_socket *socket = datagram_of(file);
    bool were_on = net_enter();
    const ip_addr_t *own = &socket->udp->local_ip; /* of both kinds: the first member */
    u16_t port = socket->is_raw ? 0 : socket->udp->local_port;
    int length;

    if (socket->connected && inet_is_any(own))
        own = &socket->peer_from;
    if (!peer)
        length = inet_name_make(&socket->inet, own, port, name);
    else if (socket->connected)
        length = inet_name_make(&socket->inet, &socket->peer.address, socket->peer.port, name);
    else
        length = -ENOTCONN;
    net_leave(were_on);
    return length;
}

static int datagram_shutdown(struct file *file, int how)
{
    struct datagram_socket *socket = datagram_of(file);
    bool were_on = net_enter();
    int error = socket->connected ? 0 : -ENOTCONN;

    socket->shut_read |= how != SHUT_WR;
    socket->shut_write |= how != SHUT_RD;
    source_changed(&socket->inet.base.source, EVENTS_END | POLLIN | POLLOUT);
    net_leave(were_on);
    return error;
}

/* ---- as a file ---- */

static unsigned datagram_ready(struct file *file)
{
    const struct datagram_socket *socket = datagram_of(file);
    unsigned events = POLLOUT | POLLWRNORM;

    if (socket->inet.base.error)
        events |= POLLERR;
    if (socket->first || socket->shut_read)
        events |= POLLIN | POLLRDNORM;
    if (socket->shut_read)
        events |= POLLRDHUP;
    if (socket->shut_read && socket->shut_write)
        events |= POLLHUP;
    return events;
}

static int datagram_control(struct file *file, unsigned long request, void *argument)
{
    const struct datagram_socket *socket = datagram_of(file);
    int count = 0;

    if (request == FIONREAD)
        count = socket->first && socket->first->p ? socket->first->p->tot_len : 0;
    else if (request != TIOCOUTQ)
        return inet_control(file, request, argument);
    return user_write(argument, &count, sizeof count);
}

static const struct socket_ops datagram_ops = {
    .bind = datagram_bind,
    .connect = datagram_connect,
    .shutdown = datagram_shutdown,
    .name = datagram_name,
    .send = datagram_send,
    .receive = datagram_receive,
    .option_get = datagram_option_get,
    .option_set = datagram_option_set,
};

const struct file_ops udp_file_ops = {
    .read = socket_file_read,
    .write = socket_file_write,
    .stat = socket_file_stat,
    .control = datagram_control,
    .ready = datagram_ready,
    .source = socket_file_source,
    .release = release,
    .socket = &datagram_ops,
};
