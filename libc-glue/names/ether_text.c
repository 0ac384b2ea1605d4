/* SPDX-License-Identifier: MIT
 *
 * Ethernet addresses as text.
 */
#include <netinet/ether.h>
#include <stdio.h>
#include <stdlib.h>

char *ether_ntoa_r(const struct ether_addr *address, char *to)
{
    const unsigned char *b = address->ether_addr_octet;

    sprintf(to, "%x:%x:%x:%x:%x:%x", b[0], b[1], b[2], b[3], b[4], b[5]);
    return to;
}

char *ether_ntoa(const struct ether_addr *address)
{
    static _Thread_local char text[18];

    return ether_ntoa_r(address, text);
}

struct ether_addr *ether_aton_r(const char *text, struct ether_addr *to)
{
    for (int i = 0; i < ETH_ALEN; i++) {
        char *end;
        unsigned long value = strtoul(text, &end, 16);
        if (end == text || end - text > 2 || value > 255 || *end != (i < ETH_ALEN - 1 ? ':' : 0))
            return NULL;
        to->ether_addr_octet[i] = (unsigned char)value;
        text = end + 1;
    }
    return to;
}

struct ether_addr *ether_aton(const char *text)
{
    static _Thread_local struct ether_addr address;

    return ether_aton_r(text, &address);
}
