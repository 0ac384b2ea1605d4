/* SPDX-License-Identifier: MIT
 *
 * How cards get their addresses, and what else the network says: the parts of it.
 */
#ifndef NET_CONFIGURE_H
#define NET_CONFIGURE_H

#include "libc-glue/net/boot_words.h"
#include "libc-glue/net/dhcp_options.h"
#include "libc-glue/net/net.h"

#pragma GCC visibility push(hidden)

struct dhcp6_client;

/* configure.c: one for each card */
struct configured {
    struct net_card *card;
    struct net_plan plan;
    struct dhcp_said said; /* by the message that is being read */
    unsigned learned_count;
    struct net_route learned[NET_ROUTES_MAX]; /* by DHCP */
    struct dhcp6_client *dhcp6;               /* NULL: no router has spoken of a server */
    uint64_t since_ns;                        /* when the link came up */
};
extern struct configured *net_configured[NET_CARDS_MAX];         /* in the cards' order */
struct configured *net_configured_of(const struct netif *netif); /* NULL: not a card */
bool net_is_verbose(void);

/* dhcp.c */
void net_dhcp_start(struct configured *configured);
void net_dhcp_look(struct configured *configured); /* the address was set, or is gone */

/* dhcp6.c */
bool net_dhcp6_has(const struct configured *configured, int index); /* that address is of it */
bool net_dhcp6_is_busy(const struct configured *configured);        /* an address may come */
void net_dhcp6_duplicate(struct configured *configured); /* somebody else has its address */
void net_dhcp6_link_up(struct configured *configured);

/* tell.c: lines on standard error */
void net_complain(const char *prefix, const char *word, const char *what);
void net_tell_address(const struct net_card *card, const ip_addr_t *address, unsigned bits,
                      const char *how);

#pragma GCC visibility pop

#endif
