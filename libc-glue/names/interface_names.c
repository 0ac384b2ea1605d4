/* SPDX-License-Identifier: MIT
 *
 * Interfaces by name and by number.
 */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "libc-glue/names/interfaces.h"

unsigned if_nametoindex(const char *name)
{
    struct interface interface;

    for (unsigned n = 0; interface_get(n, &interface); n++)
        if (!strcmp(interface.name, name))
            return interface.index;
    errno = ENODEV;
    return 0;
}

char *if_indextoname(unsigned index, char *to)
{
    struct interface interface;

    for (unsigned n = 0; interface_get(n, &interface); n++)
        if (interface.index == index)
            return memcpy(to, interface.name, IF_NAMESIZE);
    errno = ENXIO;
    return NULL;
}

void if_freenameindex(struct if_nameindex *list)
{
    for (struct if_nameindex *at = list; at && at->if_name; at++)
        free(at->if_name);
    free(list);
}

struct if_nameindex *if_nameindex(void)
{
    struct interface interface;
    struct if_nameindex *list;
    unsigned count = 0;

    while (interface_get(count, &interface))
        count++;
    list = calloc(count + 1, sizeof *list);
    for (unsigned n = 0; list && n < count && interface_get(n, &interface); n++) {
        list[n].if_index = interface.index;
        list[n].if_name = strdup(interface.name);
        if (!list[n].if_name) {
            if_freenameindex(list);
            list = NULL;
        }
    }
    if (!list)
        errno = ENOBUFS;
    return list;
}
