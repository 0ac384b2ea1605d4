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
    /* rivals.c: who else has our address of IPv4, and when that was contradicted last */
    unsigned char rival[NIC_ADDRESS_BYTES];
    uint64_t defended_ns;
};
extern struct configured *net_configured[NET_CARDS_MAX];         /* in the cards' order */
struct configured *net_configured_of(const struct netif *netif); /* NULL: not a card */
bool net_is_verbose(void);

/* dhcp.c */
void net_dhcp_start(struct configured *configured);
void net_dhcp_look(struct configured *configured); /* the address was set, or is gone */

/* Why the address that was there is there no more. */
const char *net_dhcp_why_gone(const struct configured *configured);

/* dhcp6.c */
bool net_dhcp6_has(const struct configured *configured, int index); /* that address is of it */
bool net_dhcp6_is_busy(const struct configured *configured);        /* an address may come */
void net_dhcp6_duplicate(struct configured *configured); /* somebody else has its address */
void net_dhcp6_link_up(struct configured *configured);

/* rivals.c: is there somebody else with our address of IPv4? */
void net_rivals_ask(struct netif *netif);

/* tell.c: lines on standard error */
void net_complain(const char *prefix, const char *word, const char *what);
void net_tell_address(const struct net_card *card, const ip_addr_t *address, unsigned bits,
                      const char *how);
void net_tell_gone(const struct net_card *card, const ip_addr_t *address, const char *why);
void net_tell_rival(const struct net_card *card, const ip_addr_t *address,
                    const unsigned char rival[NIC_ADDRESS_BYTES]);
void net_tell_link(const struct net_card *card);

#pragma GCC visibility pop

#endif
