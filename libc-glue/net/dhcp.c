/* SPDX-License-Identifier: MIT
 *
 * DHCP is lwIP's. This is what it leaves to others: MTU, routes, names.
 */
#include "libc-glue/net/configure.h"

#include <lwip/dhcp.h>
#include <lwip/prot/dhcp.h>
#include <string.h>

#include "libc-glue/host_name.h"

#define MTU6_MIN 1280

void net_dhcp_start(struct configured *configured)
{
    struct netif *netif = &configured->card->netif;

    if (host_name_is_given())
        netif_set_hostname(netif, host_name());
    dhcp_start(netif);
}

/* ---- hooks (lwipopts.h) ---- */

/* A message goes out: what is heard from here on belongs to its answer. */
void net_dhcp_asks(const struct netif *netif)
{
    struct configured *configured = net_configured_of(netif);

    if (configured)
        memset(&configured->said, 0, sizeof configured->said);
}

void net_dhcp_hears(const struct netif *netif, unsigned option, unsigned bytes,
                    const struct pbuf *p, unsigned offset)
{
    struct configured *configured = net_configured_of(netif);
    unsigned char data[UINT8_MAX];

    if (configured && bytes <= sizeof data &&
        pbuf_copy_partial(p, data, (u16_t)bytes, (u16_t)offset) == bytes)
        dhcp_said_add(&configured->said, option, data, bytes);
}

/* ---- a lease ---- */

static void mtu_take(struct configured *configured)
{
    struct netif *netif = &configured->card->netif;
    unsigned mtu = configured->card->nic.mtu;

    if (configured->plan.mtu)
        return;
    if (configured->said.mtu && configured->said.mtu < mtu)
        mtu = configured->said.mtu;
    netif->mtu = (u16_t)mtu;
    netif->mtu6 = (u16_t)(mtu < MTU6_MIN ? MTU6_MIN : mtu);
}

/* Where routes are told the router's option counts for nothing (RFC 3442). */
static void routes_take(struct configured *configured)
{
    struct netif *netif = &configured->card->netif;
    ip4_addr_t gateway = {0};
    bool has_gateway;

    configured->learned_count = dhcp_routes(&configured->said, configured->learned,
                                            (unsigned char *)&gateway, &has_gateway);
    if (configured->said.routes_bytes && !ip4_addr_eq(&gateway, netif_ip4_gw(netif)))
        netif_set_gw(netif, &gateway);
}

static void lease_take(struct configured *configured)
{
    struct resolver_names names;

    mtu_take(configured);
    routes_take(configured);
    dhcp_names(&configured->said, &names);
    learned_names_set(NAMES_DHCP, &names);
    host_name_learn(configured->said.host);
}

static void lease_forget(struct configured *configured)
{
    static const struct resolver_names none;

    configured->learned_count = 0;
    learned_names_set(NAMES_DHCP, &none);
}

/* lwIP refused changes its state before it gives the address up. */
const char *net_dhcp_why_gone(const struct configured *configured)
{
    const struct dhcp *dhcp = netif_dhcp_data(&configured->card->netif);

    return dhcp && dhcp->state == DHCP_STATE_BACKING_OFF ? "a DHCP server refuses it"
                                                         : "its lease is over";
}

void net_dhcp_look(struct configured *configured)
{
    const struct netif *netif = &configured->card->netif;
    const struct dhcp *dhcp = netif_dhcp_data(netif);

    if (ip4_addr_isany_val(*netif_ip4_addr(netif)))
        lease_forget(configured);
    else if (dhcp && dhcp->state == DHCP_STATE_BOUND)
        lease_take(configured);
}
