/* SPDX-License-Identifier: MIT */
#include "libc-glue/net/dhcp_options.h"

#include <string.h>
#include <sys/socket.h>

#define MTU_LEAST 576 /* what every host must be able to receive */

static void append(unsigned char *to, size_t room, size_t *have, const unsigned char *data,
                   size_t bytes)
{
    if (bytes > room - *have)
        bytes = room - *have;
    memcpy(to + *have, data, bytes);
    *have += bytes;
}

/* A name that could be one, else nothing. Some servers end it with a zero. */
static void name_take(char *to, size_t room, const unsigned char *data, size_t bytes)
{
    while (bytes && !data[bytes - 1])
        bytes--;
    if (!bytes || bytes >= room)
        return;
    memcpy(to, data, bytes);
    to[bytes] = 0;
    if (strlen(to) != bytes || !dns_name_is_host(to))
        to[0] = 0;
}

void dhcp_said_add(struct dhcp_said *said, unsigned option, const unsigned char *data, size_t bytes)
{
    switch (option) {
    case DHCP_SAYS_SERVERS:
        append(said->servers, sizeof said->servers, &said->servers_bytes, data, bytes);
        break;
    case DHCP_SAYS_HOST:
        name_take(said->host, sizeof said->host, data, bytes);
        break;
    case DHCP_SAYS_DOMAIN:
        name_take(said->domain, sizeof said->domain, data, bytes);
        break;
    case DHCP_SAYS_MTU:
        said->mtu = bytes == 2 ? (unsigned)data[0] << 8 | data[1] : 0;
        if (said->mtu < MTU_LEAST)
            said->mtu = 0;
        break;
    case DHCP_SAYS_SEARCH:
        append(said->search, sizeof said->search, &said->search_bytes, data, bytes);
        break;
    case DHCP_SAYS_ROUTES:
        append(said->routes, sizeof said->routes, &said->routes_bytes, data, bytes);
        break;
    default:
        break;
    }
}

void dhcp_names(const struct dhcp_said *said, struct resolver_names *to)
{
    memset(to, 0, sizeof *to);
    for (size_t at = 0; at + 4 <= said->servers_bytes; at += 4) {
        struct resolver_server *server = &to->servers[to->server_count++];
        server->family = AF_INET;
        server->port = 53;
        memcpy(server->address, said->servers + at, 4);
    }
    dns_search_get(said->search, said->search_bytes, to->search);
    if (!to->search[0])
        memcpy(to->search, said->domain, sizeof to->search);
}

unsigned dhcp_routes(const struct dhcp_said *said, struct net_route to[NET_ROUTES_MAX],
                     unsigned char gateway[4], bool *has_gateway)
{
    unsigned count = 0;
    size_t at = 0;

    *has_gateway = false;
    while (at < said->routes_bytes && said->routes[at] <= 32) {
        struct net_route route = {.to = {.family = AF_INET, .bits = said->routes[at++]}};
        size_t bytes = (route.to.bits + 7) / 8;
        if (at + bytes + 4 > said->routes_bytes)
            break;
        memcpy(route.to.bytes, said->routes + at, bytes);
        memcpy(route.gateway, said->routes + at + bytes, 4);
        at += bytes + 4;
        if (!route.to.bits) {
            memcpy(gateway, route.gateway, 4);
            *has_gateway = true;
        } else if (count < NET_ROUTES_MAX) {
            to[count++] = route;
        }
    }
    return count;
}
