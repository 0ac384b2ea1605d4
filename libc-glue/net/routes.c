/* SPDX-License-Identifier: MIT
 *
 * Routes beside the one to everywhere: those of thimble.route=, and those DHCP tells of.
 */
#include "libc-glue/net/configure.h"

#include <string.h>

/* lwIP's hooks, in lwipopts.h. */
struct netif *net_route4_far(const void *to);
const ip4_addr_t *net_gateway4(const struct netif *netif, const void *to);
const ip6_addr_t *net_gateway6(struct netif *netif, const void *to);

static bool fits(const struct net_prefix *prefix, const unsigned char *address)
{
    unsigned bytes = prefix->bits / 8, rest = prefix->bits % 8;

    return !memcmp(prefix->bytes, address, bytes) &&
           !((prefix->bytes[bytes] ^ address[bytes]) & (0xff00 >> rest & 0xff));
}

/* The one with the longest prefix, those of boot words first. */
static const struct net_route *route_find(const struct configured *configured, const void *to)
{
    const struct net_plan *plan = &configured->plan;
    const struct net_route *best = NULL;

    for (unsigned i = 0; i < plan->route_count + configured->learned_count; i++) {
        const struct net_route *route =
            i < plan->route_count ? &plan->routes[i] : &configured->learned[i - plan->route_count];
        if (fits(&route->to, to) && (!best || route->to.bits > best->to.bits))
            best = route;
    }
    return best;
}

struct netif *net_route4_far(const void *to)
{
    const struct net_route *best = NULL;
    struct netif *netif = NULL;

    for (unsigned i = 0; i < net_card_count; i++) {
        const struct net_route *route =
            net_configured[i] ? route_find(net_configured[i], to) : NULL;
        if (!route || (best && best->to.bits >= route->to.bits) ||
            !netif_is_link_up(&net_cards[i]->netif))
            continue;
        best = route;
        netif = &net_cards[i]->netif;
    }
    return netif;
}

/* The address to send to in its place; NULL: the router's. */
const ip4_addr_t *net_gateway4(const struct netif *netif, const void *to)
{
    const struct configured *configured = net_configured_of(netif);
    const struct net_route *route = configured ? route_find(configured, to) : NULL;
    static ip4_addr_t gateway;

    if (!route)
        return NULL;
    memcpy(&gateway, route->gateway, sizeof gateway);
    return ip4_addr_isany_val(gateway) ? to : &gateway;
}

const ip6_addr_t *net_gateway6(struct netif *netif, const void *to)
{
    static const unsigned char none[16];
    const struct configured *configured = net_configured_of(netif);
    static ip6_addr_t gateway;

    (void)to;
    if (!configured || !memcmp(configured->plan.gateway6, none, sizeof none))
        return NULL;
    memcpy(gateway.addr, configured->plan.gateway6, sizeof gateway.addr);
    ip6_addr_clear_zone(&gateway);
    ip6_addr_assign_zone(&gateway, IP6_UNICAST, netif);
    return &gateway;
}
