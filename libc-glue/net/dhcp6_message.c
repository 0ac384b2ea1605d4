/* SPDX-License-Identifier: MIT */
#include "libc-glue/net/dhcp6_message.h"

#include <string.h>
#include <sys/socket.h>

enum option {
    CLIENT = 1,
    SERVER = 2,
    ADDRESSES = 3, /* IA_NA: a number, T1, T2, and options */
    ADDRESS = 5,   /* 16 bytes, how long preferred, how long valid, and options */
    WANTED = 6,
    ELAPSED = 8,
    STATUS = 13,
    NAME_SERVERS = 23,
    DOMAINS = 24,
};
#define HEAD_BYTES      4
#define ADDRESSES_BYTES 12
#define ADDRESS_BYTES   24
#define CLIENT_BYTES    10 /* DUID-LL: the card's hardware address */
#define ELAPSED_MAX     UINT16_MAX

/* ---- out ---- */

struct writer {
    unsigned char *to;
    size_t bytes;
};

static void put(struct writer *writer, const void *from, size_t bytes)
{
    memcpy(writer->to + writer->bytes, from, bytes);
    writer->bytes += bytes;
}

static void put16(struct writer *writer, unsigned value)
{
    put(writer, (unsigned char[]){(unsigned char)(value >> 8), (unsigned char)value}, 2);
}

static void put_head(struct writer *writer, enum option option, size_t bytes)
{
    put16(writer, option);
    put16(writer, (unsigned)bytes);
}

static void client_make(const struct dhcp6_identity *who, unsigned char to[CLIENT_BYTES])
{
    memcpy(to, "\0\3\0\1", 4); /* by the hardware address, of Ethernet */
    memcpy(to + 4, who->hardware, sizeof who->hardware);
}

/* One card, one number for its addresses: from its hardware address. */
static void put_addresses(struct writer *writer, const struct dhcp6_identity *who)
{
    static const unsigned char zeros[8];

    put_head(writer, ADDRESSES, ADDRESSES_BYTES + (who->has_address ? 4 + ADDRESS_BYTES : 0));
    put(writer, who->hardware + 2, 4);
    put(writer, zeros, 8);
    if (!who->has_address)
        return;
    put_head(writer, ADDRESS, ADDRESS_BYTES);
    put(writer, who->address, sizeof who->address);
    put(writer, zeros, 8);
}

size_t dhcp6_message_make(const struct dhcp6_identity *who, enum dhcp6_type type,
                          uint32_t elapsed_ms, unsigned char to[DHCP6_MESSAGE_BYTES])
{
    struct writer writer = {.to = to};
    unsigned char client[CLIENT_BYTES];
    uint32_t elapsed = elapsed_ms / 10;

    client_make(who, client);
    put16(&writer, (unsigned)type << 8 | (who->transaction >> 16 & 0xff));
    put16(&writer, who->transaction & 0xffff);
    put_head(&writer, CLIENT, sizeof client);
    put(&writer, client, sizeof client);
    if (who->server_bytes &&
        (type == DHCP6_REQUEST || type == DHCP6_RENEW || type == DHCP6_DECLINE)) {
        put_head(&writer, SERVER, who->server_bytes);
        put(&writer, who->server, who->server_bytes);
    }
    put_head(&writer, ELAPSED, 2);
    put16(&writer, elapsed < ELAPSED_MAX ? elapsed : ELAPSED_MAX);
    put_head(&writer, WANTED, 4);
    put16(&writer, NAME_SERVERS);
    put16(&writer, DOMAINS);
    if (type != DHCP6_INFORMATION)
        put_addresses(&writer, who);
    return writer.bytes;
}

/* ---- in ---- */

struct reader {
    const unsigned char *at;
    size_t left;
};

static uint32_t get(const unsigned char *at, unsigned bytes)
{
    uint32_t value = 0;

    while (bytes--)
        value = value << 8 | *at++;
    return value;
}

/* The next option: its number, and what is in it. -1: no more; -2: broken. */
static int option_next(struct reader *reader, struct reader *inside)
{
    if (!reader->left)
        return -1;
    if (reader->left < HEAD_BYTES || get(reader->at + 2, 2) > reader->left - HEAD_BYTES)
        return -2;
    int option = (int)get(reader->at, 2);
    *inside = (struct reader){reader->at + HEAD_BYTES, get(reader->at + 2, 2)};
    reader->at += HEAD_BYTES + inside->left;
    reader->left -= HEAD_BYTES + inside->left;
    return option;
}

/* Not refused: whatever it is of has no status, or that of success. */
static bool is_granted(struct reader options)
{
    struct reader inside;
    int option;

    while ((option = option_next(&options, &inside)) >= 0)
        if (option == STATUS && inside.left >= 2 && get(inside.at, 2))
            return false;
    return option == -1;
}

static void address_read(struct reader inside, struct dhcp6_answer *to)
{
    if (inside.left < ADDRESS_BYTES || to->has_address)
        return;
    struct reader options = {inside.at + ADDRESS_BYTES, inside.left - ADDRESS_BYTES};
    uint32_t preferred_s = get(inside.at + 16, 4), valid_s = get(inside.at + 20, 4);
    if (!valid_s || preferred_s > valid_s || inside.at[0] == 0xff || !is_granted(options))
        return;
    memcpy(to->address, inside.at, sizeof to->address);
    to->preferred_s = preferred_s;
    to->valid_s = valid_s;
    to->has_address = true;
}

/* When to ask for more time: what the server says, where that makes sense. */
static uint32_t part_of(uint32_t seconds, unsigned tenths)
{
    return seconds == DHCP6_FOREVER ? seconds : (uint32_t)((uint64_t)seconds * tenths / 10);
}

static void addresses_read(const struct dhcp6_identity *who, struct reader inside,
                           struct dhcp6_answer *to)
{
    struct reader options, address;
    int option;

    if (inside.left < ADDRESSES_BYTES || memcmp(inside.at, who->hardware + 2, 4) != 0)
        return;
    to->renew_s = get(inside.at + 4, 4);
    to->rebind_s = get(inside.at + 8, 4);
    options = (struct reader){inside.at + ADDRESSES_BYTES, inside.left - ADDRESSES_BYTES};
    if (!is_granted(options))
        return;
    while ((option = option_next(&options, &address)) >= 0)
        if (option == ADDRESS)
            address_read(address, to);
    if (!to->rebind_s || to->rebind_s > to->valid_s)
        to->rebind_s = part_of(to->preferred_s, 8);
    if (!to->renew_s || to->renew_s > to->rebind_s)
        to->renew_s = part_of(to->rebind_s, 6);
}

static void servers_read(struct reader inside, struct resolver_names *to)
{
    for (; inside.left >= 16; inside.at += 16, inside.left -= 16) {
        if (to->server_count == RESOLVER_SERVERS_MAX)
            return;
        struct resolver_server *server = &to->servers[to->server_count++];
        server->family = AF_INET6;
        server->port = 53;
        memcpy(server->address, inside.at, sizeof server->address);
    }
}

static bool is_client(const struct dhcp6_identity *who, struct reader inside)
{
    unsigned char client[CLIENT_BYTES];

    client_make(who, client);
    return inside.left == sizeof client && memcmp(inside.at, client, sizeof client) == 0;
}

bool dhcp6_answer_read(const struct dhcp6_identity *who, const unsigned char *message, size_t bytes,
                       struct dhcp6_answer *to)
{
    struct reader options = {message + HEAD_BYTES, bytes - HEAD_BYTES}, inside;
    bool is_ours = false;
    int option;

    memset(to, 0, sizeof *to);
    if (bytes < HEAD_BYTES || get(message + 1, 3) != who->transaction || !is_granted(options))
        return false;
    to->type = message[0];
    while ((option = option_next(&options, &inside)) >= 0) {
        if (option == CLIENT) {
            is_ours = is_client(who, inside);
        } else if (option == SERVER && inside.left && inside.left <= sizeof to->server) {
            memcpy(to->server, inside.at, inside.left);
            to->server_bytes = (unsigned)inside.left;
        } else if (option == ADDRESSES) {
            addresses_read(who, inside, to);
        } else if (option == NAME_SERVERS) {
            servers_read(inside, &to->names);
        } else if (option == DOMAINS) {
            dns_search_get(inside.at, inside.left, to->names.search);
        }
    }
    return is_ours && to->server_bytes && option == -1;
}
