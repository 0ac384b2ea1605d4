/* SPDX-License-Identifier: MIT
 *
 * What the network has to say to who runs the machine. It says it from where printf()
 * must not be called.
 */
#include <arpa/inet.h>

#include "kernel/kernel.h"
#include "libc-glue/net/configure.h"

void net_complain(const char *prefix, const char *word, const char *what)
{
    kprintf("thimble: %s%s is ignored: %s\n", prefix, word, what);
}

static const char *text_of(const ip_addr_t *address, char text[INET6_ADDRSTRLEN])
{
    return inet_ntop(IP_IS_V4(address) ? AF_INET : AF_INET6, address, text, INET6_ADDRSTRLEN);
}

void net_tell_address(const struct net_card *card, const ip_addr_t *address, unsigned bits,
                      const char *how)
{
    char text[INET6_ADDRSTRLEN];

    kprintf("%s: %s/%u (%s)\n", card->name, text_of(address, text), bits, how);
}

void net_tell_gone(const struct net_card *card, const ip_addr_t *address, const char *why)
{
    char text[INET6_ADDRSTRLEN];

    kprintf("%s: %s is not used: %s\n", card->name, text_of(address, text), why);
}

void net_tell_rival(const struct net_card *card, const ip_addr_t *address,
                    const unsigned char rival[NIC_ADDRESS_BYTES])
{
    char text[INET6_ADDRSTRLEN];

    kprintf("%s: %s is also used by %02x:%02x:%02x:%02x:%02x:%02x\n", card->name,
            text_of(address, text), rival[0], rival[1], rival[2], rival[3], rival[4], rival[5]);
}

void net_tell_link(const struct net_card *card)
{
    kprintf("%s: the link is %s\n", card->name, card->nic.link_up ? "up" : "down");
}
