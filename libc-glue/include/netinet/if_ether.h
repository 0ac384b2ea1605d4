/* SPDX-License-Identifier: MIT */
#ifndef _NETINET_IF_ETHER_H
#define _NETINET_IF_ETHER_H

#include <net/ethernet.h>
#include <net/if_arp.h>
#include <stdint.h>

/* ARP between Ethernet and IPv4. */
struct ether_arp {
    struct arphdr ea_hdr;
    uint8_t arp_sha[ETH_ALEN];
    uint8_t arp_spa[4];
    uint8_t arp_tha[ETH_ALEN];
    uint8_t arp_tpa[4];
};
#define arp_hrd ea_hdr.ar_hrd
#define arp_pro ea_hdr.ar_pro
#define arp_hln ea_hdr.ar_hln
#define arp_pln ea_hdr.ar_pln
#define arp_op  ea_hdr.ar_op

#define ETHER_MAP_IP_MULTICAST(from, to)                                                           \
    do {                                                                                           \
        (to)[0] = 0x01;                                                                            \
        (to)[1] = 0x00;                                                                            \
        (to)[2] = 0x5e;                                                                            \
        (to)[3] = ((const uint8_t *)(from))[1] & 0x7f;                                             \
        (to)[4] = ((const uint8_t *)(from))[2];                                                    \
        (to)[5] = ((const uint8_t *)(from))[3];                                                    \
    } while (0)

#endif
