/* SPDX-License-Identifier: MIT
 *
 * IPv4 addresses in the older, looser forms: 10.1, 0x7f000001, 0177.1.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>

/* Up to four numbers with dots between them, decimal, octal or hexadecimal. How many
 * there are, or 0. */
static int numbers_parse(const char *text, unsigned long parts[4], bool may_end_with_space)
{
    for (int count = 0; count < 4; text++) {
        char *end;
        if (!isdigit((unsigned char)*text))
            return 0;
        parts[count++] = strtoul(text, &end, 0);
        if (parts[count - 1] > 0xffffffff)
            return 0;
        text = end;
        if (!*text || (may_end_with_space && isspace((unsigned char)*text)))
            return count;
        if (*text != '.')
            return 0;
    }
    return 0;
}

int inet_aton(const char *text, struct in_addr *to)
{
    unsigned long parts[4] = {0};
    int count = numbers_parse(text, parts, true);
    in_addr_t address = 0;

    if (!count)
        return 0;
    for (int i = 0; i < count - 1; i++) {
        if (parts[i] > 255)
            return 0;
        address |= (in_addr_t)parts[i] << (24 - 8 * i);
    }
    if (parts[count - 1] > 0xffffffff >> (8 * (count - 1)))
        return 0;
    if (to)
        to->s_addr = htonl(address | (in_addr_t)parts[count - 1]);
    return 1;
}

in_addr_t inet_addr(const char *text)
{
    struct in_addr address;

    return inet_aton(text, &address) ? address.s_addr : INADDR_NONE;
}

/* Each number is a byte here, and the result is in the order of the host. */
in_addr_t inet_network(const char *text)
{
    unsigned long parts[4];
    int count = numbers_parse(text, parts, true);
    in_addr_t network = 0;

    for (int i = 0; i < count; i++) {
        if (parts[i] > 255)
            return INADDR_NONE;
        network = network << 8 | (in_addr_t)parts[i];
    }
    return count ? network : INADDR_NONE;
}

char *inet_ntoa(struct in_addr address)
{
    static _Thread_local char text[INET_ADDRSTRLEN];

    return (char *)inet_ntop(AF_INET, &address, text, sizeof text);
}

/* The classes of addresses that networks once had. */
static int host_bits(in_addr_t address)
{
    return IN_CLASSA(address)   ? IN_CLASSA_NSHIFT
           : IN_CLASSB(address) ? IN_CLASSB_NSHIFT
                                : IN_CLASSC_NSHIFT;
}

struct in_addr inet_makeaddr(in_addr_t network, in_addr_t host)
{
    struct in_addr address;
    int bits = network < 128 ? 24 : network < 65536 ? 16 : network < 0x1000000 ? 8 : 0;

    address.s_addr = htonl(network << bits | (host & ((1u << bits) - 1)));
    return address;
}

in_addr_t inet_lnaof(struct in_addr address)
{
    return ntohl(address.s_addr) & ((1u << host_bits(ntohl(address.s_addr))) - 1);
}

in_addr_t inet_netof(struct in_addr address)
{
    return ntohl(address.s_addr) >> host_bits(ntohl(address.s_addr));
}
