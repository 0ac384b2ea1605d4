/* SPDX-License-Identifier: MIT */
#ifndef _NETINET_IN_SYSTM_H
#define _NETINET_IN_SYSTM_H

#include <stdint.h>

/* Numbers in the order of the network. */
typedef uint16_t n_short;
typedef uint32_t n_long;
typedef uint32_t n_time; /* ms since midnight UTC */

#endif
