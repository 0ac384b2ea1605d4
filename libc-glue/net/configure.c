/* SPDX-License-Identifier: MIT
 *
 * Addresses of the cards. Until they are configured: those that QEMU's user network gives.
 */
#include "libc-glue/net/net.h"

void net_configure(struct net_card *card)
{
    ip4_addr_t address, mask, gateway;

    IP4_ADDR(&address, 10, 0, 2, 15);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    IP4_ADDR(&gateway, 10, 0, 2, 2);
    netif_set_addr(&card->netif, &address, &mask, &gateway);
    netif_set_default(&card->netif);
    netif_create_ip6_linklocal_address(&card->netif, 1);
    netif_set_ip6_autoconfig_enabled(&card->netif, 1);
}

bool net_is_configuring(void)
{
    return false;
}
