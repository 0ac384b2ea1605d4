/* SPDX-License-Identifier: MIT
 *
 * getaddrinfo: a host's addresses, times the kinds of sockets that a service has.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libc-glue/names/names.h"

#define FLAGS                                                                                      \
    (AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_V4MAPPED | AI_ALL | AI_ADDRCONFIG |           \
     AI_NUMERICSERV)

/* What a socket can be, and the port that the service has there. */
static const struct kind {
    int type, protocol;
    const char *name; /* NULL: it has no services */
} kinds[] = {
    {SOCK_STREAM, IPPROTO_TCP, "tcp"}, {SOCK_DGRAM, IPPROTO_UDP, "udp"}, {SOCK_RAW, 0, NULL}};
#define KINDS (sizeof kinds / sizeof kinds[0])

struct request {
    const struct addrinfo *hints;
    int ports[KINDS]; /* -1: not of this kind */
    struct host_list hosts;
    struct addrinfo *first, **last;
};

static bool kind_fits(const struct addrinfo *hints, const struct kind *kind)
{
    if (hints->ai_socktype && hints->ai_socktype != kind->type)
        return false;
    return !hints->ai_protocol || !kind->protocol || hints->ai_protocol == kind->protocol;
}

static int hints_check(const struct addrinfo *hints, const char *host)
{
    bool known = false;

    if (hints->ai_flags & ~FLAGS || (hints->ai_flags & AI_CANONNAME && !host))
        return EAI_BADFLAGS;
    if (hints->ai_family != AF_UNSPEC && hints->ai_family != AF_INET &&
        hints->ai_family != AF_INET6)
        return EAI_FAMILY;
    for (size_t i = 0; i < KINDS; i++)
        known = known || kind_fits(hints, &kinds[i]);
    return known ? 0 : EAI_SOCKTYPE;
}

/* Whether the text is a port's number; it is not one beyond 65535. */
static bool port_parse(const char *text, int *port)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    *port = value < 65536 ? (int)value : -1;
    return *text >= '0' && *text <= '9' && !*end;
}

static int service_take(const char *service, struct request *request)
{
    const struct addrinfo *hints = request->hints;
    bool found = false;
    int number = 0;
    bool is_number = !service || port_parse(service, &number);

    if (!is_number && hints->ai_flags & AI_NUMERICSERV)
        return EAI_NONAME;
    if (service && hints->ai_socktype == SOCK_RAW)
        return EAI_SERVICE;
    for (size_t i = 0; i < KINDS; i++) {
        request->ports[i] = -1;
        if (!kind_fits(hints, &kinds[i]))
            continue;
        if (is_number)
            request->ports[i] = number;
        else if (kinds[i].name)
            request->ports[i] = service_find(service, kinds[i].name);
        found = found || request->ports[i] >= 0;
    }
    return found ? 0 : EAI_SERVICE;
}

/* Nobody named: this machine, or for who listens all of its addresses. */
static void host_none(const struct addrinfo *hints, struct host_list *to)
{
    static const unsigned char any[16], loopback4[4] = {127, 0, 0, 1};
    bool passive = hints->ai_flags & AI_PASSIVE;

    if (passive && hints->ai_family != AF_INET6)
        hosts_add(to, AF_INET, any, 0);
    if (hints->ai_family != AF_INET)
        hosts_add(to, AF_INET6, passive ? any : in6addr_loopback.s6_addr, 0);
    if (!passive && hints->ai_family != AF_INET6)
        hosts_add(to, AF_INET, loopback4, 0);
}

/* The addresses of IPv4 as those of IPv6. */
static void hosts_map(struct host_list *list)
{
    for (unsigned i = 0; i < list->count; i++) {
        struct host_address *address = &list->addresses[i];
        if (address->family == AF_INET6)
            continue;
        memcpy(address->bytes + 12, address->bytes, 4);
        memset(address->bytes, 0, 10);
        memset(address->bytes + 10, 0xff, 2);
        address->family = AF_INET6;
    }
}

static void address_unmap(struct host_address *address)
{
    static const unsigned char mapped[12] = {[10] = 0xff, 0xff};

    if (address->family == AF_INET || memcmp(address->bytes, mapped, sizeof mapped))
        return;
    memcpy(address->bytes, address->bytes + 12, 4);
    address->family = AF_INET;
}

/* Which families have an address other than the loopback's. */
static void families_configured(bool *has4, bool *has6)
{
    struct ifaddrs *interfaces;

    *has4 = *has6 = false;
    if (getifaddrs(&interfaces)) {
        *has4 = *has6 = true;
        return;
    }
    for (const struct ifaddrs *at = interfaces; at; at = at->ifa_next) {
        if (!at->ifa_addr || at->ifa_flags & IFF_LOOPBACK)
            continue;
        if (at->ifa_addr->sa_family == AF_INET)
            *has4 = true;
        if (at->ifa_addr->sa_family == AF_INET6)
            *has6 = *has6 || !IN6_IS_ADDR_LINKLOCAL(
                                 &((struct sockaddr_in6 *)(void *)at->ifa_addr)->sin6_addr);
    }
    freeifaddrs(interfaces);
}

/* AI_ADDRCONFIG: nothing is asked that could not be used. Where nothing is configured
 * everything is. */
static int family_wanted(const struct addrinfo *hints)
{
    int family = hints->ai_family;
    bool has4, has6;

    if (!(hints->ai_flags & AI_ADDRCONFIG))
        return family;
    if (network_settle)
        network_settle();
    families_configured(&has4, &has6);
    if (family == AF_UNSPEC && has4 != has6)
        return has4 ? AF_INET : AF_INET6;
    return family;
}

static int host_by_name(const char *host, const struct addrinfo *hints, struct host_list *to)
{
    bool maps = hints->ai_family == AF_INET6 && hints->ai_flags & AI_V4MAPPED;
    int family = maps && hints->ai_flags & AI_ALL ? AF_UNSPEC : family_wanted(hints);
    int error = hosts_find(host, family, to);

    if (error && maps && family == AF_INET6 && error != EAI_AGAIN)
        error = hosts_find(host, AF_INET, to);
    if (!error && maps)
        hosts_map(to);
    return error;
}

static int host_take(const char *host, struct request *request)
{
    const struct addrinfo *hints = request->hints;
    struct host_list *to = &request->hosts;
    struct host_address address;

    to->count = 0;
    if (!host) {
        host_none(hints, to);
        return 0;
    }
    snprintf(to->name, sizeof to->name, "%s", host);
    if (host_address_parse(host, &address)) {
        if (hints->ai_family == AF_INET)
            address_unmap(&address);
        hosts_add(to, address.family, address.bytes, address.scope);
        if (address.family == AF_INET && hints->ai_family == AF_INET6 &&
            hints->ai_flags & AI_V4MAPPED)
            hosts_map(to);
        else if (hints->ai_family != AF_UNSPEC && hints->ai_family != address.family)
            return EAI_ADDRFAMILY;
        return 0;
    }
    if (hints->ai_flags & AI_NUMERICHOST)
        return EAI_NONAME;
    int error = host_by_name(host, hints, to);
    if (!error)
        address_order(to->addresses, to->count);
    return error;
}

/* One piece of memory an entry, its address behind it. */
struct entry {
    struct addrinfo info;
    struct sockaddr_storage name;
};

static int entry_add(struct request *request, const struct host_address *address, size_t kind)
{
    struct entry *entry = calloc(1, sizeof *entry);

    if (!entry)
        return EAI_MEMORY;
    entry->info = (struct addrinfo){
        .ai_flags = request->hints->ai_flags,
        .ai_family = address->family,
        .ai_socktype = kinds[kind].type,
        .ai_protocol = kinds[kind].protocol ? kinds[kind].protocol : request->hints->ai_protocol,
        .ai_addr = (struct sockaddr *)&entry->name,
    };
    entry->info.ai_addrlen =
        host_address_name(address, (unsigned)request->ports[kind], &entry->name);
    *request->last = &entry->info;
    request->last = &entry->info.ai_next;
    return 0;
}

static int entries_make(struct request *request)
{
    int error = 0;

    for (unsigned i = 0; i < request->hosts.count; i++)
        for (size_t kind = 0; kind < KINDS && !error; kind++)
            if (request->ports[kind] >= 0)
                error = entry_add(request, &request->hosts.addresses[i], kind);
    if (!error && request->hints->ai_flags & AI_CANONNAME) {
        request->first->ai_canonname = strdup(request->hosts.name);
        error = request->first->ai_canonname ? 0 : EAI_MEMORY;
    }
    return error;
}

int getaddrinfo(const char *restrict host, const char *restrict service,
                const struct addrinfo *restrict hints, struct addrinfo **restrict result)
{
    static const struct addrinfo none = {.ai_flags = AI_V4MAPPED | AI_ADDRCONFIG};
    struct request request = {.hints = hints ? hints : &none};
    int error;

    request.last = &request.first;
    if (!host && !service)
        return EAI_NONAME;
    error = hints_check(request.hints, host);
    if (!error)
        error = service_take(service, &request);
    if (!error)
        error = host_take(host, &request);
    if (!error)
        error = entries_make(&request);
    if (error) {
        freeaddrinfo(request.first);
        return error;
    }
    *result = request.first;
    return 0;
}

void freeaddrinfo(struct addrinfo *info)
{
    while (info) {
        struct addrinfo *next = info->ai_next;
        free(info->ai_canonname);
        free(info);
        info = next;
    }
}
