/* SPDX-License-Identifier: MIT */
#include "libc-glue/net/boot_words.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS_MAX 10
#define MTU_MIN    576
#define MTU_MAX    65535

/* The fields of ip=, as Documentation/admin-guide/nfs/nfsroot.rst of Linux lists them. */
enum { CLIENT, SERVER, GATEWAY, MASK, HOST, DEVICE, AUTOCONF, DNS0, DNS1, NTP0 };

static const char *const ip = "ip=", *const ip6 = "thimble.ip6=", *const route = "thimble.route=",
                         *const mtu = "thimble.mtu=", *const dns = "thimble.dns=",
                         *const search = "thimble.search=", *const host = "thimble.hostname=";

/* ---- small texts ---- */

/* Splits in place; a field more than there is room for is left in the last one. */
static unsigned split(char *text, char by, char *fields[], unsigned max)
{
    unsigned count = 0;

    for (;;) {
        fields[count++] = text;
        text = count < max ? strchr(text, by) : NULL;
        if (!text)
            return count;
        *text++ = 0;
    }
}

static bool number_parse(const char *text, unsigned max, unsigned *to)
{
    unsigned value = 0;

    if (!*text || strlen(text) > 5)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        value = value * 10 + (unsigned)(*text - '0');
    }
    *to = value;
    return value <= max;
}

static bool is_zero(const unsigned char *bytes, size_t count)
{
    while (count)
        if (bytes[--count])
            return false;
    return true;
}

bool net_prefix_parse(const char *text, struct net_prefix *to)
{
    char address[INET6_ADDRSTRLEN];
    const char *slash = strchr(text, '/');
    size_t length = slash ? (size_t)(slash - text) : strlen(text);

    if (length >= sizeof address)
        return false;
    memset(to, 0, sizeof *to);
    memcpy(address, text, length);
    address[length] = 0;
    to->family = strchr(address, ':') ? AF_INET6 : AF_INET;
    unsigned bits_max = to->family == AF_INET ? 32 : 128;
    to->bits = bits_max;
    return inet_pton(to->family, address, to->bytes) == 1 &&
           (!slash || number_parse(slash + 1, bits_max, &to->bits));
}

/* An address that a machine can have. */
static bool is_unicast(const struct net_prefix *address)
{
    static const unsigned char loopback6[16] = {[15] = 1};
    const unsigned char *b = address->bytes;

    if (address->family == AF_INET)
        return b[0] && b[0] != 127 && b[0] < 224;
    return b[0] != 0xff && !is_zero(b, 16) && memcmp(b, loopback6, 16);
}

/* 255.255.255.0 or 24. */
static bool mask_parse(const char *text, unsigned *bits)
{
    unsigned char bytes[4];
    uint32_t mask;

    if (number_parse(text, 32, bits))
        return true;
    if (inet_pton(AF_INET, text, bytes) != 1)
        return false;
    mask = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    *bits = mask ? 32 - (unsigned)__builtin_ctz(mask) : 0;
    return mask == (*bits ? 0xffffffffu << (32 - *bits) : 0);
}

/* ---- ip= ---- */

struct ip_word {
    enum net_method method;
    struct net_prefix address;
    unsigned char gateway[4];
    const char *host, *device;
    const char *dns[2];
};

static bool method_parse(const char *text, enum net_method *to)
{
    static const char *const automatic[] = {"dhcp", "on", "any", "both"};

    if (!strcmp(text, "off") || !strcmp(text, "none") || !strcmp(text, "static")) {
        *to = NET_OFF;
        return true;
    }
    *to = NET_AUTOMATIC;
    for (size_t i = 0; i < sizeof automatic / sizeof automatic[0]; i++)
        if (!strcmp(text, automatic[i]))
            return true;
    return false;
}

/* The mask: said, behind the address, or that of the address's class. */
static bool mask_take(const char *mask, bool has_bits, struct net_prefix *address)
{
    unsigned first = address->bytes[0];

    if (*mask)
        return mask_parse(mask, &address->bits);
    if (!has_bits)
        address->bits = first < 128 ? 8 : first < 192 ? 16 : 24;
    return true;
}

static const char *address_take(char *fields[], struct ip_word *to)
{
    if (!net_prefix_parse(fields[CLIENT], &to->address) || to->address.family != AF_INET)
        return "the address is none of IPv4 (for IPv6 there is thimble.ip6=)";
    if (!is_unicast(&to->address))
        return "a machine cannot have this address";
    if (!mask_take(fields[MASK], strchr(fields[CLIENT], '/'), &to->address))
        return "the netmask is none";
    if (*fields[GATEWAY] && inet_pton(AF_INET, fields[GATEWAY], to->gateway) != 1)
        return "the gateway is no address of IPv4";
    to->method = NET_GIVEN;
    return NULL;
}

/* What is wrong with the word; NULL: nothing. It is taken apart in place. */
static const char *ip_word_parse(char *word, struct ip_word *to)
{
    char *fields[FIELDS_MAX + 1];
    unsigned count = split(word, ':', fields, FIELDS_MAX);
    bool is_method = count == 1 && !(*word >= '0' && *word <= '9');
    struct net_prefix server;

    memset(to, 0, sizeof *to);
    for (; count < FIELDS_MAX; count++)
        fields[count] = word + strlen(word);
    to->host = fields[HOST];
    to->device = fields[DEVICE];
    if (is_method)
        return method_parse(word, &to->method) ? NULL : "expected off, dhcp or an address";
    if (*fields[AUTOCONF] && !method_parse(fields[AUTOCONF], &to->method))
        return "the seventh field is not off or dhcp";
    if (*to->host && !host_name_is_good(to->host))
        return "the host's name is none";
    for (int i = 0; i < 2; i++) {
        to->dns[i] = fields[DNS0 + i];
        if (*to->dns[i] && (!net_prefix_parse(to->dns[i], &server) || strchr(to->dns[i], '/')))
            return "the name server is no address";
    }
    if (!*fields[CLIENT] || (*fields[AUTOCONF] && to->method == NET_AUTOMATIC))
        return NULL; /* what is said beside dhcp is what DHCP says */
    return address_take(fields, to);
}

/* Without a device, an address is for the first card, and what is not for all. */
static bool is_for(const char *device, bool for_first, const char *card, unsigned number)
{
    return *device ? !strcmp(device, card) : !for_first || !number;
}

static void complain(const struct net_words *words, const char *prefix, unsigned n,
                     const char *what)
{
    char word[NET_WORD_BYTES];

    if (words->complain && words->get(prefix, n, word, sizeof word))
        words->complain(prefix, word, what);
}

static const char *device_check(const struct net_words *words, const char *device)
{
    return !*device || !words->is_card || words->is_card(device) ? NULL
                                                                 : "there is no such network card";
}

static void ip_words_take(const struct net_words *words, const char *card, unsigned number,
                          struct net_plan *to)
{
    char word[NET_WORD_BYTES];
    struct ip_word parsed;

    for (unsigned n = 0; words->get(ip, n, word, sizeof word); n++) {
        const char *what = ip_word_parse(word, &parsed);
        if (!what)
            what = device_check(words, parsed.device);
        if (what && !number)
            complain(words, ip, n, what);
        if (what || !is_for(parsed.device, parsed.method == NET_GIVEN, card, number))
            continue;
        to->method4 = parsed.method;
        to->address4 = parsed.address;
        memcpy(to->gateway4, parsed.gateway, sizeof to->gateway4);
    }
}

/* ---- thimble.ip6=ADDRESS/BITS,GATEWAY,DEVICE, off or auto ---- */

static const char *ip6_word_take(char *word, const struct net_words *words, const char *card,
                                 unsigned number, struct net_plan *to)
{
    char *fields[3] = {word, "", ""};
    struct net_prefix address, gateway = {0};
    bool is_method;
    const char *what;

    split(word, ',', fields, 3);
    is_method = !strcmp(word, "off") || !strcmp(word, "auto");
    char *device = is_method ? fields[1] : fields[2];
    if (!is_method && (!net_prefix_parse(word, &address) || address.family != AF_INET6))
        return "expected off, auto or an address of IPv6";
    if (!is_method && !is_unicast(&address))
        return "a machine cannot have this address";
    if (!is_method && *fields[1] &&
        (!net_prefix_parse(fields[1], &gateway) || gateway.family != AF_INET6))
        return "the gateway is no address of IPv6";
    what = device_check(words, device);
    if (what || !is_for(device, !is_method, card, number))
        return what;
    if (is_method) {
        to->method6 = *word == 'o' ? NET_OFF : NET_AUTOMATIC;
        return NULL;
    }
    if (to->address6_count == NET_ADDRESSES_MAX)
        return "there are too many addresses";
    if (!strchr(word, '/'))
        address.bits = 64;
    to->addresses6[to->address6_count++] = address;
    if (*fields[1])
        memcpy(to->gateway6, gateway.bytes, sizeof to->gateway6);
    return NULL;
}

/* ---- thimble.route=PREFIX,GATEWAY,DEVICE ---- */

static const char *route_word_take(char *word, const struct net_words *words, const char *card,
                                   unsigned number, struct net_plan *to)
{
    char *fields[3] = {word, "", ""};
    struct net_prefix prefix, gateway = {0};
    const char *what;

    split(word, ',', fields, 3);
    if (!net_prefix_parse(fields[0], &prefix) || prefix.family != AF_INET)
        return "expected ADDRESS/BITS of IPv4";
    if (*fields[1] && (!net_prefix_parse(fields[1], &gateway) || gateway.family != AF_INET))
        return "the gateway is no address of IPv4";
    what = device_check(words, fields[2]);
    if (what || !is_for(fields[2], true, card, number))
        return what;
    if (to->route_count == NET_ROUTES_MAX)
        return "there are too many routes";
    to->routes[to->route_count].to = prefix;
    memcpy(to->routes[to->route_count++].gateway, gateway.bytes, sizeof gateway.bytes);
    return NULL;
}

/* ---- thimble.mtu=BYTES,DEVICE ---- */

static const char *mtu_word_take(char *word, const struct net_words *words, const char *card,
                                 unsigned number, struct net_plan *to)
{
    char *fields[2] = {word, ""};
    const char *what;
    unsigned value;

    split(word, ',', fields, 2);
    if (!number_parse(fields[0], MTU_MAX, &value) || value < MTU_MIN)
        return "expected a number of bytes from 576 on";
    what = device_check(words, fields[1]);
    if (!what && is_for(fields[1], false, card, number))
        to->mtu = value;
    return what;
}

typedef const char *word_take(char *word, const struct net_words *words, const char *card,
                              unsigned number, struct net_plan *to);

static void words_take(const struct net_words *words, const char *prefix, word_take *take,
                       const char *card, unsigned number, struct net_plan *to)
{
    char word[NET_WORD_BYTES];

    for (unsigned n = 0; words->get(prefix, n, word, sizeof word); n++) {
        const char *what = take(word, words, card, number, to);
        if (what && !number)
            complain(words, prefix, n, what);
    }
}

void net_plan_read(const struct net_words *words, const char *card, unsigned number,
                   struct net_plan *to)
{
    memset(to, 0, sizeof *to);
    ip_words_take(words, card, number, to);
    words_take(words, ip6, ip6_word_take, card, number, to);
    words_take(words, route, route_word_take, card, number, to);
    words_take(words, mtu, mtu_word_take, card, number, to);
}

/* ---- names ---- */

static void server_add(const char *text, struct resolver_names *to)
{
    if (to->server_count < RESOLVER_SERVERS_MAX &&
        resolver_server_parse(text, &to->servers[to->server_count]))
        to->server_count++;
}

static void ip_names_take(const struct net_words *words, struct resolver_names *to)
{
    char word[NET_WORD_BYTES];
    struct ip_word parsed;

    for (unsigned n = 0; words->get(ip, n, word, sizeof word); n++)
        if (!ip_word_parse(word, &parsed))
            for (int i = 0; i < 2; i++)
                if (parsed.dns[i] && *parsed.dns[i])
                    server_add(parsed.dns[i], to);
}

static void dns_word_take(const struct net_words *words, unsigned n, char *word,
                          struct resolver_names *to)
{
    char *servers[RESOLVER_SERVERS_MAX];
    unsigned count = split(word, ',', servers, RESOLVER_SERVERS_MAX);

    for (unsigned i = 0; i < count; i++) {
        unsigned before = to->server_count;
        server_add(servers[i], to);
        if (before == to->server_count)
            complain(words, dns, n, "expected up to three addresses of name servers");
    }
}

static void search_word_take(const struct net_words *words, unsigned n, char *word,
                             struct resolver_names *to)
{
    char *domains[RESOLVER_SEARCH_MAX];
    unsigned count = split(word, ',', domains, RESOLVER_SEARCH_MAX);
    size_t length = strlen(to->search);

    for (unsigned i = 0; i < count; i++) {
        size_t bytes = strlen(domains[i]);
        if (!dns_name_is_host(domains[i]) || length + bytes + 2 > sizeof to->search) {
            complain(words, search, n, "expected names of domains");
            continue;
        }
        if (length)
            to->search[length++] = ' ';
        memcpy(to->search + length, domains[i], bytes + 1);
        length += bytes;
    }
}

void net_names_plan_read(const struct net_words *words, struct net_names_plan *to)
{
    char word[NET_WORD_BYTES];

    memset(to, 0, sizeof *to);
    ip_names_take(words, &to->from_ip);
    for (unsigned n = 0; words->get(dns, n, word, sizeof word); n++)
        dns_word_take(words, n, word, &to->given);
    for (unsigned n = 0; words->get(search, n, word, sizeof word); n++)
        search_word_take(words, n, word, &to->given);
    if (words->get(host, 0, word, sizeof word) && !host_name_is_good(word))
        complain(words, host, 0, "the host's name is none");
    to->verbose = words->get("thimble.net=", 0, word, sizeof word) && !strcmp(word, "verbose");
}
