/* SPDX-License-Identifier: MIT
 *
 * What a DHCP server says beyond address, mask and router. Pure code over bytes that
 * came from outside.
 */
#ifndef NET_DHCP_OPTIONS_H
#define NET_DHCP_OPTIONS_H

#include "libc-glue/net/boot_words.h"

#pragma GCC visibility push(hidden)

enum {
    DHCP_SAYS_SERVERS = 6,
    DHCP_SAYS_HOST = 12,
    DHCP_SAYS_DOMAIN = 15,
    DHCP_SAYS_MTU = 26,
    DHCP_SAYS_SEARCH = 119,
    DHCP_SAYS_ROUTES = 121,
};
#define DHCP_LONG_BYTES 512 /* of one option, its pieces put together */

/* Collected option by option; one that comes in pieces is put together (RFC 3396). */
struct dhcp_said {
    unsigned mtu; /* 0: not said */
    char host[HOST_NAME_BYTES], domain[DNS_NAME_BYTES];
    size_t servers_bytes, search_bytes, routes_bytes;
    unsigned char servers[4 * RESOLVER_SERVERS_MAX], search[DHCP_LONG_BYTES],
        routes[DHCP_LONG_BYTES];
};
void dhcp_said_add(struct dhcp_said *said, unsigned option, const unsigned char *data,
                   size_t bytes);

/* Name servers, and domains: the search list, else the domain. */
void dhcp_names(const struct dhcp_said *said, struct resolver_names *to);
/* Routes (RFC 3442), the one to everywhere apart; how many. */
unsigned dhcp_routes(const struct dhcp_said *said, struct net_route to[NET_ROUTES_MAX],
                     unsigned char gateway[4], bool *has_gateway);

#pragma GCC visibility pop

#endif
