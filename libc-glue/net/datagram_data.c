/* SPDX-License-Identifier: MIT
 *
 * Single packets, out and in, and what comes along with them as control data.
 */
#include "libc-glue/net/datagram.h"

#include <lwip/ip.h>
#include <lwip/raw.h>
#include <lwip/udp.h>
#include <string.h>
#include <sys/time.h>

#include "kernel/time.h"

#define UDP_MAX4     65507
#define UDP_MAX6     65527
#define FULL_WAIT_NS 1000000ull /* until the card has sent something */

/* ---- sending ---- */

struct route { /* what control data say of one packet */
    ip_addr_t from;
    bool has_from;
    u8_t netif_index;
    int ttl, tos; /* -1: as the socket has it */
};

static int control_int(const struct cmsghdr *at, int *to)
{
    if (at->cmsg_len != CMSG_LEN(sizeof *to))
        return -EINVAL;
    memcpy(to, CMSG_DATA(at), sizeof *to);
    return *to < -1 || *to > 255 ? -EINVAL : 0;
}

static int packet4(const struct cmsghdr *at, struct route *route)
{
    struct in_pktinfo info;

    if (at->cmsg_len != CMSG_LEN(sizeof info))
        return -EINVAL;
    memcpy(&info, CMSG_DATA(at), sizeof info);
    route->netif_index = (u8_t)info.ipi_ifindex;
    ip_addr_set_ip4_u32_val(route->from, info.ipi_spec_dst.s_addr);
    route->has_from = info.ipi_spec_dst.s_addr;
    return 0;
}

static int packet6(const struct cmsghdr *at, struct route *route)
{
    struct in6_pktinfo info;
    uint32_t words[4];

    if (at->cmsg_len != CMSG_LEN(sizeof info))
        return -EINVAL;
    memcpy(&info, CMSG_DATA(at), sizeof info);
    memcpy(words, &info.ipi6_addr, sizeof words);
    route->netif_index = (u8_t)info.ipi6_ifindex;
    route->has_from = words[0] | words[1] | words[2] | words[3];
    if (!words[0] && !words[1] && words[2] == PP_HTONL(0xffff))
        ip_addr_set_ip4_u32_val(route->from, words[3]);
    else
        IP_ADDR6(&route->from, words[0], words[1], words[2], words[3]);
    return 0;
}

static int control_look(const struct cmsghdr *at, struct route *route)
{
    if (at->cmsg_level == IPPROTO_IP && at->cmsg_type == IP_PKTINFO)
        return packet4(at, route);
    if (at->cmsg_level == IPPROTO_IPV6 && at->cmsg_type == IPV6_PKTINFO)
        return packet6(at, route);
    if ((at->cmsg_level == IPPROTO_IP && at->cmsg_type == IP_TTL) ||
        (at->cmsg_level == IPPROTO_IPV6 && at->cmsg_type == IPV6_HOPLIMIT))
        return control_int(at, &route->ttl);
    if ((at->cmsg_level == IPPROTO_IP && at->cmsg_type == IP_TOS) ||
        (at->cmsg_level == IPPROTO_IPV6 && at->cmsg_type == IPV6_TCLASS))
        return control_int(at, &route->tos);
    return at->cmsg_level == SOL_SOCKET ? 0 : -EINVAL;
}

static int control_take(const struct message *message, struct route *route)
{
    struct msghdr header = {.msg_control = message->control,
                            .msg_controllen = message->control_bytes};
    int error = 0;

    *route = (struct route){.ttl = -1, .tos = -1};
    if (!message->control)
        return 0;
    for (struct cmsghdr *at = CMSG_FIRSTHDR(&header); at && !error; at = CMSG_NXTHDR(&header, at)) {
        size_t left = (size_t)((char *)message->control + message->control_bytes - (char *)at);
        if (at->cmsg_len < sizeof *at || at->cmsg_len > left)
            return -EINVAL;
        error = control_look(at, route);
    }
    return error;
}

static err_t packet_out(struct datagram_socket *socket, struct pbuf *p, const struct inet_name *to,
                        struct netif *netif, const ip_addr_t *from)
{
    if (socket->is_raw)
        return raw_sendto_if_src(socket->raw, p, &to->address, netif, from);
    /* The card cannot see to the checksum of what goes in pieces. */
    bool pieces = netif->mtu && p->tot_len + 28 > netif->mtu &&
                  !(netif->chksum_flags & NETIF_CHECKSUM_GEN_UDP) && netif != &net_loopback;
    if (pieces)
        netif->chksum_flags |= NETIF_CHECKSUM_GEN_UDP;
    err_t error = udp_sendto_if_src(socket->udp, p, &to->address, to->port, netif, from);
    if (pieces)
        netif->chksum_flags &= (u16_t)~NETIF_CHECKSUM_GEN_UDP;
    return error;
}

static struct netif *netif_for(const struct datagram_socket *socket, const struct inet_name *to,
                               const struct route *route)
{
    u8_t index = route->netif_index ? route->netif_index : socket->inet.netif_index;
    struct netif *netif;

    if (!index && ip_addr_ismulticast(&to->address))
        index = socket->group_netif;
    netif = index ? netif_get_by_index(index)
                  : ip_route(route->has_from ? &route->from : &socket->udp->local_ip, &to->address);
    /* Groups and broadcasts go out where the default route does, or the first card is. */
    if (!netif && (ip_addr_ismulticast(&to->address) ||
                   ip4_addr_get_u32(ip_2_ip4(&to->address)) == IPADDR_BROADCAST))
        netif = net_card_count ? &net_cards[0]->netif : &net_loopback;
    return netif;
}

static int packet_send(struct datagram_socket *socket, struct pbuf *p, const struct inet_name *to,
                       const struct route *route)
{
    struct netif *netif = netif_for(socket, to, route);
    const ip_addr_t *own = &socket->udp->local_ip, *from;
    bool group = ip_addr_ismulticast(&to->address);
    u8_t ttl = socket->udp->ttl, tos = socket->udp->tos;
    err_t error;

    if (!netif)
        return -ENETUNREACH;
    if (IP_IS_V4(&to->address) && !(socket->inet.base.flags >> SO_BROADCAST & 1) &&
        ip_addr_isbroadcast(&to->address, netif))
        return -EACCES;
    from = route->has_from                                  ? &route->from
           : !inet_is_any(own) && !ip_addr_ismulticast(own) ? own
           : inet_is_local(&to->address)                    ? &to->address
                                         : ip_netif_get_local_ip(netif, &to->address);
    if (!from)
        return -EADDRNOTAVAIL;
    if (route->ttl >= 0 || group)
        socket->udp->ttl = route->ttl >= 0 ? (u8_t)route->ttl : socket->group_ttl;
    if (route->tos >= 0)
        socket->udp->tos = (u8_t)route->tos;
    error = packet_out(socket, p, to, netif, from);
    socket->udp->ttl = ttl;
    socket->udp->tos = tos;
    return error == ERR_VAL ? -EACCES : error_of(error);
}

static int size_check(const struct datagram_socket *socket, const struct message *message,
                      const struct inet_name *to)
{
    size_t most = socket->is_raw ? 65515 : IP_IS_V4(&to->address) ? UDP_MAX4 : UDP_MAX6;

    return message->size_bytes > most ? -EMSGSIZE : 0;
}

static int send_once(struct datagram_socket *socket, struct message *message,
                     const struct inet_name *to, const struct route *route)
{
    int error;
    bool were_on = net_enter();
    struct pbuf *p = NULL;

    error = socket->inet.base.error;
    socket->inet.base.error = 0;
    error = error ? -error : datagram_bound(socket);
    if (!error)
        p = pbuf_of_pieces(message, socket->is_raw ? PBUF_IP : PBUF_TRANSPORT, &error);
    if (p) {
        error = packet_send(socket, p, to, route);
        pbuf_free(p);
    }
    if (error == -ENOBUFS)
        net_poll();
    net_leave(were_on);
    return error;
}

ssize_t datagram_send(struct file *file, struct message *message)
{
    struct datagram_socket *socket = datagram_of(file);
    uint64_t deadline_ns = 0;
    struct inet_name to = socket->peer;
    struct route route;
    int error = control_take(message, &route);

    if (!error && socket->shut_write)
        return message->flags & MSG_NOSIGNAL ? -EPIPE : broken_pipe();
    if (!error && message->name)
        error = inet_name_take(&socket->inet, (struct sockaddr *)message->name, message->name_bytes,
                               &to);
    else if (!error && !socket->connected)
        error = -EDESTADDRREQ;
    if (!error && !socket->is_raw && !to.port)
        error = -EINVAL;
    if (error)
        return error;
    inet_any_to_loopback(&to.address);
    error = size_check(socket, message, &to);
    if (error)
        return error;
    if (!ip_addr_ismulticast(&to.address))
        deadline_ns = socket_deadline(file, message->flags, true);
    for (;;) {
        error = send_once(socket, message, &to, &route);
        if (error == -ENETUNREACH && deadline_ns && net_is_configuring())
            error = net_wait_route(&to.address, deadline_ns);
        else if (error == -ENOBUFS && deadline_ns)
            error = source_wait(&socket->inet.base.source, true, socket->inet.base.source.turn,
                                clock_monotonic_ns() + FULL_WAIT_NS);
        else
            break;
        if (error && error != -EAGAIN)
            break;
    }
    return error ? error : (ssize_t)message->size_bytes;
}

/* ---- receiving ---- */

void datagram_note(struct datagram *what)
{
    what->netif_index = netif_get_index(ip_current_input_netif());
    what->at_ns = clock_realtime_ns();
    if (ip_current_is_v6()) {
        what->ttl = IP6H_HOPLIM(ip6_current_header());
        what->tos = (u8_t)IP6H_TC(ip6_current_header());
    } else {
        what->ttl = IPH_TTL(ip4_current_header());
        what->tos = IPH_TOS(ip4_current_header());
    }
}

static void control_give(struct message *message, size_t *used, int level, int type,
                         const void *data, size_t bytes)
{
    if (!message->control || *used + CMSG_LEN(bytes) > message->control_bytes) {
        message->flags |= MSG_CTRUNC;
        return;
    }
    struct cmsghdr *at = (void *)((char *)message->control + *used);
    *at = (struct cmsghdr){CMSG_LEN(bytes), level, type};
    memcpy(CMSG_DATA(at), data, bytes);
    *used += CMSG_SPACE(bytes);
    if (*used > message->control_bytes)
        *used = message->control_bytes;
}

static void packet_give(struct message *message, size_t *used, const struct datagram *datagram,
                        bool as6)
{
    const ip_addr_t *to = &datagram->to.address;

    if (as6) {
        struct in6_pktinfo info = {.ipi6_ifindex = datagram->netif_index};
        uint32_t words[4] = {0, 0, PP_HTONL(0xffff), ip4_addr_get_u32(ip_2_ip4(to))};
        memcpy(&info.ipi6_addr, IP_IS_V6(to) ? ip_2_ip6(to)->addr : words, sizeof words);
        control_give(message, used, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
        return;
    }
    struct in_pktinfo info = {.ipi_ifindex = datagram->netif_index,
                              .ipi_spec_dst.s_addr = ip4_addr_get_u32(ip_2_ip4(to)),
                              .ipi_addr.s_addr = ip4_addr_get_u32(ip_2_ip4(to))};
    control_give(message, used, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
}

static void controls_give(const struct inet_socket *socket, struct message *message,
                          const struct datagram *datagram)
{
    bool as6 = socket->base.family == AF_INET6, is6 = IP_IS_V6(&datagram->from.address);
    int level = is6 ? IPPROTO_IPV6 : IPPROTO_IP;
    int ttl = datagram->ttl, tos = datagram->tos;
    struct timeval at = {.tv_sec = (time_t)(datagram->at_ns / 1000000000ull),
                         .tv_usec = (suseconds_t)(datagram->at_ns % 1000000000ull / 1000)};
    size_t used = 0;

    if (socket->tell & TELL_TIME)
        control_give(message, &used, SOL_SOCKET, SCM_TIMESTAMP, &at, sizeof at);
    if (socket->tell & TELL_PACKET)
        packet_give(message, &used, datagram, as6);
    if (socket->tell & TELL_TTL)
        control_give(message, &used, level, is6 ? IPV6_HOPLIMIT : IP_TTL, &ttl, sizeof ttl);
    if (socket->tell & TELL_TOS && is6)
        control_give(message, &used, level, IPV6_TCLASS, &tos, sizeof tos);
    else if (socket->tell & TELL_TOS)
        control_give(message, &used, level, IP_TOS, &datagram->tos, 1);
    message->control_bytes = used;
}

/* -EAGAIN: nothing has come. */
static ssize_t take(struct datagram_socket *socket, struct message *message)
{
    struct datagram *first = socket->first;
    int flags = message->flags;
    ssize_t n;

    if (socket->inet.base.error)
        return -__atomic_exchange_n(&socket->inet.base.error, 0, __ATOMIC_RELAXED);
    if (!first)
        return socket->shut_read ? 0 : -EAGAIN;
    n = pieces_from_pbufs(message, 0, first->p, first->p->tot_len);
    if (n < 0)
        return n;
    message->flags = (size_t)n < first->p->tot_len ? MSG_TRUNC : 0;
    if (flags & MSG_TRUNC)
        n = first->p->tot_len;
    if (message->name)
        message->name_bytes = (socklen_t)inet_name_make(&socket->inet, &first->from.address,
                                                        first->from.port, message->name);
    controls_give(&socket->inet, message, first);
    if (!(flags & MSG_PEEK))
        datagram_drop(socket);
    return n;
}

ssize_t datagram_receive(struct file *file, struct message *message)
{
    struct datagram_socket *socket = datagram_of(file);
    bool waits = !(file->flags & O_NONBLOCK || message->flags & MSG_DONTWAIT);
    uint64_t deadline_ns = waits ? socket_deadline(file, message->flags, false) : 0;
    ssize_t n;

    do {
        bool were_on = net_enter();
        if (!socket->first)
            net_poll();
        unsigned turn = socket->inet.base.source.turn;
        n = take(socket, message);
        net_leave(were_on);
        if (n != -EAGAIN || !deadline_ns)
            break;
        n = source_wait(&socket->inet.base.source, false, turn, deadline_ns);
    } while (n == 0);
    return n;
}
