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

void net_tell_address(const struct net_card *card, const ip_addr_t *address, unsigned bits,
                      const char *how)
{
    char text[INET6_ADDRSTRLEN];

    inet_ntop(IP_IS_V4(address) ? AF_INET : AF_INET6, address, text, sizeof text);
    kprintf("%s: %s/%u (%s)\n", card->name, text, bits, how);
}
