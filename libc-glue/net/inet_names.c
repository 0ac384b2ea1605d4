/* SPDX-License-Identifier: MIT
 *
 * Addresses as programs write them, and as lwIP does.
 */
#define __LINUX_ERRNO_EXTENSIONS__
#include "libc-glue/net/inet.h"

#include <lwip/ip.h>
#include <string.h>

#define IN6_BYTES_MIN 24 /* before there were scopes */

u8_t inet_pcb_type(const struct inet_socket *socket)
{
    return socket->base.family == AF_INET ? IPADDR_TYPE_V4
           : socket->v6only               ? IPADDR_TYPE_V6
                                          : IPADDR_TYPE_ANY;
}

static int take4(const struct sockaddr_in *name, socklen_t bytes, struct inet_name *to)
{
    if (bytes < sizeof *name)
        return -EINVAL;
    if (name->sin_family != AF_INET)
        return -EAFNOSUPPORT;
    ip_addr_set_ip4_u32_val(to->address, name->sin_addr.s_addr);
    to->port = lwip_ntohs(name->sin_port);
    return 0;
}

static int take6(const struct inet_socket *socket, const struct sockaddr_in6 *name, socklen_t bytes,
                 struct inet_name *to)
{
    uint32_t words[4];

    if (bytes < IN6_BYTES_MIN)
        return -EINVAL;
    if (name->sin6_family != AF_INET6)
        return -EAFNOSUPPORT;
    memcpy(words, &name->sin6_addr, sizeof words);
    to->port = lwip_ntohs(name->sin6_port);
    if (!words[0] && !words[1] && words[2] == PP_HTONL(0xffff)) {
        ip_addr_set_ip4_u32_val(to->address, words[3]);
        return socket->v6only ? -ENETUNREACH : 0;
    }
    IP_ADDR6(&to->address, words[0], words[1], words[2], words[3]);
    if (bytes >= sizeof *name && ip6_addr_has_scope(ip_2_ip6(&to->address), IP6_UNKNOWN))
        ip6_addr_set_zone(ip_2_ip6(&to->address), (u8_t)name->sin6_scope_id);
    if (!words[0] && !words[1] && !words[2] && !words[3] && !socket->v6only)
        to->address = *IP_ANY_TYPE;
    return 0;
}

int inet_name_take(const struct inet_socket *socket, const struct sockaddr *name,
                   socklen_t name_bytes, struct inet_name *to)
{
    struct sockaddr_storage own = {0};

    if (name_bytes < sizeof(sa_family_t))
        return -EINVAL;
    memcpy(&own, name, name_bytes < sizeof own ? name_bytes : sizeof own);
    *to = (struct inet_name){0};
    return socket->base.family == AF_INET
               ? take4((struct sockaddr_in *)&own, name_bytes, to)
               : take6(socket, (struct sockaddr_in6 *)&own, name_bytes, to);
}

int inet_name_make(const struct inet_socket *socket, const ip_addr_t *address, u16_t port,
                   struct sockaddr_storage *name)
{
    struct sockaddr_in *in = (void *)name;
    struct sockaddr_in6 *in6 = (void *)name;
    uint32_t words[4] = {0};

    memset(name, 0, sizeof *name);
    if (socket->base.family == AF_INET) {
        in->sin_family = AF_INET;
        in->sin_port = lwip_htons(port);
        in->sin_addr.s_addr = IP_IS_V4(address) ? ip4_addr_get_u32(ip_2_ip4(address)) : 0;
        return sizeof *in;
    }
    in6->sin6_family = AF_INET6;
    in6->sin6_port = lwip_htons(port);
    if (IP_IS_V6(address)) {
        memcpy(words, ip_2_ip6(address)->addr, sizeof words);
        in6->sin6_scope_id = ip6_addr_zone(ip_2_ip6(address));
    } else if (IP_IS_V4(address)) {
        words[2] = PP_HTONL(0xffff);
        words[3] = ip4_addr_get_u32(ip_2_ip4(address));
    }
    memcpy(&in6->sin6_addr, words, sizeof words);
    return sizeof *in6;
}

bool inet_is_any(const ip_addr_t *address)
{
    return IP_IS_ANY_TYPE_VAL(*address) || ip_addr_isany(address);
}

bool inet_is_local(const ip_addr_t *address)
{
    struct netif *netif;

    NETIF_FOREACH(netif)
    {
        if (IP_IS_V4(address) && ip4_addr_eq(ip_2_ip4(address), netif_ip4_addr(netif)) &&
            !ip4_addr_isany_val(*ip_2_ip4(address)))
            return true;
        if (IP_IS_V6(address) && netif_get_ip6_addr_match(netif, ip_2_ip6(address)) >= 0)
            return true;
    }
    return false;
}

int inet_may_bind(const ip_addr_t *address)
{
    if (inet_is_any(address) || inet_is_local(address) || ip_addr_ismulticast(address) ||
        (IP_IS_V4(address) && ip_addr_isloopback(address)))
        return 0;
    return -EADDRNOTAVAIL;
}

/* Nobody is meant by no address, but we ourselves. */
void inet_any_to_loopback(ip_addr_t *address)
{
    if (IP_IS_ANY_TYPE_VAL(*address) || (IP_IS_V6(address) && ip_addr_isany(address)))
        IP_ADDR6_HOST(address, 0, 0, 0, 1);
    else if (ip_addr_isany(address))
        ip_addr_set_ip4_u32_val(*address, PP_HTONL(IPADDR_LOOPBACK));
}
