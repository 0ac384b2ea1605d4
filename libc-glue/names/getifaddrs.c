/* SPDX-License-Identifier: MIT
 *
 * All interfaces with all of their addresses: one piece of memory each.
 */
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "libc-glue/names/interfaces.h"

struct entry {
    struct ifaddrs info;
    char name[IF_NAMESIZE];
    struct sockaddr_storage address, mask, broadcast;
};

void interface_mask(unsigned bits, unsigned char to[16])
{
    memset(to, 0, 16);
    for (unsigned i = 0; i < bits && i < 128; i++)
        to[i / 8] |= (unsigned char)(0x80 >> i % 8);
}

static struct entry *entry_make(const struct interface *interface)
{
    struct entry *entry = calloc(1, sizeof *entry);

    if (!entry)
        return NULL;
    memcpy(entry->name, interface->name, sizeof entry->name);
    entry->info.ifa_name = entry->name;
    entry->info.ifa_flags = interface->flags;
    entry->info.ifa_addr = (struct sockaddr *)&entry->address;
    return entry;
}

static struct entry *address_entry(const struct interface *interface,
                                   const struct interface_address *at)
{
    struct entry *entry = entry_make(interface);
    struct host_address other = {.family = at->address.family};

    if (!entry)
        return NULL;
    host_address_name(&at->address, 0, &entry->address);
    interface_mask(at->prefix_bits, other.bytes);
    host_address_name(&other, 0, &entry->mask);
    entry->info.ifa_netmask = (struct sockaddr *)&entry->mask;
    if (at->address.family == AF_INET && interface->flags & IFF_BROADCAST) {
        for (int i = 0; i < 4; i++)
            other.bytes[i] = at->address.bytes[i] | (unsigned char)~other.bytes[i];
        host_address_name(&other, 0, &entry->broadcast);
        entry->info.ifa_broadaddr = (struct sockaddr *)&entry->broadcast;
    }
    return entry;
}

static bool entry_append(struct entry *entry, struct ifaddrs ***last)
{
    if (!entry)
        return false;
    **last = &entry->info;
    *last = &entry->info.ifa_next;
    return true;
}

int getifaddrs(struct ifaddrs **to)
{
    struct ifaddrs *first = NULL, **last = &first;
    struct interface interface;
    bool good = true;

    for (unsigned n = 0; good && interface_get(n, &interface); n++)
        for (unsigned i = 0; good && i < interface.address_count; i++)
            good = entry_append(address_entry(&interface, &interface.addresses[i]), &last);
    if (!good) {
        freeifaddrs(first);
        errno = ENOMEM;
        return -1;
    }
    *to = first;
    return 0;
}

void freeifaddrs(struct ifaddrs *list)
{
    while (list) {
        struct ifaddrs *next = list->ifa_next;
        free(list);
        list = next;
    }
}
