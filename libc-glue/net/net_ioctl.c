/* SPDX-License-Identifier: MIT
 *
 * The requests of ioctl() about interfaces (SIOCGIF...): what Linux answers about IPv4.
 */
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>

#include "libc-glue/files.h"
#include "libc-glue/names/interfaces.h"

#pragma GCC visibility push(hidden)
int net_ioctl(struct file *file, unsigned long request, void *argument);
#pragma GCC visibility pop

#define QUEUE_LENGTH 1000

static bool find(const struct ifreq *request, bool by_index, struct interface *to)
{
    for (unsigned n = 0; interface_get(n, to); n++)
        if (by_index ? (int)to->index == request->ifr_ifindex
                     : !strncmp(to->name, request->ifr_name, IFNAMSIZ))
            return true;
    return false;
}

static const struct interface_address *address4(const struct interface *interface)
{
    for (unsigned i = 0; i < interface->address_count; i++)
        if (interface->addresses[i].address.family == AF_INET)
            return &interface->addresses[i];
    return NULL;
}

static void name_put(struct sockaddr *to, const struct host_address *address)
{
    struct sockaddr_in name = {.sin_family = AF_INET};

    memcpy(&name.sin_addr, address->bytes, sizeof name.sin_addr);
    memcpy(to, &name, sizeof name);
}

/* The interface's address of IPv4, its mask or the address for all of its link. */
static int address_tell(const struct interface *interface, unsigned long what, struct ifreq *to)
{
    const struct interface_address *own = address4(interface);
    struct host_address other = {.family = AF_INET};

    if (!own)
        return -EADDRNOTAVAIL;
    interface_mask(own->prefix_bits, other.bytes);
    if (what == SIOCGIFBRDADDR)
        for (int i = 0; i < 4; i++)
            other.bytes[i] = interface->flags & IFF_BROADCAST
                                 ? own->address.bytes[i] | (unsigned char)~other.bytes[i]
                                 : 0;
    name_put(&to->ifr_addr, what == SIOCGIFADDR || what == SIOCGIFDSTADDR ? &own->address : &other);
    return 0;
}

static int request_answer(unsigned long what, struct ifreq *request)
{
    struct interface interface;

    if (!find(request, what == SIOCGIFNAME, &interface))
        return -ENODEV;
    switch (what) {
    case SIOCGIFNAME:
        memcpy(request->ifr_name, interface.name, IFNAMSIZ);
        return 0;
    case SIOCGIFINDEX:
        request->ifr_ifindex = (int)interface.index;
        return 0;
    case SIOCGIFFLAGS:
        request->ifr_flags = (short)interface.flags;
        return 0;
    case SIOCGIFMTU:
        request->ifr_mtu = (int)interface.mtu;
        return 0;
    case SIOCGIFMETRIC:
        request->ifr_metric = 0;
        return 0;
    case SIOCGIFTXQLEN:
        request->ifr_qlen = QUEUE_LENGTH;
        return 0;
    case SIOCGIFHWADDR:
        memset(&request->ifr_hwaddr, 0, sizeof request->ifr_hwaddr);
        request->ifr_hwaddr.sa_family = interface.is_ethernet ? ARPHRD_ETHER : ARPHRD_LOOPBACK;
        memcpy(request->ifr_hwaddr.sa_data, interface.hardware, HARDWARE_BYTES);
        return 0;
    default:
        return address_tell(&interface, what, request);
    }
}

/* All interfaces with an address of IPv4; without a place for them, how much they need. */
static int list_tell(void *argument)
{
    struct interface interface;
    struct ifconf list;
    int used = 0;

    if (user_read(&list, argument, sizeof list))
        return -EFAULT;
    for (unsigned n = 0; interface_get(n, &interface); n++) {
        const struct interface_address *own = address4(&interface);
        struct ifreq entry = {0};
        if (!own || (list.ifc_buf && used + (int)sizeof entry > list.ifc_len))
            continue;
        memcpy(entry.ifr_name, interface.name, IFNAMSIZ);
        name_put(&entry.ifr_addr, &own->address);
        if (list.ifc_buf && user_write(list.ifc_buf + used, &entry, sizeof entry))
            return -EFAULT;
        used += (int)sizeof entry;
    }
    list.ifc_len = used;
    return user_write(argument, &list, sizeof list);
}

static bool is_known(unsigned long request)
{
    switch (request) {
    case SIOCGIFNAME:
    case SIOCGIFFLAGS:
    case SIOCGIFADDR:
    case SIOCGIFDSTADDR:
    case SIOCGIFBRDADDR:
    case SIOCGIFNETMASK:
    case SIOCGIFMETRIC:
    case SIOCGIFMTU:
    case SIOCGIFHWADDR:
    case SIOCGIFINDEX:
    case SIOCGIFTXQLEN:
        return true;
    default:
        return false;
    }
}

int net_ioctl(struct file *file, unsigned long request, void *argument)
{
    struct ifreq asked;
    int error;

    (void)file;
    if (request == SIOCGIFCONF)
        return list_tell(argument);
    if (!is_known(request))
        return -ENOTTY;
    if (user_read(&asked, argument, sizeof asked))
        return -EFAULT;
    error = request_answer(request, &asked);
    return error ? error : user_write(argument, &asked, sizeof asked);
}
