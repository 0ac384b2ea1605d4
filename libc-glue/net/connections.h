/* SPDX-License-Identifier: MIT */
#ifndef NET_CONNECTIONS_H
#define NET_CONNECTIONS_H

#include "libc-glue/net/net.h"

#include <lwip/tcp.h>

#pragma GCC visibility push(hidden)

/* Right behind lwIP's description of a connection. */
struct tcp_link {
    struct tcp_pcb **at, *next; /* the bucket it is in; NULL: none */
    /* tcp_path.c: where segments go */
    struct netif *way; /* NULL: not known */
    uint32_t way_ms;   /* since then */
    unsigned way_turn;
    unsigned char way_head[14]; /* the Ethernet header */
};

static inline struct tcp_link *tcp_link_of(struct tcp_pcb *pcb)
{
    return (struct tcp_link *)(pcb + 1);
}

void net_connections_start(void);

#pragma GCC visibility pop

#endif
