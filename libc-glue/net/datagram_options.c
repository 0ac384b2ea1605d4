/* SPDX-License-Identifier: MIT
 *
 * Options of UDP and raw sockets: groups above all.
 */
#include "libc-glue/net/datagram.h"

#include <lwip/igmp.h>
#include <lwip/mld6.h>
#include <lwip/raw.h>
#include <lwip/udp.h>
#include <string.h>

/* ---- groups ---- */

static struct netif *netif_of_address(uint32_t address)
{
    struct netif *netif;

    NETIF_FOREACH(netif)
    if (ip4_addr_get_u32(netif_ip4_addr(netif)) == address)
        return netif;
    return NULL;
}

static struct netif *netif_first(void)
{
    return net_card_count ? &net_cards[0]->netif : &net_loopback;
}

static int group_set(struct netif *netif, const ip_addr_t *group, bool in)
{
    err_t error;

    if (IP_IS_V4(group))
        error = in ? igmp_joingroup_netif(netif, ip_2_ip4(group))
                   : igmp_leavegroup_netif(netif, ip_2_ip4(group));
    else
        error = in ? mld6_joingroup_netif(netif, ip_2_ip6(group))
                   : mld6_leavegroup_netif(netif, ip_2_ip6(group));
    return error == ERR_MEM ? -ENOBUFS : error ? -EADDRNOTAVAIL : 0;
}

static struct membership **membership_find(struct datagram_socket *socket, const ip_addr_t *group,
                                           u8_t index)
{
    struct membership **at = &socket->memberships;

    while (*at && !((*at)->netif_index == index && ip_addr_eq(&(*at)->group, group)))
        at = &(*at)->next;
    return at;
}

static int join(struct datagram_socket *socket, const ip_addr_t *group, struct netif *netif)
{
    struct membership *made;
    int error;

    if (!netif)
        return -ENODEV;
    if (!ip_addr_ismulticast(group))
        return -EINVAL;
    if (*membership_find(socket, group, netif_get_index(netif)))
        return -EADDRINUSE;
    made = object_new(sizeof *made);
    if (!made)
        return -ENOBUFS;
    error = group_set(netif, group, true);
    if (error) {
        object_free(made);
        return error;
    }
    *made = (struct membership){socket->memberships, *group, netif_get_index(netif)};
    socket->memberships = made;
    return 0;
}

static int leave(struct datagram_socket *socket, const ip_addr_t *group, struct netif *netif)
{
    struct membership **at, *found;

    if (!netif)
        return -ENODEV;
    at = membership_find(socket, group, netif_get_index(netif));
    found = *at;
    if (!found)
        return -EADDRNOTAVAIL;
    *at = found->next;
    group_set(netif, group, false);
    object_free(found);
    return 0;
}

void datagram_memberships_drop(struct datagram_socket *socket)
{
    struct membership *first;

    while ((first = socket->memberships)) {
        struct netif *netif = netif_get_by_index(first->netif_index);
        ip_addr_t group = first->group;
        if (leave(socket, &group, netif))
            break;
    }
}

static int group4(struct datagram_socket *socket, int option, const void *value, socklen_t bytes)
{
    struct ip_mreqn request = {0};
    struct netif *netif;
    ip_addr_t group = {0};

    if (bytes < sizeof(struct ip_mreq))
        return -EINVAL;
    memcpy(&request, value, bytes < sizeof request ? bytes : sizeof request);
    ip_addr_set_ip4_u32_val(group, request.imr_multiaddr.s_addr);
    netif = request.imr_ifindex          ? netif_get_by_index((u8_t)request.imr_ifindex)
            : request.imr_address.s_addr ? netif_of_address(request.imr_address.s_addr)
                                         : netif_first();
    return option == IP_ADD_MEMBERSHIP ? join(socket, &group, netif) : leave(socket, &group, netif);
}

static int group6(struct datagram_socket *socket, int option, const void *value, socklen_t bytes)
{
    struct ipv6_mreq request;
    struct netif *netif;
    uint32_t words[4];
    ip_addr_t group;

    if (bytes < sizeof request)
        return -EINVAL;
    memcpy(&request, value, sizeof request);
    memcpy(words, &request.ipv6mr_multiaddr, sizeof words);
    IP_ADDR6(&group, words[0], words[1], words[2], words[3]);
    netif = request.ipv6mr_interface ? netif_get_by_index((u8_t)request.ipv6mr_interface)
                                     : netif_first();
    if (netif)
        ip6_addr_assign_zone(ip_2_ip6(&group), IP6_MULTICAST, netif);
    return option == IPV6_JOIN_GROUP ? join(socket, &group, netif) : leave(socket, &group, netif);
}

static int group_netif4(struct datagram_socket *socket, const void *value, socklen_t bytes)
{
    struct ip_mreqn request = {0};
    struct netif *netif = NULL;

    if (bytes >= sizeof request)
        memcpy(&request, value, sizeof request);
    else if (bytes >= sizeof(struct ip_mreq))
        memcpy(&request, value, sizeof(struct ip_mreq));
    else if (bytes >= sizeof request.imr_address)
        memcpy(&request.imr_address, value, sizeof request.imr_address);
    else
        return -EINVAL;
    if (request.imr_ifindex)
        netif = netif_get_by_index((u8_t)request.imr_ifindex);
    else if (request.imr_address.s_addr)
        netif = netif_of_address(request.imr_address.s_addr);
    if (!netif && (request.imr_ifindex || request.imr_address.s_addr))
        return -EADDRNOTAVAIL;
    socket->group_netif = netif ? netif_get_index(netif) : 0;
    return 0;
}

/* ---- all of them ---- */

static void options_apply(struct datagram_socket *socket)
{
    struct udp_pcb *pcb = socket->udp; /* the first members are the same for both */
    unsigned flags = socket->inet.base.flags;

    pcb->so_options =
        (u8_t)((flags >> SO_BROADCAST & 1 ? SOF_BROADCAST : 0) |
               ((flags >> SO_REUSEADDR | flags >> SO_REUSEPORT) & 1 ? SOF_REUSEADDR : 0));
    pcb->ttl = socket->inet.ttl ? socket->inet.ttl : IP_DEFAULT_TTL;
    pcb->tos = socket->inet.tos;
    pcb->netif_idx = socket->inet.netif_index;
    if (socket->is_raw && socket->header_included)
        raw_set_flags(socket->raw, RAW_FLAGS_HDRINCL);
    else if (socket->is_raw)
        raw_clear_flags(socket->raw, RAW_FLAGS_HDRINCL);
    else if (socket->group_silent)
        udp_clear_flags(pcb, UDP_FLAGS_MULTICAST_LOOP);
    else
        udp_set_flags(pcb, UDP_FLAGS_MULTICAST_LOOP);
}

static int number_of(const void *value, socklen_t bytes, int *to)
{
    if (bytes >= sizeof *to)
        return option_int(value, bytes, to);
    *to = bytes ? *(const unsigned char *)value : 0;
    return bytes ? 0 : -EINVAL;
}

static int ttl_set(struct datagram_socket *socket, int ttl)
{
    if (ttl < -1 || ttl > 255)
        return -EINVAL;
    socket->group_ttl = ttl == -1 ? 1 : (u8_t)ttl;
    return 0;
}

static int set(struct datagram_socket *socket, int level, int option, const void *value,
               socklen_t bytes)
{
    int number = 0, error = 0;
    bool four = level == IPPROTO_IP, six = level == IPPROTO_IPV6;

    if (four && (option == IP_ADD_MEMBERSHIP || option == IP_DROP_MEMBERSHIP))
        return group4(socket, option, value, bytes);
    if (four && option == IP_MULTICAST_IF)
        return group_netif4(socket, value, bytes);
    if (six && (option == IPV6_JOIN_GROUP || option == IPV6_LEAVE_GROUP))
        return group6(socket, option, value, bytes);
    if (four || six)
        error = number_of(value, bytes, &number);
    if (error)
        return error;
    if ((four && option == IP_MULTICAST_TTL) || (six && option == IPV6_MULTICAST_HOPS))
        return ttl_set(socket, number);
    if (six && option == IPV6_MULTICAST_IF) {
        if (number && !netif_get_by_index((u8_t)number))
            return -ENODEV;
        socket->group_netif = (u8_t)number;
        return 0;
    }
    if ((four && option == IP_MULTICAST_LOOP) || (six && option == IPV6_MULTICAST_LOOP)) {
        socket->group_silent = !number;
        return 0;
    }
    if (four && option == IP_HDRINCL && socket->is_raw) {
        socket->header_included = number;
        return 0;
    }
    if (six && option == IPV6_V6ONLY && !socket->inet.bound && !socket->is_raw) {
        const ip_addr_t *any = number ? IP6_ADDR_ANY : IP_ANY_TYPE;
        socket->udp->local_ip = socket->udp->remote_ip = *any;
    }
    return inet_option_set(&socket->inet, level, option, value, bytes);
}

static int get(struct datagram_socket *socket, int level, int option, void *value, socklen_t *bytes)
{
    struct netif *netif = netif_get_by_index(socket->group_netif);
    struct in_addr own = {netif ? ip4_addr_get_u32(netif_ip4_addr(netif)) : 0};

    if ((level == IPPROTO_IP && option == IP_MULTICAST_TTL) ||
        (level == IPPROTO_IPV6 && option == IPV6_MULTICAST_HOPS))
        return give_int(value, bytes, socket->group_ttl);
    if ((level == IPPROTO_IP && option == IP_MULTICAST_LOOP) ||
        (level == IPPROTO_IPV6 && option == IPV6_MULTICAST_LOOP))
        return give_int(value, bytes, !socket->group_silent);
    if (level == IPPROTO_IP && option == IP_MULTICAST_IF)
        return give_bytes(value, bytes, &own, sizeof own);
    if (level == IPPROTO_IPV6 && option == IPV6_MULTICAST_IF)
        return give_int(value, bytes, socket->group_netif);
    if (level == IPPROTO_IP && option == IP_HDRINCL && socket->is_raw)
        return give_int(value, bytes, socket->header_included);
    return inet_option_get(&socket->inet, level, option, value, bytes);
}

int datagram_option_get(struct file *file, int level, int option, void *value, socklen_t *bytes)
{
    bool were_on = net_enter();
    int error = get(datagram_of(file), level, option, value, bytes);

    net_leave(were_on);
    return error;
}

int datagram_option_set(struct file *file, int level, int option, const void *value,
                        socklen_t bytes)
{
    struct datagram_socket *socket = datagram_of(file);
    bool were_on = net_enter();
    int error = set(socket, level, option, value, bytes);

    if (error == -ENOPROTOOPT && level == SOL_SOCKET)
        error = socket_option_set(&socket->inet.base, option, value, bytes);
    options_apply(socket);
    net_leave(were_on);
    return error;
}
