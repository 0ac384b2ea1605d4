/* SPDX-License-Identifier: MIT
 *
 * What lwIP wants to know of the compiler and of the system below it.
 */
#ifndef NET_PORT_CC_H
#define NET_PORT_CC_H

#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#pragma GCC visibility push(hidden)

#ifndef SSIZE_MAX /* or lwIP makes a ssize_t of its own */
#define SSIZE_MAX LONG_MAX
#endif
#define LWIP_NO_UNISTD_H   1
#define LWIP_NO_CTYPE_H    1
#define LWIP_NO_INTTYPES_H 1

#define lwip_htons(x) __builtin_bswap16(x)
#define lwip_htonl(x) __builtin_bswap32(x)

#define LWIP_PLATFORM_DIAG(x)
#define LWIP_PLATFORM_ASSERT(x) net_assertion_failed(x, __FILE__, __LINE__)
_Noreturn void net_assertion_failed(const char *what, const char *file, int line);

uint32_t net_random(void);
#define LWIP_RAND() net_random()

/* The sum of 16-bit words, in the order of the memory they are in. */
uint16_t net_checksum(const void *data, int size_bytes);
#define LWIP_CHKSUM net_checksum

#pragma GCC visibility pop

#endif
