/* SPDX-License-Identifier: MIT
 *
 * Memory for lwIP: the glue's objects, which can be had with interrupts off. When there
 * is none lwIP drops what it was about to do, and TCP does it again later.
 */
#include "libc-glue/net/net.h"

#include <lwip/memp.h>
/* what the pools below are made of */
#include <lwip/etharp.h>
#include <lwip/igmp.h>
#include <lwip/ip4_frag.h>
#include <lwip/ip6_frag.h>
#include <lwip/mld6.h>
#include <lwip/priv/nd6_priv.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/raw.h>
#include <lwip/timeouts.h>
#include <lwip/udp.h>

#include "kernel/memory.h"
#include "libc-glue/net/connections.h"
#include "libc-glue/files.h"

#define MIB (1ull << 20)

/* Of datagrams that come in pieces of 1500 bytes: one of the largest, and four. */
#define PIECES_MIN 48
#define PIECES_MAX 192

uint16_t net_reassembly_pieces;
uint32_t net_tcp_window_bytes, net_tcp_send_bytes, net_tcp_send_pieces;

static const u16_t sizes[] = {
#define LWIP_MEMPOOL(name, num, size, desc) size,
#include <lwip/priv/memp_std.h>
};
static unsigned counts[MEMP_MAX];

/* What a connection may hold follows from how much there is for all. */
void net_memory_start(void)
{
    uint64_t total = memory_total_bytes();
    uint32_t window = total < 12 * MIB    ? 16 << 10
                      : total < 32 * MIB  ? 64 << 10
                      : total < 128 * MIB ? 256 << 10
                                          : 1 << 20;

    net_reassembly_pieces = total < 12 * MIB ? PIECES_MIN : PIECES_MAX;
    net_tcp_window_bytes = window;
    net_tcp_send_bytes = window;
    net_tcp_send_pieces = window / 256 + 64;
}

unsigned net_memory_count(int type)
{
    return counts[type];
}

void *net_memory_new(size_t size_bytes)
{
    return size_bytes <= OBJECT_MAX ? object_take_undisturbed(size_bytes) : NULL;
}

void *net_memory_new_cleared(size_t count, size_t size_bytes)
{
    return count * size_bytes <= OBJECT_MAX ? object_new(count * size_bytes) : NULL;
}

void net_memory_free(void *memory)
{
    object_free_undisturbed(memory);
}

void memp_init(void)
{
}

void *memp_malloc(memp_t type)
{
    void *memory = NULL;

    if (type != MEMP_TCP_PCB)
        memory = object_take_undisturbed(sizes[type]);
    else if (counts[type] < net_connections_max())
        memory = object_take_undisturbed(sizes[type] + sizeof(struct tcp_link));
    if (memory && type == MEMP_TCP_PCB)
        *tcp_link_of(memory) = (struct tcp_link){0};
    counts[type] += memory != NULL;
    return memory;
}

void memp_free(memp_t type, void *memory)
{
    counts[type] -= memory != NULL;
    object_free_undisturbed(memory);
}
