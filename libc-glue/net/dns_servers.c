/* SPDX-License-Identifier: MIT
 *
 * Name servers that routers (RDNSS) and DHCPv6 tell of. lwIP would ask them itself; here
 * they are for the resolver.
 */
#include "libc-glue/net/net.h"

#include <lwip/dns.h>
#include <string.h>

#include "libc-glue/names/names.h"

static ip_addr_t servers[DNS_MAX_SERVERS];

static void servers_tell(void)
{
    struct resolver_names names = {0};

    for (int i = 0; i < DNS_MAX_SERVERS && names.server_count < RESOLVER_SERVERS_MAX; i++) {
        struct resolver_server *server = &names.servers[names.server_count];
        if (!IP_IS_V6_VAL(servers[i]) || ip6_addr_isany_val(*ip_2_ip6(&servers[i])))
            continue;
        server->family = AF_INET6;
        server->port = 53;
        server->scope = ip6_addr_zone(ip_2_ip6(&servers[i]));
        memcpy(server->address, ip_2_ip6(&servers[i])->addr, sizeof server->address);
        names.server_count++;
    }
    learned_names_set(NAMES_ROUTER, &names);
}

void dns_setserver(u8_t number, const ip_addr_t *address)
{
    if (number >= DNS_MAX_SERVERS)
        return;
    servers[number] = address ? *address : *IP6_ADDR_ANY;
    servers_tell();
}

const ip_addr_t *dns_getserver(u8_t number)
{
    return number < DNS_MAX_SERVERS ? &servers[number] : IP6_ADDR_ANY;
}
