/* SPDX-License-Identifier: MIT
 *
 * The addresses of a host's name and the name of an address: the file of hosts, what
 * needs no asking (localhost, this machine), then DNS with the list of domains.
 */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "libc-glue/names/names.h"

static const char hosts_essentials[] = "127.0.0.1 localhost\n::1 localhost ip6-localhost\n";

bool hosts_add(struct host_list *list, int family, const void *bytes, uint32_t scope)
{
    struct host_address *to = &list->addresses[list->count];
    size_t size = family == AF_INET ? 4 : 16;

    if (list->count == HOST_ADDRESSES_MAX)
        return false;
    for (unsigned i = 0; i < list->count; i++)
        if (list->addresses[i].family == family && !memcmp(list->addresses[i].bytes, bytes, size))
            return true;
    *to = (struct host_address){.family = family, .scope = scope};
    memcpy(to->bytes, bytes, size);
    list->count++;
    return true;
}

bool host_address_parse(const char *text, struct host_address *to)
{
    const char *scope = strchr(text, '%');
    char address[INET6_ADDRSTRLEN];
    size_t length = scope ? (size_t)(scope - text) : strlen(text);
    char *end;

    *to = (struct host_address){.family = AF_INET};
    if (inet_aton(text, (struct in_addr *)(void *)to->bytes) && !strpbrk(text, " \t\n"))
        return true;
    if (length >= sizeof address)
        return false;
    memcpy(address, text, length);
    address[length] = 0;
    to->family = AF_INET6;
    if (inet_pton(AF_INET6, address, to->bytes) != 1)
        return false;
    if (!scope)
        return true;
    to->scope = if_nametoindex(scope + 1);
    if (!to->scope) {
        unsigned long number = strtoul(scope + 1, &end, 10);
        if (*end || end == scope + 1 || number > UINT32_MAX || scope[1] == '-')
            return false;
        to->scope = (uint32_t)number;
    }
    return true;
}

socklen_t host_address_name(const struct host_address *address, unsigned port, void *to)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6,
                               .sin6_port = htons((uint16_t)port),
                               .sin6_scope_id = address->scope};

    if (address->family == AF_INET) {
        memcpy(&in.sin_addr, address->bytes, sizeof in.sin_addr);
        memcpy(to, &in, sizeof in);
        return sizeof in;
    }
    memcpy(&in6.sin6_addr, address->bytes, sizeof in6.sin6_addr);
    memcpy(to, &in6, sizeof in6);
    return sizeof in6;
}

static bool names_are_same(const char *a, const char *b)
{
    size_t a_length = strlen(a), b_length = strlen(b);

    a_length -= a_length > 1 && a[a_length - 1] == '.';
    b_length -= b_length > 1 && b[b_length - 1] == '.';
    return a_length == b_length && !strncasecmp(a, b, a_length);
}

/* Whether the file knows the name, in any family. */
static bool file_find(const char *name, int family, struct host_list *to)
{
    struct names_file file;
    bool known = false;

    if (!names_file_open(&file, "hosts", hosts_essentials))
        return false;
    while (names_file_line(&file)) {
        struct host_address address;
        bool is_here = false;
        for (int i = 1; i < file.word_count; i++)
            is_here = is_here || names_are_same(file.words[i], name);
        if (!is_here || !host_address_parse(file.words[0], &address))
            continue;
        if (!to->count)
            snprintf(to->name, sizeof to->name, "%s", file.words[1]);
        known = true;
        if (family == AF_UNSPEC || family == address.family)
            hosts_add(to, address.family, address.bytes, address.scope);
    }
    names_file_close(&file);
    return known;
}

/* Names below localhost never leave the machine (RFC 6761). */
static bool is_localhost(const char *name)
{
    size_t length = strlen(name), tail = sizeof "localhost" - 1;

    length -= length && name[length - 1] == '.';
    return length >= tail && !strncasecmp(name + length - tail, "localhost", tail) &&
           (length == tail || name[length - tail - 1] == '.');
}

static void loopback_add(int family, struct host_list *to)
{
    static const unsigned char v4[4] = {127, 0, 0, 1};

    if (family != AF_INET)
        hosts_add(to, AF_INET6, &in6addr_loopback, 0);
    if (family != AF_INET6)
        hosts_add(to, AF_INET, v4, 0);
}

static void interface_add(const struct ifaddrs *interface, int family, struct host_list *to)
{
    const struct sockaddr *name = interface->ifa_addr;

    if (!name || interface->ifa_flags & IFF_LOOPBACK ||
        (family != AF_UNSPEC && family != name->sa_family))
        return;
    if (name->sa_family == AF_INET) {
        hosts_add(to, AF_INET, &((const struct sockaddr_in *)(const void *)name)->sin_addr, 0);
    } else if (name->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const void *)name;
        if (!IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr))
            hosts_add(to, AF_INET6, &in6->sin6_addr, 0);
    }
}

/* This machine's own name has its own addresses. */
static bool own_find(const char *name, int family, struct host_list *to)
{
    struct ifaddrs *interfaces;
    char own[DNS_NAME_BYTES];

    if (gethostname(own, sizeof own) || !names_are_same(own, name))
        return false;
    if (!getifaddrs(&interfaces)) {
        for (const struct ifaddrs *at = interfaces; at; at = at->ifa_next)
            interface_add(at, family, to);
        freeifaddrs(interfaces);
    }
    if (!to->count)
        loopback_add(family, to);
    return true;
}

/* ---- DNS ---- */

static int verdict_error(enum dns_verdict verdict)
{
    switch (verdict) {
    case DNS_FOUND:
        return 0;
    case DNS_NO_NAME:
        return EAI_NONAME;
    case DNS_NO_DATA:
        return EAI_NODATA;
    default:
        return EAI_AGAIN;
    }
}

static enum dns_verdict dns_find(const struct resolver_settings *settings, const char *name,
                                 int family, struct host_list *to)
{
    static const int both[] = {DNS_A, DNS_AAAA};
    const int *types = family == AF_INET6 ? both + 1 : both;
    unsigned count = family == AF_UNSPEC ? 2 : 1;
    struct dns_answer answers[2];
    enum dns_verdict verdict = dns_ask(settings, name, types, count, answers);

    if (verdict != DNS_FOUND)
        return verdict;
    for (unsigned i = 0; i < count; i++) {
        if (answers[i].count)
            memcpy(to->name, answers[i].name, sizeof to->name);
        for (unsigned k = 0; k < answers[i].count; k++)
            hosts_add(to, types[i] == DNS_A ? AF_INET : AF_INET6, answers[i].addresses[k], 0);
    }
    return verdict;
}

/* What is known of a name after it was looked for in several domains. */
static enum dns_verdict verdicts_join(enum dns_verdict a, enum dns_verdict b)
{
    return a == DNS_NO_NAME || b == DNS_FOUND || b == DNS_FOREIGN ? b
           : a == DNS_NO_DATA && b == DNS_FAILED                  ? b
                                                                  : a;
}

static bool is_over(enum dns_verdict verdict)
{
    return verdict == DNS_FOUND || verdict == DNS_FOREIGN;
}

/* The name in each domain of the list. A server that cannot tell of one may of the next. */
static enum dns_verdict search_find(const struct resolver_settings *settings, const char *name,
                                    int family, struct host_list *to)
{
    char full[2 * DNS_NAME_BYTES], domains[DNS_NAME_BYTES], *state;
    enum dns_verdict verdict = DNS_NO_NAME;

    memcpy(domains, settings->names.search, sizeof domains);
    for (char *domain = strtok_r(domains, " ", &state); domain && !is_over(verdict);
         domain = strtok_r(NULL, " ", &state)) {
        snprintf(full, sizeof full, "%.254s.%s", name, domain);
        verdict = verdicts_join(verdict, dns_find(settings, full, family, to));
    }
    return verdict;
}

static unsigned dots_count(const char *name)
{
    unsigned count = 0;

    while ((name = strchr(name, '.')) != NULL) {
        count++;
        name++;
    }
    return count;
}

/* As resolv.conf(5) says: with enough dots as it is first, otherwise in the domains. */
static int dns_find_searching(const char *name, int family, struct host_list *to)
{
    struct resolver_settings settings;
    enum dns_verdict verdict = DNS_NO_NAME;
    bool is_whole = name[strlen(name) - 1] == '.', first;

    if (!dns_name_is_host(name))
        return EAI_NONAME;
    resolver_settings_read(&settings);
    first = is_whole || dots_count(name) >= settings.ndots;
    if (first)
        verdict = dns_find(&settings, name, family, to);
    if (!is_whole && !is_over(verdict))
        verdict = verdicts_join(verdict, search_find(&settings, name, family, to));
    if (!first && !is_over(verdict))
        verdict = verdicts_join(verdict, dns_find(&settings, name, family, to));
    return verdict_error(verdict);
}

int hosts_find(const char *name, int family, struct host_list *to)
{
    int error;

    to->count = 0;
    snprintf(to->name, sizeof to->name, "%s", name);
    if (!*name)
        return EAI_NONAME;
    if (file_find(name, family, to) && to->count)
        return 0;
    if (is_localhost(name))
        loopback_add(family, to);
    else if (!own_find(name, family, to)) {
        error = dns_find_searching(name, family, to);
        if (error)
            return error;
    }
    return to->count ? 0 : EAI_NODATA;
}

/* ---- from an address to its name ---- */

static bool file_find_name(const struct host_address *address, char to[DNS_NAME_BYTES])
{
    struct names_file file;
    struct host_address at;
    bool found = false;

    if (!names_file_open(&file, "hosts", hosts_essentials))
        return false;
    while (!found && names_file_line(&file)) {
        found = file.word_count > 1 && host_address_parse(file.words[0], &at) &&
                at.family == address->family && !memcmp(at.bytes, address->bytes, sizeof at.bytes);
        if (found)
            snprintf(to, DNS_NAME_BYTES, "%s", file.words[1]);
    }
    names_file_close(&file);
    return found;
}

/* 4.3.2.1.in-addr.arpa, or a digit for each four bits. */
static void reverse_name(const struct host_address *address, char *to)
{
    if (address->family == AF_INET) {
        for (int i = 3; i >= 0; i--)
            to += sprintf(to, "%u.", address->bytes[i]);
        strcpy(to, "in-addr.arpa");
        return;
    }
    for (int i = 15; i >= 0; i--)
        to += sprintf(to, "%x.%x.", address->bytes[i] & 0xfu, address->bytes[i] >> 4u);
    strcpy(to, "ip6.arpa");
}

int hosts_find_name(const struct host_address *address, char to[DNS_NAME_BYTES])
{
    static const int type = DNS_PTR;
    struct resolver_settings settings;
    struct dns_answer answer;
    enum dns_verdict verdict;
    char name[DNS_NAME_BYTES];

    if (file_find_name(address, to))
        return 0;
    resolver_settings_read(&settings);
    reverse_name(address, name);
    verdict = dns_ask(&settings, name, &type, 1, &answer);
    if (verdict == DNS_FOUND)
        memcpy(to, answer.name, DNS_NAME_BYTES);
    return verdict_error(verdict);
}
