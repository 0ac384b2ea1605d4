/* SPDX-License-Identifier: MIT
 *
 * Numbers that nobody outside can guess: a keyed hash (SipHash-2-4) with a key drawn at
 * the start.
 */
#include "libc-glue/net/net.h"

#include <string.h>

#include "kernel/entropy.h"

static uint64_t key[2];

static uint64_t turn(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

static void mix(uint64_t v[4])
{
    v[0] += v[1], v[1] = turn(v[1], 13) ^ v[0], v[0] = turn(v[0], 32);
    v[2] += v[3], v[3] = turn(v[3], 16) ^ v[2];
    v[0] += v[3], v[3] = turn(v[3], 21) ^ v[0];
    v[2] += v[1], v[1] = turn(v[1], 17) ^ v[2], v[2] = turn(v[2], 32);
}

static uint64_t hash(const uint64_t *words, unsigned count)
{
    if (!key[0])
        entropy_read(key, sizeof key);
    uint64_t v[4] = {key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d,
                     key[0] ^ 0x6c7967656e657261, key[1] ^ 0x7465646279746573};
    for (unsigned i = 0; i <= count; i++) {
        uint64_t word = i < count ? words[i] : (uint64_t)count << 59;
        v[3] ^= word;
        mix(v), mix(v);
        v[0] ^= word;
    }
    v[2] ^= 0xff;
    mix(v), mix(v), mix(v), mix(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint32_t net_random(void)
{
    static uint64_t count;

    return (uint32_t)hash(&(uint64_t){++count}, 1);
}

uint32_t net_flow_hash(const void *local, uint16_t local_port, const void *remote,
                       uint16_t remote_port)
{
    uint64_t words[7] = {(uint64_t)local_port << 16 | remote_port};

    memcpy(words + 1, local, sizeof(ip_addr_t));
    memcpy(words + 4, remote, sizeof(ip_addr_t));
    return (uint32_t)hash(words, 7);
}

/* A clock of 4 us, and what differs between connections. */
uint32_t net_tcp_isn(const void *local, uint16_t local_port, const void *remote,
                     uint16_t remote_port)
{
    return (uint32_t)(net_now_ns >> 12) + net_flow_hash(local, local_port, remote, remote_port);
}

_Static_assert(sizeof(ip_addr_t) <= 24, "an address in three words");
