/* SPDX-License-Identifier: MIT
 *
 * getnameinfo: the names of an address and a port.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "libc-glue/names/names.h"

#define FLAGS (NI_NUMERICHOST | NI_NUMERICSERV | NI_NOFQDN | NI_NAMEREQD | NI_DGRAM)

static int text_give(const char *text, char *to, socklen_t room)
{
    size_t bytes = strlen(text) + 1;

    if (bytes > room)
        return EAI_OVERFLOW;
    memcpy(to, text, bytes);
    return 0;
}

/* The address in digits; where it is of one link, the link's name behind it. */
static void number_text(const struct host_address *address, char to[NI_MAXHOST])
{
    char interface[IF_NAMESIZE];
    size_t length;

    inet_ntop(address->family, address->bytes, to, NI_MAXHOST);
    if (address->family == AF_INET || !address->scope)
        return;
    length = strlen(to);
    if (if_indextoname(address->scope, interface))
        snprintf(to + length, NI_MAXHOST - length, "%%%s", interface);
    else
        snprintf(to + length, NI_MAXHOST - length, "%%%u", (unsigned)address->scope);
}

/* Of a name in this machine's own domain, what is before the domain. */
static void domain_cut(char *name)
{
    char own[NI_MAXHOST], *own_dot, *dot = strchr(name, '.');

    if (!dot || gethostname(own, sizeof own))
        return;
    own_dot = strchr(own, '.');
    if (own_dot && !strcasecmp(dot, own_dot))
        *dot = 0;
}

static int host_tell(const struct host_address *address, int flags, char *to, socklen_t room)
{
    char name[NI_MAXHOST];
    int error = flags & NI_NUMERICHOST ? EAI_NONAME : hosts_find_name(address, name);

    if (!error && flags & NI_NOFQDN)
        domain_cut(name);
    if (error && flags & NI_NAMEREQD)
        return error == EAI_AGAIN ? error : EAI_NONAME;
    if (error)
        number_text(address, name);
    return text_give(name, to, room);
}

static int service_tell(unsigned port, int flags, char *to, socklen_t room)
{
    struct servent entry, *found = NULL;
    char memory[1024], number[8];

    if (!(flags & NI_NUMERICSERV))
        getservbyport_r(htons((uint16_t)port), flags & NI_DGRAM ? "udp" : "tcp", &entry, memory,
                        sizeof memory, &found);
    snprintf(number, sizeof number, "%u", port & 0xffff);
    return text_give(found ? found->s_name : number, to, room);
}

/* A name in the file system is on this machine, and is its own service. */
static int unix_tell(const struct sockaddr *name, socklen_t bytes, char *host, socklen_t host_room,
                     char *service, socklen_t service_room)
{
    struct sockaddr_un un = {0};
    int error = 0;

    memcpy(&un, name, bytes < sizeof un ? bytes : sizeof un - 1);
    if (host && host_room)
        error = text_give("localhost", host, host_room);
    if (!error && service && service_room)
        error = text_give(un.sun_path, service, service_room);
    return error;
}

static bool name_take(const struct sockaddr *name, socklen_t bytes, struct host_address *to,
                      unsigned *port)
{
    struct sockaddr_in in;
    struct sockaddr_in6 in6;

    *to = (struct host_address){.family = name->sa_family};
    if (name->sa_family == AF_INET && bytes >= sizeof in) {
        memcpy(&in, name, sizeof in);
        memcpy(to->bytes, &in.sin_addr, sizeof in.sin_addr);
        *port = ntohs(in.sin_port);
        return true;
    }
    if (name->sa_family == AF_INET6 && bytes >= sizeof in6) {
        memcpy(&in6, name, sizeof in6);
        memcpy(to->bytes, &in6.sin6_addr, sizeof in6.sin6_addr);
        to->scope = in6.sin6_scope_id;
        *port = ntohs(in6.sin6_port);
        return true;
    }
    return false;
}

int getnameinfo(const struct sockaddr *restrict name, socklen_t bytes, char *restrict host,
                socklen_t host_room, char *restrict service, socklen_t service_room, int flags)
{
    struct host_address address;
    unsigned port;
    int error = 0;

    if (flags & ~FLAGS)
        return EAI_BADFLAGS;
    if (bytes < sizeof name->sa_family)
        return EAI_FAMILY;
    if ((!host || !host_room) && (!service || !service_room))
        return EAI_NONAME;
    if (name->sa_family == AF_UNIX)
        return unix_tell(name, bytes, host, host_room, service, service_room);
    if (!name_take(name, bytes, &address, &port))
        return EAI_FAMILY;
    if (host && host_room)
        error = host_tell(&address, flags, host, host_room);
    if (!error && service && service_room)
        error = service_tell(port, flags, service, service_room);
    return error;
}
