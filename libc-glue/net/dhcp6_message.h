/* SPDX-License-Identifier: MIT
 *
 * Messages of DHCPv6 (RFC 8415), as far as a machine with one address on each card needs
 * them. Pure code over bytes, some of which came from outside.
 */
#ifndef NET_DHCP6_MESSAGE_H
#define NET_DHCP6_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libc-glue/names/names.h"

#pragma GCC visibility push(hidden)

enum dhcp6_type {
    DHCP6_SOLICIT = 1,
    DHCP6_ADVERTISE = 2,
    DHCP6_REQUEST = 3,
    DHCP6_RENEW = 5,
    DHCP6_REBIND = 6,
    DHCP6_REPLY = 7,
    DHCP6_DECLINE = 9,
    DHCP6_INFORMATION = 11,
};
#define DHCP6_MESSAGE_BYTES 256 /* the longest that is made here */
#define DHCP6_SERVER_BYTES  130 /* of an identifier, at most (RFC 8415, 11.1) */
#define DHCP6_FOREVER       UINT32_MAX

/* What a client knows, and asks for again. */
struct dhcp6_identity {
    uint32_t transaction; /* 24 bits */
    unsigned char hardware[6];
    unsigned char server[DHCP6_SERVER_BYTES];
    unsigned server_bytes; /* 0: none chosen yet */
    bool has_address;
    unsigned char address[16];
};

/* How many bytes. */
size_t dhcp6_message_make(const struct dhcp6_identity *who, enum dhcp6_type type,
                          uint32_t elapsed_ms, unsigned char to[DHCP6_MESSAGE_BYTES]);

/* What a server says. */
struct dhcp6_answer {
    enum dhcp6_type type;
    unsigned char server[DHCP6_SERVER_BYTES];
    unsigned server_bytes;
    bool has_address;
    unsigned char address[16];
    uint32_t preferred_s, valid_s, renew_s, rebind_s;
    struct resolver_names names;
};

/* False: not an answer to this client's question, or broken. */
bool dhcp6_answer_read(const struct dhcp6_identity *who, const unsigned char *message, size_t bytes,
                       struct dhcp6_answer *to);

#pragma GCC visibility pop

#endif
