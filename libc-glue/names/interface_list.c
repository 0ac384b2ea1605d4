/* SPDX-License-Identifier: MIT
 *
 * The interfaces there are: the loopback.
 */
#include <net/if.h>
#include <string.h>

#include "libc-glue/names/interfaces.h"

bool interface_get(unsigned n, struct interface *to)
{
    if (n)
        return false;
    *to = (struct interface){
        .name = "lo",
        .index = 1,
        .flags = IFF_UP | IFF_LOOPBACK | IFF_RUNNING,
        .mtu = 65536,
        .address_count = 2,
        .addresses = {{{.family = AF_INET, .bytes = {127, 0, 0, 1}}, 8},
                      {{.family = AF_INET6, .bytes = {[15] = 1}}, 128}},
    };
    return true;
}
