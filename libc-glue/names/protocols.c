/* SPDX-License-Identifier: MIT
 *
 * Names of protocols and networks: /etc/protocols and /etc/networks, or the well-known.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libc-glue/names/names.h"

#define ROOM_BYTES 512

static const char protocols[] = "ip 0 IP\nicmp 1 ICMP\nigmp 2 IGMP\nipencap 4 IP-ENCAP\n"
                                "tcp 6 TCP\nudp 17 UDP\ndccp 33 DCCP\nipv6 41 IPv6\n"
                                "ipv6-route 43 IPv6-Route\nipv6-frag 44 IPv6-Frag\ngre 47 GRE\n"
                                "esp 50 IPSEC-ESP\nah 51 IPSEC-AH\nipv6-icmp 58 IPv6-ICMP\n"
                                "ipv6-nonxt 59 IPv6-NoNxt\nipv6-opts 60 IPv6-Opts\n"
                                "pim 103 PIM\nsctp 132 SCTP\nudplite 136 UDPLite\n";
static const char networks[] = "loopback 127.0.0.0\nlink-local 169.254.0.0\n";

/* The next line NAME VALUE ALIAS... with that name, or with words[1] as `fits` wants. */
static bool line_find(struct names_file *file, const char *name, long number,
                      long (*value)(const char *text))
{
    while (names_file_line(file)) {
        bool fits = !name;
        for (int i = 0; name && i < file->word_count; i++)
            fits = fits || (i != 1 && !strcmp(file->words[i], name));
        if (file->word_count > 1 && fits && (number < 0 || value(file->words[1]) == number))
            return true;
    }
    return false;
}

static long protocol_value(const char *text)
{
    return atol(text);
}

static int protocol_fill(struct names_file *file, struct protoent *entry, char *memory,
                         size_t bytes)
{
    struct names_room room = {memory, bytes};

    entry->p_aliases = names_room_list(&room, file->words + 2, (size_t)file->word_count - 2);
    entry->p_name = names_room_text(&room, file->words[0]);
    entry->p_proto = (int)protocol_value(file->words[1]);
    return room.at ? 0 : ERANGE;
}

static int protocol_find(const char *name, long number, struct protoent *entry, char *memory,
                         size_t bytes, struct protoent **result)
{
    struct names_file file;
    int error = ENOENT;

    *result = NULL;
    if (!names_file_open(&file, "protocols", protocols))
        return ENOMEM;
    if (line_find(&file, name, number, protocol_value))
        error = protocol_fill(&file, entry, memory, bytes);
    names_file_close(&file);
    if (!error)
        *result = entry;
    return error;
}

int getprotobyname_r(const char *restrict name, struct protoent *restrict entry,
                     char *restrict memory, size_t bytes, struct protoent **restrict result)
{
    return protocol_find(name, -1, entry, memory, bytes, result);
}

int getprotobynumber_r(int number, struct protoent *restrict entry, char *restrict memory,
                       size_t bytes, struct protoent **restrict result)
{
    return protocol_find(NULL, number < 0 ? 256 : number, entry, memory, bytes, result);
}

/* ---- in memory of ours, until the next call ---- */

static struct protoent own_protocol;
static struct netent own_network;
static char own_memory[ROOM_BYTES], own_network_memory[ROOM_BYTES];
static struct names_file all_protocols, all_networks;

struct protoent *getprotobyname(const char *name)
{
    struct protoent *result;

    getprotobyname_r(name, &own_protocol, own_memory, sizeof own_memory, &result);
    return result;
}

struct protoent *getprotobynumber(int number)
{
    struct protoent *result;

    getprotobynumber_r(number, &own_protocol, own_memory, sizeof own_memory, &result);
    return result;
}

void setprotoent(int stay_open)
{
    (void)stay_open;
    endprotoent();
}

void endprotoent(void)
{
    if (all_protocols.text)
        names_file_close(&all_protocols);
}

struct protoent *getprotoent(void)
{
    if (!all_protocols.text && !names_file_open(&all_protocols, "protocols", protocols))
        return NULL;
    if (!line_find(&all_protocols, NULL, -1, protocol_value) ||
        protocol_fill(&all_protocols, &own_protocol, own_memory, sizeof own_memory))
        return NULL;
    return &own_protocol;
}

/* 127 is 127.0.0.0. */
static long network_whole(in_addr_t network)
{
    while (network && !(network & 0xff000000))
        network <<= 8;
    return network;
}

static long network_value(const char *text)
{
    return network_whole(inet_network(text));
}

static struct netent *network_find(struct names_file *file, const char *name, long number)
{
    struct names_room room = {own_network_memory, sizeof own_network_memory};

    if (!line_find(file, name, number, network_value))
        return NULL;
    own_network.n_aliases = names_room_list(&room, file->words + 2, (size_t)file->word_count - 2);
    own_network.n_name = names_room_text(&room, file->words[0]);
    own_network.n_addrtype = AF_INET;
    own_network.n_net = (uint32_t)network_value(file->words[1]);
    return room.at ? &own_network : NULL;
}

static struct netent *network_ask(const char *name, long number)
{
    struct names_file file;
    struct netent *found;

    if (!names_file_open(&file, "networks", networks))
        return NULL;
    found = network_find(&file, name, number);
    names_file_close(&file);
    return found;
}

struct netent *getnetbyname(const char *name)
{
    return network_ask(name, -1);
}

struct netent *getnetbyaddr(uint32_t network, int family)
{
    if (family != AF_INET && family != AF_UNSPEC)
        return NULL;
    return network_ask(NULL, network_whole(network));
}

void setnetent(int stay_open)
{
    (void)stay_open;
    endnetent();
}

void endnetent(void)
{
    if (all_networks.text)
        names_file_close(&all_networks);
}

struct netent *getnetent(void)
{
    if (!all_networks.text && !names_file_open(&all_networks, "networks", networks))
        return NULL;
    return network_find(&all_networks, NULL, -1);
}
