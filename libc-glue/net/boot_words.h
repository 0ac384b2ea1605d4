/* SPDX-License-Identifier: MIT
 *
 * What boot words say of the network: ip= in the form that Linux knows, thimble.ip6= and
 * others for what that form cannot say. Pure code: the words come from whoever has them.
 * docs/network-configuration.md is the description.
 */
#ifndef NET_BOOT_WORDS_H
#define NET_BOOT_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libc-glue/host_name.h"
#include "libc-glue/names/names.h"

#pragma GCC visibility push(hidden)

#define NET_WORD_BYTES    512
#define NET_ADDRESSES_MAX 4
#define NET_ROUTES_MAX    12

enum net_method {
    NET_AUTOMATIC, /* DHCP; router advertisements */
    NET_GIVEN,
    NET_OFF,
};

/* A part of the addresses, by its first bits. */
struct net_prefix {
    int family;
    unsigned char bytes[16];
    unsigned bits;
};

struct net_route {
    struct net_prefix to;
    unsigned char gateway[16]; /* all zero: on the link itself */
};

/* What one card is to have. */
struct net_plan {
    enum net_method method4, method6;
    struct net_prefix address4;
    unsigned char gateway4[4];
    unsigned address6_count;
    struct net_prefix addresses6[NET_ADDRESSES_MAX];
    unsigned char gateway6[16];
    unsigned route_count;
    struct net_route routes[NET_ROUTES_MAX];
    unsigned mtu; /* 0: the card's */
};

/* What all of them have. */
struct net_names_plan {
    struct resolver_names given; /* thimble.dns=, thimble.search= */
    struct resolver_names from_ip;
    bool verbose;
};

struct net_words {
    /* The nth word that begins so. False: there is none. */
    bool (*get)(const char *prefix, unsigned n, char *to, size_t max);
    /* Of a word that is not understood: it is ignored. May be NULL. */
    void (*complain)(const char *prefix, const char *word, const char *what);
    bool (*is_card)(const char *name);
};

/* For the card of that name, the number in the order of all cards. Complaints come with
 * the first one. */
void net_plan_read(const struct net_words *words, const char *card, unsigned number,
                   struct net_plan *to);
void net_names_plan_read(const struct net_words *words, struct net_names_plan *to);

bool net_prefix_parse(const char *text, struct net_prefix *to); /* ADDRESS or ADDRESS/BITS */

#pragma GCC visibility pop

#endif
