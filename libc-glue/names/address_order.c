/* SPDX-License-Identifier: MIT
 *
 * Which of a host's addresses to try first: RFC 6724's rules, with the source address
 * that a socket gets for each.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libc-glue/names/names.h"

#define PORT_ANY 65535 /* nothing is sent */

/* The table of policies, longest prefixes first. */
static const struct policy {
    unsigned char prefix[16];
    unsigned char bits, precedence, label;
} policies[] = {
    {{[15] = 1}, 128, 50, 0},  {{[10] = 0xff, 0xff}, 96, 35, 4},
    {{0}, 96, 1, 3},           {{0x20, 0x01}, 32, 5, 5},
    {{0x20, 0x02}, 16, 30, 2}, {{0x3f, 0xfe}, 16, 1, 12},
    {{0xfe, 0xc0}, 10, 1, 11}, {{0xfc}, 7, 3, 13},
    {{0}, 0, 40, 1},
};

struct candidate {
    struct host_address address;
    unsigned char to[16], from[16]; /* mapped into IPv6 */
    bool reachable;
    const struct policy *policy;
    unsigned scope, common_bits, place;
    bool scope_fits, label_fits;
};

static unsigned bits_common(const unsigned char *a, const unsigned char *b)
{
    unsigned bits = 0;

    while (bits < 128 && !((a[bits / 8] ^ b[bits / 8]) & 0x80 >> bits % 8))
        bits++;
    return bits;
}

static const struct policy *policy_of(const unsigned char *address)
{
    const struct policy *policy = policies;

    while (bits_common(address, policy->prefix) < policy->bits)
        policy++;
    return policy;
}

static unsigned scope_of(const unsigned char *address)
{
    static const unsigned char mapped[12] = {[10] = 0xff, 0xff};

    if (!memcmp(address, mapped, sizeof mapped))
        return address[12] == 127 || (address[12] == 169 && address[13] == 254) ? 2 : 14;
    if (address[0] == 0xff)
        return address[1] & 0xf;
    if (address[0] == 0xfe && (address[1] & 0xc0) == 0x80)
        return 2;
    if (!memcmp(address, &in6addr_loopback, 16))
        return 2;
    return address[0] == 0xfe && (address[1] & 0xc0) == 0xc0 ? 5 : 14;
}

static void map(int family, const void *bytes, unsigned char to[16])
{
    if (family == AF_INET6) {
        memcpy(to, bytes, 16);
        return;
    }
    memset(to, 0, 10);
    memset(to + 10, 0xff, 2);
    memcpy(to + 12, bytes, 4);
}

/* The address that this machine would send from. */
static bool source_find(const struct host_address *address, unsigned char from[16])
{
    struct sockaddr_storage name;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    socklen_t length = host_address_name(address, PORT_ANY, &name);
    int fd = socket(address->family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_UDP);
    bool found;

    if (fd < 0)
        return false;
    found = !connect(fd, (struct sockaddr *)&name, length);
    length = sizeof name;
    found = found && !getsockname(fd, (struct sockaddr *)&name, &length);
    close(fd);
    if (!found)
        return false;
    memcpy(&in, &name, sizeof in);
    memcpy(&in6, &name, sizeof in6);
    map(address->family,
        address->family == AF_INET ? (const void *)&in.sin_addr : (const void *)&in6.sin6_addr,
        from);
    return true;
}

static void candidate_make(const struct host_address *address, unsigned place, struct candidate *to)
{
    *to = (struct candidate){.address = *address, .place = place};
    map(address->family, address->bytes, to->to);
    to->policy = policy_of(to->to);
    to->scope = scope_of(to->to);
    to->reachable = source_find(address, to->from);
    if (!to->reachable)
        return;
    to->scope_fits = scope_of(to->from) == to->scope;
    to->label_fits = policy_of(to->from)->label == to->policy->label;
    if (address->family == AF_INET6)
        to->common_bits = bits_common(to->to, to->from);
}

/* Rules 1, 2, 5, 6, 8, 9 and 10; the others are about what there is none of here. */
static int candidates_compare(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;

    if (a->reachable != b->reachable)
        return b->reachable - a->reachable;
    if (a->scope_fits != b->scope_fits)
        return b->scope_fits - a->scope_fits;
    if (a->label_fits != b->label_fits)
        return b->label_fits - a->label_fits;
    if (a->policy->precedence != b->policy->precedence)
        return b->policy->precedence - a->policy->precedence;
    if (a->scope != b->scope)
        return a->scope < b->scope ? -1 : 1;
    if (a->address.family == b->address.family && a->common_bits != b->common_bits)
        return a->common_bits > b->common_bits ? -1 : 1;
    return a->place < b->place ? -1 : 1;
}

void address_order(struct host_address *addresses, unsigned count)
{
    struct candidate *candidates = count > 1 ? calloc(count, sizeof *candidates) : NULL;

    if (!candidates)
        return;
    for (unsigned i = 0; i < count; i++)
        candidate_make(&addresses[i], i, &candidates[i]);
    qsort(candidates, count, sizeof *candidates, candidates_compare);
    for (unsigned i = 0; i < count; i++)
        addresses[i] = candidates[i].address;
    free(candidates);
}
