/* SPDX-License-Identifier: MIT
 *
 * Name servers that DHCP and routers tell of, where lwIP would ask them itself.
 */
#include "libc-glue/net/net.h"

#include <lwip/dns.h>

static ip_addr_t servers[DNS_MAX_SERVERS];

void dns_setserver(u8_t number, const ip_addr_t *address)
{
    if (number >= DNS_MAX_SERVERS)
        return;
    servers[number] = address ? *address : *IP_ADDR_ANY;
    net_changed();
}

const ip_addr_t *dns_getserver(u8_t number)
{
    return number < DNS_MAX_SERVERS ? &servers[number] : IP_ADDR_ANY;
}
