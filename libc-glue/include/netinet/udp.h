/* SPDX-License-Identifier: MIT */
#ifndef _NETINET_UDP_H
#define _NETINET_UDP_H

#include <stdint.h>

#define SOL_UDP 17

__extension__ struct udphdr {
    union {
        struct {
            uint16_t uh_sport, uh_dport, uh_ulen, uh_sum;
        };
        struct {
            uint16_t source, dest, len, check;
        };
    };
};

#endif
