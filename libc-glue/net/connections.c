/* SPDX-License-Identifier: MIT
 *
 * Which connection a segment is for: a hash over both ends' addresses and ports. lwIP
 * calls these as its hooks (patches/lwip-find.patch); what they need beside its description
 * of a connection stands right behind it (memory.c).
 */
#include "libc-glue/net/connections.h"

#include <lwip/ip.h>
#include <lwip/memp.h>
#include <lwip/priv/tcp_priv.h>

#include "kernel/memory.h"
#include "libc-glue/files.h"

#define PAGE_BUCKETS (OBJECT_MAX / sizeof(struct tcp_pcb *))
#define PAGES_MAX    32
#define MEMORY_STEP  (128ull << 20) /* of memory, for each page of buckets after the first */

static struct tcp_pcb *first_page[64]; /* when there is no memory even for one page */
static struct tcp_pcb **pages[PAGES_MAX] = {first_page};
static uint32_t mask = sizeof first_page / sizeof *first_page - 1;

void net_connections_start(void)
{
    uint32_t wanted = 1, had = 0;

    while (wanted < PAGES_MAX && memory_total_bytes() / MEMORY_STEP >= wanted)
        wanted *= 2;
    while (had < wanted && (pages[had] = object_new(OBJECT_MAX)))
        had++;
    while (had & (had - 1)) /* a power of two of them */
        object_free(pages[--had]);
    if (had)
        mask = (uint32_t)(had * PAGE_BUCKETS - 1);
    else
        pages[0] = first_page;
    net_connection_bounds_start();
}

static struct tcp_pcb **bucket_of(uint32_t remote, u16_t remote_port, u16_t local_port)
{
    static uint32_t secret;
    uint64_t mixed;

    if (!secret)
        secret = net_random() | 1;
    mixed = (remote ^ (uint64_t)remote_port << 32 ^ (uint64_t)local_port << 48) * secret;
    uint32_t at = (uint32_t)(mixed >> 32 ^ mixed >> 17) & mask;
    return &pages[at / PAGE_BUCKETS][at % PAGE_BUCKETS];
}

/* One word for an address; who has the same is looked at in full. */
static uint32_t word_of(const ip_addr_t *address)
{
    const uint32_t *words = ip_2_ip6(address)->addr;

    return IP_IS_V4(address) ? words[0] : words[0] ^ words[1] ^ words[2] ^ words[3];
}

void net_tcp_added(struct tcp_pcb *pcb)
{
    struct tcp_link *link = tcp_link_of(pcb);

    if (link->at)
        return;
    net_connection_added(pcb);
    link->at = bucket_of(word_of(&pcb->remote_ip), pcb->remote_port, pcb->local_port);
    link->next = *link->at;
    *link->at = pcb;
}

void net_tcp_freed(struct tcp_pcb *pcb)
{
    struct tcp_link *link = tcp_link_of(pcb);
    struct tcp_pcb **at = link->at;

    if (!at)
        return;
    while (*at != pcb)
        at = &tcp_link_of(*at)->next;
    *at = link->next;
    link->at = NULL;
}

struct tcp_pcb *net_tcp_find(u16_t remote_port, u16_t local_port)
{
    struct tcp_pcb *pcb = *bucket_of(word_of(ip_current_src_addr()), remote_port, local_port);

    for (; pcb; pcb = tcp_link_of(pcb)->next)
        if (pcb->remote_port == remote_port && pcb->local_port == local_port &&
            ip_addr_eq(&pcb->remote_ip, ip_current_src_addr()) &&
            ip_addr_eq(&pcb->local_ip, ip_current_dest_addr()) &&
            (!pcb->netif_idx || pcb->netif_idx == netif_get_index(ip_current_input_netif())))
            return pcb;
    return NULL;
}
