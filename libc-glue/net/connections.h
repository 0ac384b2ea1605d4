/* SPDX-License-Identifier: MIT
 *
 * What is kept beside lwIP's description of a connection: how it is found (connections.c),
 * and when it goes for others (connection_bounds.c).
 */
#ifndef NET_CONNECTIONS_H
#define NET_CONNECTIONS_H

#include "libc-glue/net/net.h"

#include <lwip/tcp.h>

#pragma GCC visibility push(hidden)

/* Connections that may go when there are too many, the oldest first. */
struct tcp_queue {
    struct tcp_pcb *oldest, *newest;
    unsigned count;
};

/* Right behind lwIP's description of a connection. */
struct tcp_link {
    struct tcp_pcb **at, *next;    /* the bucket it is in; NULL: none */
    struct tcp_pcb *previous;      /* in lwIP's list, which itself goes one way only */
    struct tcp_queue *queue;       /* NULL: none */
    struct tcp_pcb *older, *newer; /* there */
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

/* connections.c */
void net_connections_start(void);

/* connection_bounds.c */
void net_connection_bounds_start(void);
unsigned net_connections_max(void);
void net_connection_added(struct tcp_pcb *pcb);
void net_connection_settled(struct tcp_pcb *pcb);  /* its beginning, or its end, is over */
void net_connection_orphaned(struct tcp_pcb *pcb); /* the program has closed it */

#pragma GCC visibility pop

#endif
