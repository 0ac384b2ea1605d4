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

/* configure.c: one for each card */
struct configured {
    struct net_card *card;
    struct net_plan plan;
    struct dhcp_said said; /* by the message that is being read */
    unsigned learned_count;
    struct net_route learned[NET_ROUTES_MAX]; /* by DHCP */
    uint64_t since_ns;                        /* when the link came up */
};
extern struct configured *net_configured[NET_CARDS_MAX];         /* in the cards' order */
struct configured *net_configured_of(const struct netif *netif); /* NULL: not a card */
bool net_is_verbose(void);

/* dhcp.c */
void net_dhcp_start(struct configured *configured);
void net_dhcp_look(struct configured *configured); /* the address was set, or is gone */

/* tell.c: lines on standard error */
void net_complain(const char *prefix, const char *word, const char *what);
void net_tell_address(const struct net_card *card, const ip_addr_t *address, unsigned bits,
                      const char *how);

#pragma GCC visibility pop

#endif
