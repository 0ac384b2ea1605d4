/* SPDX-License-Identifier: MIT
 *
 * The network's code as a program of the host, with the address and undefined-behaviour
 * sanitizers: lwIP with our port, the sockets above it and a card of memory below. A peer
 * talks to it in all its protocols, in connections that live; most of what it sends is then
 * changed a little. The same seed does the same.
 *     net SEEDS FIRST     so many seeds from FIRST on, STEPS steps each
 * What runs below the network in a machine is here at the end, in a few lines each.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lwip/ip.h>
#include <lwip/memp.h>
#include <lwip/priv/tcp_priv.h>

#include "kernel/memory.h"
#include "kernel/thread.h"
#include "libc-glue/net/configure.h"
#include "libc-glue/net/inet.h"

#define STEPS       4000
#define FRAME_MAX   2048
#define LIVE_MAX    8
#define PROGRAM_MAX 24
#define OUT_MAX     64 /* frames that the card has not sent yet */

static uint64_t random_state;
static uint64_t now_ns = 1000000000;
static bool memory_fails; /* now and then */
static const uint8_t own_mac[6] = {0x52, 0x54, 0, 1, 2, 3}, peer_mac[6] = {2, 0, 0, 9, 9, 9};
static const uint8_t own4[4] = {10, 0, 0, 2}, peer4[4] = {10, 0, 0, 1};
static uint8_t own6[16] = {0xfe, 0x80, [8] = 0x50, 0x54, 0, 0xff, 0xfe, 1, 2, 3};
static const uint8_t peer6[16] = {0xfe, 0x80, [15] = 1};

static uint32_t chance(uint32_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 16) % below;
}

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition);                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* ---- the peer's connections: it learns from what comes out ---- */

struct live {
    bool used, six;
    uint16_t own_port, peer_port;
    uint32_t next, acknowledged; /* the peer's next number, and the other's */
};
static struct live lives[LIVE_MAX];
static uint8_t last_out[FRAME_MAX]; /* for ICMP errors to quote */
static size_t last_out_bytes;
static uint32_t dhcp_xid;
static uint8_t dhcp_asked; /* the kind of its last message; 0: none */

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value);
}

static void tcp_learn(const uint8_t *tcp, size_t size, bool six)
{
    uint16_t own = (uint16_t)(tcp[0] << 8 | tcp[1]), peer = (uint16_t)(tcp[2] << 8 | tcp[3]);
    struct live *live = NULL;
    uint32_t length = (uint32_t)(size - (tcp[12] >> 4) * 4u);

    if (tcp[13] & 3)
        length++;
    for (int i = 0; i < LIVE_MAX; i++)
        if (lives[i].used && lives[i].own_port == own && lives[i].peer_port == peer)
            live = &lives[i];
    if (!live && (tcp[13] & 0x12) == 2) { /* it connects to us */
        live = &lives[chance(LIVE_MAX)];
        *live = (struct live){true, six, own, peer, chance(0xffffffff), 0};
    }
    if (!live)
        return;
    live->acknowledged = get32(tcp + 4) + length;
    if (tcp[13] & 4 && chance(4) == 0)
        live->used = false;
}

static void frame_learn(const uint8_t *frame, size_t size)
{
    if (size > FRAME_MAX)
        size = FRAME_MAX;
    memcpy(last_out, frame, size);
    last_out_bytes = size;
    if (size >= 54 && frame[12] == 8 && frame[13] == 0 && frame[23] == 6)
        tcp_learn(frame + 34, size - 34, false);
    else if (size >= 74 && frame[12] == 0x86 && frame[20] == 6)
        tcp_learn(frame + 54, size - 54, true);
    else if (size >= 290 && frame[12] == 8 && frame[23] == 17 && frame[37] == 67) {
        dhcp_xid = get32(frame + 46);
        dhcp_asked = frame[284];
    }
}

/* ---- the card ---- */

static struct nic *the_nic;
static void *out[OUT_MAX];
static unsigned out_count, lent;

static bool card_find(struct nic *nic, unsigned n)
{
    if (n)
        return false;
    memcpy(nic->address, own_mac, 6);
    nic->link_up = true;
    nic->features = NIC_CHECKSUM_IN | NIC_CHECKSUM_OUT | NIC_SEGMENT_IP4 | NIC_SEGMENT_IP6;
    if (chance(3) == 0)
        nic->features = NIC_CHECKSUM_IN;
    the_nic = nic;
    return true;
}

static bool card_start(struct nic *nic, size_t bytes)
{
    (void)nic, (void)bytes;
    return true;
}

static void out_finish(void)
{
    while (out_count)
        the_nic->sent(the_nic, out[--out_count]);
}

static bool card_send(struct nic *nic, const struct nic_send *send)
{
    static uint8_t frame[1 << 17];
    size_t size = 0;

    if (out_count == OUT_MAX || (send->segment_bytes && chance(50) == 0))
        return false;
    for (unsigned i = 0; i < send->part_count; i++) {
        CHECK(send->parts[i].size_bytes);
        memcpy(frame + size, send->parts[i].data, send->parts[i].size_bytes);
        size += send->parts[i].size_bytes;
        CHECK(size <= 66000);
    }
    CHECK(send->segment_bytes || size <= nic->mtu + 14u);
    CHECK(!send->checksum_start || send->checksum_start + send->checksum_offset + 2u <= size);
    frame_learn(frame, size);
    if (chance(4))
        out[out_count++] = send->token;
    else
        nic->sent(nic, send->token);
    return true;
}

static void card_flush(struct nic *nic)
{
    (void)nic;
    if (chance(2))
        out_finish();
}

static unsigned card_poll(struct nic *nic, unsigned most)
{
    (void)nic, (void)most;
    return 0;
}

static void card_give_back(struct nic *nic, struct nic_frame *frame)
{
    (void)nic;
    lent--;
    free(*(void **)(frame + 1));
    free(frame);
}

static bool card_yes(struct nic *nic)
{
    (void)nic;
    return true;
}

static void card_nothing(struct nic *nic)
{
    (void)nic;
}

static const struct nic_driver card = {
    "fuzz",         card_find, card_start,   card_send, card_flush, card_poll,
    card_give_back, card_yes,  card_nothing, card_yes,  NULL};
const struct nic_driver *const nic_drivers[] = {&card, NULL};

/* A buffer of just these bytes, somewhere in memory: they begin where a card would put them. */
static struct nic_frame *buffer_of(const uint8_t *bytes, size_t size)
{
    struct nic_frame *frame = aligned_alloc(16, (sizeof *frame + sizeof(void *) + 15) & ~15ul);
    size_t before = 2;

    memset(frame, 0, sizeof *frame);
    *(void **)(frame + 1) = malloc(before + size);
    frame->data = *(uint8_t **)(frame + 1) + before;
    memcpy(frame->data, bytes, size);
    frame->size_bytes = (uint32_t)size;
    frame->nic = the_nic;
    lent++;
    return frame;
}

static void receive(const uint8_t *bytes, size_t size)
{
    size_t first = chance(6) == 0 && size > 20 ? 14 + chance((uint32_t)size - 14) : size;
    struct nic_frame *frame = buffer_of(bytes, first ? first : size), *last = frame;

    for (size_t at = frame->size_bytes; at < size;) {
        size_t part = 1 + chance((uint32_t)(size - at));
        last = last->next = buffer_of(bytes + at, part);
        at += part;
    }
    frame->flags = NIC_FRAME_CHECKED | (chance(10) ? 0 : NIC_FRAME_SCARCE);
    the_nic->received(the_nic, frame);
}

/* ---- frames ---- */

static uint8_t frame[FRAME_MAX + 64];
static size_t frame_bytes;

static uint32_t sum_of(const uint8_t *at, size_t size, uint32_t sum)
{
    for (size_t i = 0; i < size; i++)
        sum += i & 1 ? at[i] : (uint32_t)at[i] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

static uint8_t *ethernet(uint32_t type, bool group)
{
    memset(frame, 0, sizeof frame);
    memcpy(frame, own_mac, 6);
    if (group)
        memset(frame, 0xff, 6);
    memcpy(frame + 6, peer_mac, 6);
    put16(frame + 12, type);
    return frame + 14;
}

static uint8_t *ip4(unsigned protocol, size_t bytes)
{
    uint8_t *ip = ethernet(0x800, chance(20) == 0);
    static uint16_t id;

    ip[0] = 0x45;
    put16(ip + 2, (uint32_t)(20 + bytes));
    put16(ip + 4, chance(3) ? ++id : id);
    if (chance(12) == 0)
        put16(ip + 6, chance(2) ? 0x2000 | chance(200) : chance(200));
    ip[8] = 64;
    ip[9] = (uint8_t)protocol;
    memcpy(ip + 12, peer4, 4);
    memcpy(ip + 16, own4, 4);
    if (chance(30) == 0)
        put32(ip + 16, chance(2) ? 0xffffffff : 0xe0000001);
    frame_bytes = 34 + bytes;
    return ip + 20;
}

static uint8_t *ip6(unsigned protocol, size_t bytes)
{
    uint8_t *ip = ethernet(0x86dd, chance(20) == 0), *at = ip + 40;
    static const uint8_t kinds[] = {0, 60, 43, 44};

    ip[0] = 0x60;
    ip[6] = (uint8_t)protocol;
    ip[7] = 255;
    memcpy(ip + 8, peer6, 16);
    memcpy(ip + 24, own6, 16);
    if (protocol == 58 && chance(3) == 0)
        memcpy(ip + 24, "\xff\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
    while (chance(6) == 0 && at < frame + 200) { /* headers between */
        uint8_t kind = kinds[chance(4)];
        at[0] = ip[6];
        at[1] = kind == 44 ? 0 : (uint8_t)(chance(5) ? 0 : chance(4));
        if (kind == 44)
            put16(at + 2, chance(3) ? (chance(30) << 3 | chance(2)) : 0), put32(at + 4, chance(3));
        ip[6] = kind;
        memmove(at + 8, at + 8, 0);
        at += 8;
        break;
    }
    put16(ip + 4, (uint32_t)(at - ip - 40 + (long)bytes));
    frame_bytes = (size_t)(at - frame) + bytes;
    return at;
}

static uint8_t *packet(bool six, unsigned protocol, size_t bytes)
{
    return six ? ip6(protocol, bytes) : ip4(protocol, bytes);
}

/* What lwIP itself checks is made right again after a change. */
static void checksums_repair(void)
{
    uint8_t *ip = frame + 14;
    size_t left = frame_bytes - 14, head = (size_t)(ip[0] & 15) * 4;

    if (frame[12] == 8 && left >= 20 && left >= head && head >= 20) {
        put16(ip + 10, 0);
        put16(ip + 10, ~sum_of(ip, head, 0));
        size_t total = (size_t)(ip[2] << 8 | ip[3]);
        if ((ip[9] == 1 || ip[9] == 2) && total <= left && total >= head + 8) {
            put16(ip + head + 2, 0);
            put16(ip + head + 2, ~sum_of(ip + head, total - head, 0));
        }
    } else if (frame[12] == 0x86 && left >= 48 && ip[6] == 58) {
        size_t bytes = (size_t)(ip[4] << 8 | ip[5]);
        if (bytes >= 8 && bytes + 40 <= left) {
            put16(ip + 42, 0);
            put16(ip + 42, ~sum_of(ip + 40, bytes, sum_of(ip + 8, 32, (uint32_t)bytes + 58)));
        }
    }
}

/* ---- what the peer says ---- */

static size_t tcp_options(uint8_t *at)
{
    size_t size = 0;

    if (chance(2))
        memcpy(at + size, "\2\4\5\xb4", 4), size += 4;
    if (chance(2))
        memcpy(at + size, "\1\3\3\7", 4), size += 4;
    if (chance(2))
        memcpy(at + size, "\1\1\4\2", 4), size += 4;
    if (chance(2)) {
        memcpy(at + size, "\1\1\10\12", 4);
        put32(at + size + 4, (uint32_t)(now_ns / 1000000));
        put32(at + size + 8, chance(1000));
        size += 12;
    }
    if (chance(8) == 0)
        memcpy(at + size, "\1\1\5\12\0\0\0\1\0\0\1\0", 12), size += 12;
    return size;
}

static void say_tcp(void)
{
    struct live *live = &lives[chance(LIVE_MAX)];
    uint8_t options[40] = {0}, flags = 0x10;
    size_t data = chance(3) ? 0 : chance(5) ? chance(100) : chance(1400), optional;
    bool begins = !live->used;
    uint32_t number;

    if (begins) {
        static const uint16_t ports[] = {80, 81, 7};
        *live = (struct live){
            true, chance(2), ports[chance(3)], (uint16_t)(1024 + chance(50)), chance(0xffffffff),
            0};
        flags = 2;
        data = 0;
    } else if (chance(12) == 0) {
        flags |= (uint8_t)(1u << chance(6));
    }
    optional = begins || chance(3) == 0 ? tcp_options(options) : 0;
    uint8_t *tcp = packet(live->six, 6, 20 + optional + data);
    number = live->next;
    if (!begins && chance(8) == 0)
        number += chance(3000) - 1500; /* too early, too late, again */
    put16(tcp, live->peer_port);
    put16(tcp + 2, live->own_port);
    put32(tcp + 4, number);
    put32(tcp + 8, live->acknowledged - (chance(8) ? 0 : chance(3000)));
    tcp[12] = (uint8_t)((20 + optional) / 4 << 4);
    tcp[13] = flags | (data ? 8 : 0);
    put16(tcp + 14, chance(10) ? 0xffff : chance(3000));
    memcpy(tcp + 20, options, optional);
    for (size_t i = 0; i < data; i++)
        tcp[20 + optional + i] = (uint8_t)i;
    if (number == live->next)
        live->next += (uint32_t)data + ((flags & 3) != 0);
    if (flags & 4)
        live->used = false;
}

static void say_udp(void)
{
    size_t data = chance(200);
    uint8_t *udp = packet(chance(2), 17, 8 + data);

    put16(udp, 1024 + chance(5));
    put16(udp + 2, chance(4) ? 7 : 1024 + chance(60000));
    put16(udp + 4, (uint32_t)(8 + data));
}

static void say_dhcp(void)
{
    static const uint8_t options[] = {
        54,  4,   10,  0,   0,  1, 51,  4,   0,   0,  1, 0, 1,   4,   255, 255, 255, 0,
        3,   4,   10,  0,   0,  1, 6,   8,   10,  0,  0, 1, 10,  0,   0,   9,   15,  4,
        'a', '.', 'b', 'c', 12, 3, 'b', 'o', 'x', 26, 2, 5, 120, 119, 6,   3,   'o', 'n',
        'e', 1,   'x', 119, 1,  0, 121, 8,   24,  10, 9, 8, 10,  0,   0,   1,   255};
    uint8_t *udp = ip4(17, 8 + 240 + 3 + sizeof options), *dhcp = udp + 8;

    put16(udp, 67);
    put16(udp + 2, 68);
    put16(udp + 4, 8 + 240 + 3 + sizeof options);
    dhcp[0] = 2, dhcp[1] = 1, dhcp[2] = 6;
    put32(dhcp + 4, dhcp_xid);
    memcpy(dhcp + 16, own4, 4);
    memcpy(dhcp + 28, own_mac, 6);
    put32(dhcp + 236, 0x63825363);
    dhcp[240] = 53, dhcp[241] = 1, dhcp[242] = dhcp_asked == 1 ? 2 : chance(10) ? 5 : 6;
    memcpy(dhcp + 243, options, sizeof options);
}

static void say_dhcp6(void)
{
    static const uint8_t options[] = {
        0, 1,  0, 4,  0,    3,    0,        1, 0,  2, 0, 4, 0,   3,   0,   2,
        0, 23, 0, 16, 0xfe, 0x80, [35] = 1, 0, 24, 0, 5, 3, 'o', 'n', 'e', 0};
    uint8_t *udp = ip6(17, 8 + 4 + sizeof options);

    put16(udp, 547);
    put16(udp + 2, 546);
    put16(udp + 4, 8 + 4 + sizeof options);
    put32(udp + 8, 0x07000000 | chance(0xffffff));
    if (last_out_bytes > 70 && last_out[12] == 0x86 && last_out[20] == 17)
        memcpy(udp + 9, last_out + 63, 3);
    memcpy(udp + 12, options, sizeof options);
}

static void say_arp(void)
{
    uint8_t *arp = ethernet(0x806, chance(2));

    put32(arp, 0x00010800);
    put32(arp + 4, 0x06040000 | (1 + chance(2)));
    memcpy(arp + 8, peer_mac, 6);
    memcpy(arp + 14, peer4, 4);
    arp[17] = chance(3) ? 1 : (uint8_t)chance(256);
    memcpy(arp + 18, own_mac, 6);
    memcpy(arp + 24, own4, 4);
    frame_bytes = 42;
}

/* Echoes, and errors about what came last from there. */
static void say_icmp(bool six)
{
    static const uint8_t kinds4[] = {8, 0, 3, 11, 5, 12, 13}, kinds6[] = {128, 129, 1, 2, 3, 4};
    uint8_t kind = six ? kinds6[chance(6)] : kinds4[chance(7)];
    size_t quoted = last_out_bytes > 14 ? last_out_bytes - 14 : 0;

    if (quoted > 200)
        quoted = 200;
    uint8_t *icmp = packet(six, six ? 58 : 1, 8 + quoted);
    icmp[0] = kind;
    icmp[1] = (uint8_t)chance(6);
    put32(icmp + 4, chance(2) ? chance(2000) : 0);
    memcpy(icmp + 8, last_out + 14, quoted);
}

static size_t neighbour_options(uint8_t *at)
{
    size_t size = 0;

    while (chance(3)) {
        uint8_t kind = (uint8_t)(1 + chance(5)), length = (uint8_t)(kind == 3 ? 4 : 1 + chance(2));
        if (chance(8) == 0)
            kind = 25, length = (uint8_t)(1 + 2 * chance(4));
        if (size + length * 8u > 300)
            break;
        at[size] = kind;
        at[size + 1] = length;
        memcpy(at + size + 2, peer_mac, 6);
        if (kind == 3) {
            at[size + 2] = 64, at[size + 3] = 0xc0;
            put32(at + size + 4, 3600), put32(at + size + 8, chance(3600));
            memcpy(at + size + 16, "\x20\1\15\xb8", 4);
        } else if (kind == 5) {
            put32(at + size + 4, chance(2) ? 1400 : chance(0x10000));
        }
        size += length * 8u;
    }
    return size;
}

static void say_neighbour(void)
{
    static const uint8_t kinds[] = {133, 134, 135, 136, 137, 130, 131};
    uint8_t options[512] = {0}, kind = kinds[chance(7)];
    size_t head = kind == 134 ? 16 : kind == 137 ? 40 : kind == 133 ? 8 : 24;
    size_t optional = neighbour_options(options);
    uint8_t *icmp = ip6(58, head + optional);

    icmp[0] = kind;
    if (kind == 134)
        put32(icmp + 4, 0x40c00000 | chance(2) * 1800);
    else
        put32(icmp + 4, chance(8) << 29);
    if (kind == 135 || kind == 136)
        memcpy(icmp + 8, kind == 135 && chance(2) ? own6 : peer6, 16);
    if (kind == 137)
        memcpy(icmp + 8, peer6, 16), memcpy(icmp + 24, peer6, 16);
    memcpy(icmp + head, options, optional);
}

static void say_group(void)
{
    uint8_t *igmp = ip4(2, 8);

    igmp[0] = chance(2) ? 0x11 : 0x16;
    igmp[1] = (uint8_t)chance(100);
    put32(igmp + 4, chance(2) ? 0 : 0xe0000001);
}

static void change(void)
{
    for (unsigned count = 1 + chance(4); count--;) {
        size_t at = chance(4) ? 14 + chance(60) : chance((uint32_t)frame_bytes);
        if (at >= frame_bytes)
            continue;
        switch (chance(6)) {
        case 0:
            frame[at] ^= (uint8_t)(1u << chance(8));
            break;
        case 1:
            frame[at] = (uint8_t)chance(256);
            break;
        case 2:
            frame[at] = chance(2) ? 0xff : 0;
            break;
        case 3:
            if (frame_bytes > 15)
                frame_bytes = 14 + chance((uint32_t)frame_bytes - 14);
            break;
        case 4:
            frame_bytes += chance(40);
            break;
        default:
            put16(frame + at, chance(2) ? 0xffff : chance(80));
        }
    }
    if (frame_bytes > FRAME_MAX)
        frame_bytes = FRAME_MAX;
}

static void peer_says(void)
{
    static void (*const says[])(void) = {say_udp,   say_arp,   say_neighbour, say_neighbour,
                                         say_group, say_dhcp6, say_dhcp};

    if (dhcp_asked && chance(3) == 0)
        say_dhcp();
    else if (chance(3))
        say_tcp();
    else if (chance(4) == 0)
        say_icmp(chance(2));
    else
        says[chance(sizeof says / sizeof *says)]();
    if (dhcp_asked && chance(3) == 0)
        dhcp_asked = 0;
    if (chance(3) == 0)
        change();
    if (chance(12))
        checksums_repair();
    receive(frame, frame_bytes);
}

/* ---- the program ---- */

static struct file *files[PROGRAM_MAX]; /* the first are listeners, then a UDP socket */
enum { LISTENERS = 3, DATAGRAMS = 2, FIXED = LISTENERS + DATAGRAMS };

static struct file *socket_new(int family, int type, int port)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct file *file = NULL;
    int off = 0;

    if (inet_socket_make(family, type, 0, &file))
        return NULL;
    file->flags |= O_NONBLOCK;
    if (family == AF_INET6)
        file->ops->socket->option_set(file, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (port)
        CHECK(file->ops->socket->bind(file, family == AF_INET ? (void *)&four : &six,
                                      family == AF_INET ? sizeof four : sizeof six) == 0);
    return file;
}

static void program_begin(void)
{
    static const int ports[] = {80, 81, 7};

    for (int i = 0; i < LISTENERS; i++) {
        files[i] = socket_new(AF_INET6, SOCK_STREAM, ports[i]);
        CHECK(files[i]->ops->socket->listen(files[i], 5) == 0);
    }
    files[LISTENERS] = socket_new(AF_INET6, SOCK_DGRAM, 7);
    files[LISTENERS + 1] = socket_new(AF_INET, SOCK_DGRAM, 9);
}

static void file_end(struct file **file)
{
    (*file)->ops->release(*file);
    *file = NULL;
}

static void data_move(struct file *file)
{
    static char bytes[20000];
    struct sockaddr_storage name;
    char control[256];
    struct iovec piece = {bytes, chance(3) ? chance(300) : chance(sizeof bytes)};
    struct message message = {
        .pieces = &piece, .piece_count = 1, .size_bytes = piece.iov_len, .flags = MSG_DONTWAIT};

    if (chance(2)) {
        message.name = &name;
        message.control = control;
        message.control_bytes = sizeof control;
        file->ops->socket->receive(file, &message);
    } else {
        message.flags |= MSG_NOSIGNAL;
        file->ops->socket->send(file, &message);
    }
}

static void program_connects(struct file **file)
{
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(99)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(99), .sin6_scope_id = 2};
    bool is_six = chance(2);

    memcpy(&four.sin_addr, peer4, 4);
    memcpy(&six.sin6_addr, peer6, 16);
    *file = socket_new(is_six ? AF_INET6 : AF_INET, chance(5) ? SOCK_STREAM : SOCK_DGRAM, 0);
    if (*file)
        (*file)->ops->socket->connect(*file, is_six ? (void *)&six : &four,
                                      is_six ? sizeof six : sizeof four);
}

static void program_acts(void)
{
    struct file **file = &files[FIXED + chance(PROGRAM_MAX - FIXED)];
    int on = 1;

    if (!*file) {
        struct file *listener = files[chance(LISTENERS)], *accepted;
        if (chance(4))
            *file = listener->ops->socket->accept(listener, &accepted) ? NULL : accepted;
        else
            program_connects(file);
        return;
    }
    switch (chance(12)) {
    case 0:
        file_end(file);
        break;
    case 1:
        (*file)->ops->socket->shutdown(*file, (int)chance(3));
        break;
    case 2:
        (*file)->ops->socket->option_set(*file, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
        break;
    case 3:
        data_move(files[LISTENERS + chance(DATAGRAMS)]);
        break;
    default:
        data_move(*file);
        (*file)->ops->ready(*file);
    }
}

/* After everything was closed, and time has passed, nothing is left. */
static void program_end(void)
{
    memory_fails = false;
    for (int i = 0; i < PROGRAM_MAX; i++)
        if (files[i])
            file_end(&files[i]);
    for (int i = 0; i < 4 * 1200; i++) {
        now_ns += 250000000;
        net_poll();
    }
    out_finish();
    CHECK(net_memory_count(MEMP_TCP_PCB) == 0);
    CHECK(net_memory_count(MEMP_TCP_PCB_LISTEN) == 0);
    CHECK(net_memory_count(MEMP_TCP_SEG) == 0);
    CHECK(net_memory_count(MEMP_REASSDATA) == 0);
    CHECK(net_memory_count(MEMP_IP6_REASSDATA) == 0);
    CHECK(lent == 0);
}

static void seed_run(uint64_t seed)
{
    random_state = seed * 0x9e3779b97f4a7c15 + 1;
    CHECK(net_start() == 0);
    program_begin();
    memory_fails = true;
    for (int step = 0; step < STEPS; step++) {
        if (chance(3))
            peer_says();
        else
            program_acts();
        now_ns += chance(5)    ? chance(2000000)
                  : chance(20) ? chance(300000000)
                               : chance(4000) * 1000000000ull / 100;
        if (chance(3) == 0)
            net_poll();
    }
    program_end();
}

/* A seed has a process of its own: it begins with nothing. */
int main(int argc, char **argv)
{
    unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 0) : 10;
    unsigned long first = argc > 2 ? strtoul(argv[2], NULL, 0) : 1, failed = 0;

    for (unsigned long seed = first; seed < first + count; seed++) {
        int status;
        pid_t pid = fork();
        if (pid == 0) {
            alarm(120);
            seed_run(seed);
            exit(0);
        }
        waitpid(pid, &status, 0);
        if (status) {
            fprintf(stderr, "seed %lu fails (status %#x)\n", seed, (unsigned)status);
            failed++;
        }
    }
    printf("%lu passed, %lu failed\n", count - failed, failed);
    return failed != 0;
}

/* ---- what is below ---- */

bool net_timers_due, net_active;

void net_leave(bool were_on)
{
    (void)were_on;
}

void net_poll(void)
{
    net_time_look();
    net_share_look();
    net_timers_run();
    net_tcp_rests = false;
    while (net_loopback_deliver())
        ;
    for (unsigned i = 0; i < net_card_count; i++)
        net_frames_flush(net_cards[i]);
}

void net_poll_begin(void)
{
}

void net_finish_begin(void)
{
}

bool interrupts_off(void)
{
    return false;
}

void interrupts_restore(bool on)
{
    (void)on;
}

void clock_prepare(void)
{
}

uint64_t clock_monotonic_ns(void)
{
    return now_ns;
}

uint64_t clock_realtime_ns(void)
{
    return now_ns;
}

void entropy_read(void *to, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)to)[i] = (uint8_t)chance(256);
}

/* Objects are malloc's, for its redzones, and there are none now and then. */
void *object_take(size_t size)
{
    return memory_fails && chance(300) == 0 ? NULL : malloc(size);
}

void *object_take_undisturbed(size_t size)
{
    return object_take(size);
}

void *object_new(size_t size)
{
    void *object = object_take(size);

    return object ? memset(object, 0, size) : NULL;
}

void object_free(void *object)
{
    free(object);
}

void object_free_undisturbed(void *object)
{
    free(object);
}

size_t memory_total_bytes(void)
{
    return 16 << 20;
}

size_t memory_free_bytes(void)
{
    return chance(3) ? 8 << 20 : chance(4 << 20);
}

bool memory_probe(const void *address, size_t size, bool writing)
{
    (void)address, (void)size, (void)writing;
    return true;
}

struct file *file_new(const struct file_ops *ops, int flags)
{
    struct file *file = calloc(1, sizeof *file);

    file->ops = ops;
    file->flags = flags;
    return file;
}

void file_free(struct file *file)
{
    free(file);
}

uint64_t socket_deadline(struct file *file, int flags, bool sending)
{
    (void)file, (void)flags, (void)sending;
    return 0;
}

int source_wait(struct event_source *source, bool writing, unsigned turn, uint64_t deadline_ns)
{
    (void)source, (void)writing, (void)turn, (void)deadline_ns;
    return -EAGAIN;
}

void source_changed(struct event_source *source, unsigned events)
{
    (void)events;
    source->turn++;
}

void source_changed_undisturbed(struct event_source *source, unsigned events)
{
    source_changed(source, events);
}

unsigned wake(struct wait_queue *queue, unsigned count)
{
    (void)queue, (void)count;
    return 0;
}

int socket_option_set(struct socket *socket, int option, const void *value, socklen_t bytes)
{
    (void)value, (void)bytes;
    if (option == SO_KEEPALIVE)
        socket->flags |= 1u << SO_KEEPALIVE;
    return 0;
}

int option_int(const void *value, socklen_t bytes, int *to)
{
    if (bytes < sizeof *to)
        return -EINVAL;
    memcpy(to, value, sizeof *to);
    return 0;
}

int user_read(void *to, const void *from, size_t size)
{
    memcpy(to, from, size);
    return 0;
}

int user_write(void *to, const void *from, size_t size)
{
    memcpy(to, from, size);
    return 0;
}

int broken_pipe(void)
{
    return -EPIPE;
}

/* Half of the seeds ask by DHCP. */
bool boot_word(const char *prefix, unsigned n, char *to, size_t max)
{
    if (n || strcmp(prefix, "ip=") != 0)
        return false;
    snprintf(to, max, "%s",
             random_state & 1 ? "10.0.0.2::10.0.0.1:255.255.255.0::eth0:off" : "dhcp");
    return true;
}

const char *host_name(void)
{
    return "fuzz";
}

bool host_name_is_given(void)
{
    return false;
}

bool host_name_is_good(const char *name)
{
    return *name;
}

void host_name_learn(const char *name)
{
    (void)name;
}

int net_ioctl(struct file *file, unsigned long request, void *argument)
{
    (void)file, (void)request, (void)argument;
    return -ENOTTY;
}

void net_tell_address(const struct net_card *at, const ip_addr_t *address, unsigned bits,
                      const char *how)
{
    (void)at, (void)address, (void)bits, (void)how;
}

void net_tell_gone(const struct net_card *at, const ip_addr_t *address, const char *why)
{
    (void)at, (void)address, (void)why;
}

void net_tell_rival(const struct net_card *at, const ip_addr_t *address,
                    const unsigned char rival[NIC_ADDRESS_BYTES])
{
    (void)at, (void)address, (void)rival;
}

void net_tell_link(const struct net_card *at)
{
    (void)at;
}

void net_complain(const char *prefix, const char *word, const char *what)
{
    (void)prefix, (void)word, (void)what;
}

bool resolver_server_parse(const char *text, struct resolver_server *to)
{
    (void)text, (void)to;
    return false;
}

void learned_names_set(enum names_source source, const struct resolver_names *names)
{
    (void)source, (void)names;
}

ssize_t socket_file_read(struct file *file, void *to, size_t size, off_t *at)
{
    (void)file, (void)to, (void)size, (void)at;
    return -EIO;
}

ssize_t socket_file_write(struct file *file, const void *from, size_t size, off_t *at)
{
    (void)file, (void)from, (void)size, (void)at;
    return -EIO;
}

int socket_file_stat(struct file *file, struct stat *status)
{
    (void)file, (void)status;
    return -EIO;
}

struct event_source *socket_file_source(struct file *file)
{
    return &socket_of(file)->source;
}

int socket_option_get(struct socket *socket, int option, void *value, socklen_t *bytes)
{
    (void)socket, (void)option, (void)value, (void)bytes;
    return -ENOPROTOOPT;
}

void kprintf(const char *format, ...)
{
    (void)format;
}

void panic(const char *format, ...)
{
    va_list rest;

    va_start(rest, format);
    vfprintf(stderr, format, rest);
    va_end(rest);
    abort();
}
