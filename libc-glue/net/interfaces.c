/* SPDX-License-Identifier: MIT
 *
 * lwIP's interfaces as programs see them.
 */
#include "libc-glue/names/interfaces.h"

#include <net/if.h>
#include <string.h>

#include "libc-glue/net/net.h"

#define LOOPBACK_MTU 65536

static void address_add(struct interface *to, const ip_addr_t *address, unsigned bits)
{
    struct interface_address *at = &to->addresses[to->address_count++];

    at->prefix_bits = bits;
    at->address = (struct host_address){.family = IP_IS_V4(address) ? AF_INET : AF_INET6};
    if (IP_IS_V4(address)) {
        memcpy(at->address.bytes, ip_2_ip4(address), 4);
        return;
    }
    memcpy(at->address.bytes, ip_2_ip6(address)->addr, 16);
    if (ip6_addr_islinklocal(ip_2_ip6(address)))
        at->address.scope = to->index;
}

static void addresses_take(const struct netif *netif, bool is_loopback, struct interface *to)
{
    if (!ip4_addr_isany_val(*netif_ip4_addr(netif)))
        address_add(to, &netif->ip_addr,
                    (unsigned)__builtin_popcount(ip4_addr_get_u32(netif_ip4_netmask(netif))));
    for (int i = 0; i < LWIP_IPV6_NUM_ADDRESSES && to->address_count < INTERFACE_ADDRESSES_MAX; i++)
        if (ip6_addr_isvalid(netif_ip6_addr_state(netif, i)))
            address_add(to, &netif->ip6_addr[i], is_loopback ? 128 : 64);
}

static void interface_make(const struct netif *netif, struct interface *to)
{
    bool is_loopback = netif == &net_loopback;

    memset(to, 0, sizeof *to);
    net_netif_name(netif, to->name);
    to->index = netif_get_index(netif);
    to->mtu = is_loopback ? LOOPBACK_MTU : netif->mtu;
    to->flags = is_loopback ? IFF_LOOPBACK : IFF_BROADCAST | IFF_MULTICAST;
    to->flags |= netif_is_up(netif) ? IFF_UP : 0;
    to->flags |= netif_is_link_up(netif) ? IFF_RUNNING : 0;
    to->is_ethernet = !is_loopback;
    memcpy(to->hardware, netif->hwaddr, sizeof to->hardware);
    addresses_take(netif, is_loopback, to);
}

bool interface_get(unsigned n, struct interface *to)
{
    bool there = !net_start() && n <= net_card_count;
    bool were_on = interrupts_off();

    if (there)
        interface_make(n ? &net_cards[n - 1]->netif : &net_loopback, to);
    interrupts_restore(were_on);
    return there;
}
