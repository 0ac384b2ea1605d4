/* SPDX-License-Identifier: MIT
 *
 * The functions behind the macros of <netinet/in.h>, and its two addresses.
 */
#include <netinet/in.h>

#undef htonl
#undef htons
#undef ntohl
#undef ntohs

const struct in6_addr in6addr_any = IN6ADDR_ANY_INIT;
const struct in6_addr in6addr_loopback = IN6ADDR_LOOPBACK_INIT;

uint32_t htonl(uint32_t x)
{
    return __builtin_bswap32(x);
}

uint16_t htons(uint16_t x)
{
    return __builtin_bswap16(x);
}

uint32_t ntohl(uint32_t x)
{
    return __builtin_bswap32(x);
}

uint16_t ntohs(uint16_t x)
{
    return __builtin_bswap16(x);
}
