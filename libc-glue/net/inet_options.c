/* SPDX-License-Identifier: MIT
 *
 * Options that all Internet sockets have.
 */
#include "libc-glue/net/inet.h"

#include <string.h>

int give_bytes(void *to, socklen_t *bytes, const void *from, socklen_t from_bytes)
{
    if (*bytes > from_bytes)
        *bytes = from_bytes;
    memcpy(to, from, *bytes);
    return 0;
}

int give_int(void *to, socklen_t *bytes, int value)
{
    return give_bytes(to, bytes, &value, sizeof value);
}

/* IP's options may be given as one byte, too. */
static int byte_or_int(const void *value, socklen_t bytes, int *to)
{
    if (bytes >= sizeof *to)
        return option_int(value, bytes, to);
    if (!bytes)
        return -EINVAL;
    *to = *(const unsigned char *)value;
    return 0;
}

static int tell_set(struct inet_socket *socket, unsigned what, int on)
{
    socket->tell = on ? socket->tell | what : socket->tell & ~what;
    return 0;
}

static int ip_get(struct inet_socket *socket, int option, void *value, socklen_t *bytes)
{
    switch (option) {
    case IP_TTL:
        return give_int(value, bytes, socket->ttl ? socket->ttl : IP_DEFAULT_TTL);
    case IP_TOS:
        return give_int(value, bytes, socket->tos);
    case IP_PKTINFO:
        return give_int(value, bytes, (socket->tell & TELL_PACKET) != 0);
    case IP_RECVTTL:
        return give_int(value, bytes, (socket->tell & TELL_TTL) != 0);
    case IP_RECVTOS:
        return give_int(value, bytes, (socket->tell & TELL_TOS) != 0);
    case IP_RECVERR:
        return give_int(value, bytes, (socket->tell & TELL_ERRORS) != 0);
    case IP_MTU_DISCOVER:
        return give_int(value, bytes, IP_PMTUDISC_WANT);
    default:
        return -ENOPROTOOPT;
    }
}

static int ip_set(struct inet_socket *socket, int option, int value)
{
    switch (option) {
    case IP_TTL:
        if (value != -1 && (value < 1 || value > 255))
            return -EINVAL;
        socket->ttl = value == -1 ? 0 : (u8_t)value;
        return 0;
    case IP_TOS:
        socket->tos = (u8_t)value;
        return 0;
    case IP_PKTINFO:
        return tell_set(socket, TELL_PACKET, value);
    case IP_RECVTTL:
        return tell_set(socket, TELL_TTL, value);
    case IP_RECVTOS:
        return tell_set(socket, TELL_TOS, value);
    case IP_RECVERR:
        return tell_set(socket, TELL_ERRORS, value);
    case IP_MTU_DISCOVER:
    case IP_FREEBIND:
        return 0;
    default:
        return -ENOPROTOOPT;
    }
}

static int ip6_get(struct inet_socket *socket, int option, void *value, socklen_t *bytes)
{
    switch (option) {
    case IPV6_V6ONLY:
        return give_int(value, bytes, socket->v6only);
    case IPV6_UNICAST_HOPS:
        return give_int(value, bytes, socket->ttl ? socket->ttl : IP_DEFAULT_TTL);
    case IPV6_TCLASS:
        return give_int(value, bytes, socket->tos);
    case IPV6_RECVPKTINFO:
        return give_int(value, bytes, (socket->tell & TELL_PACKET) != 0);
    case IPV6_RECVHOPLIMIT:
        return give_int(value, bytes, (socket->tell & TELL_TTL) != 0);
    case IPV6_RECVTCLASS:
        return give_int(value, bytes, (socket->tell & TELL_TOS) != 0);
    case IPV6_RECVERR:
        return give_int(value, bytes, (socket->tell & TELL_ERRORS) != 0);
    default:
        return -ENOPROTOOPT;
    }
}

static int ip6_set(struct inet_socket *socket, int option, int value)
{
    switch (option) {
    case IPV6_V6ONLY:
        if (socket->bound)
            return -EINVAL;
        socket->v6only = value;
        return 0;
    case IPV6_UNICAST_HOPS:
        if (value < -1 || value > 255)
            return -EINVAL;
        socket->ttl = value == -1 ? 0 : (u8_t)value;
        return 0;
    case IPV6_TCLASS:
        socket->tos = value == -1 ? 0 : (u8_t)value;
        return 0;
    case IPV6_RECVPKTINFO:
        return tell_set(socket, TELL_PACKET, value);
    case IPV6_RECVHOPLIMIT:
        return tell_set(socket, TELL_TTL, value);
    case IPV6_RECVTCLASS:
        return tell_set(socket, TELL_TOS, value);
    case IPV6_RECVERR:
        return tell_set(socket, TELL_ERRORS, value);
    case IPV6_MTU_DISCOVER:
        return 0;
    default:
        return -ENOPROTOOPT;
    }
}

static int device_set(struct inet_socket *socket, const void *value, socklen_t bytes)
{
    char name[NET_NAME_BYTES] = {0};
    struct netif *netif;

    memcpy(name, value, bytes < sizeof name ? bytes : sizeof name - 1);
    netif = *name ? net_netif_by_name(name) : NULL;
    if (*name && !netif)
        return -ENODEV;
    socket->netif_index = netif ? netif_get_index(netif) : NETIF_NO_INDEX;
    return 0;
}

static int device_get(struct inet_socket *socket, void *value, socklen_t *bytes)
{
    char name[NET_NAME_BYTES] = {0};
    struct netif *netif = netif_get_by_index(socket->netif_index);

    if (netif)
        net_netif_name(netif, name);
    return give_bytes(value, bytes, name, (socklen_t)strlen(name) + 1);
}

int inet_option_get(struct inet_socket *socket, int level, int option, void *value,
                    socklen_t *bytes)
{
    if (level == IPPROTO_IP)
        return ip_get(socket, option, value, bytes);
    if (level == IPPROTO_IPV6)
        return socket->base.family == AF_INET6 ? ip6_get(socket, option, value, bytes)
                                               : -EOPNOTSUPP;
    if (level != SOL_SOCKET)
        return -EOPNOTSUPP;
    if (option == SO_BINDTODEVICE)
        return device_get(socket, value, bytes);
    if (option == SO_TIMESTAMP)
        return give_int(value, bytes, (socket->tell & TELL_TIME) != 0);
    return option == SO_ACCEPTCONN ? give_int(value, bytes, 0) : -ENOPROTOOPT;
}

int inet_option_set(struct inet_socket *socket, int level, int option, const void *value,
                    socklen_t bytes)
{
    int number = 0, error;

    if (level == SOL_SOCKET && option == SO_BINDTODEVICE)
        return device_set(socket, value, bytes);
    if (level == SOL_SOCKET && option == SO_TIMESTAMP) {
        error = option_int(value, bytes, &number);
        return error ? error : tell_set(socket, TELL_TIME, number);
    }
    if (level == SOL_SOCKET)
        return -ENOPROTOOPT;
    if (level != IPPROTO_IP && level != IPPROTO_IPV6)
        return -EOPNOTSUPP;
    if (level == IPPROTO_IPV6 && socket->base.family != AF_INET6)
        return -ENOPROTOOPT;
    error = byte_or_int(value, bytes, &number);
    if (error)
        return error;
    return level == IPPROTO_IP ? ip_set(socket, option, number) : ip6_set(socket, option, number);
}
