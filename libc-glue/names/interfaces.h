/* SPDX-License-Identifier: MIT
 *
 * The network's interfaces as programs see them, one after another. Who drives them says
 * what they are (interface_get); the calls of <net/if.h> and <ifaddrs.h> are made of it.
 */
#ifndef GLUE_INTERFACES_H
#define GLUE_INTERFACES_H

#include <stdbool.h>
#include <stdint.h>

#include "libc-glue/names/names.h"

#pragma GCC visibility push(hidden)

#define INTERFACE_ADDRESSES_MAX 8
#define HARDWARE_BYTES          6

struct interface {
    char name[16];
    unsigned index, flags; /* IFF_... */
    unsigned mtu;
    bool is_ethernet;
    unsigned char hardware[HARDWARE_BYTES];
    unsigned address_count;
    struct interface_address {
        struct host_address address;
        unsigned prefix_bits;
    } addresses[INTERFACE_ADDRESSES_MAX];
};

/* The nth, in the order of their indices. False: there are no more. */
bool interface_get(unsigned n, struct interface *to);

/* A mask of so many bits. */
void interface_mask(unsigned bits, unsigned char to[16]);

#pragma GCC visibility pop

#endif
