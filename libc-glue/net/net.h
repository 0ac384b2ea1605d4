/* SPDX-License-Identifier: MIT
 *
 * The network below the sockets: lwIP, the cards it speaks through, and who runs it.
 *
 * All of lwIP runs with interrupts off, in short bursts: between net_enter and
 * net_leave. Nobody has a thread for it on the way of a packet: who waits for the
 * network looks at the cards himself, and so does the processor before it halts.
 */
#ifndef NET_NET_H
#define NET_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lwip/netif.h>
#include <lwip/pbuf.h>

#include "kernel/interrupts.h"
#include "kernel/net.h"

#pragma GCC visibility push(hidden)

#define NET_CARDS_MAX       8
#define NET_NAME_BYTES      16
#define NET_FRAMES_BURST    64 /* taken from a card at one look */
#define NET_WAIT_ADDRESS_NS 10000000000ull

struct net_card;

/* start.c */
int net_start(void); /* at the first use of anything here: 0 or -errno */
/* How long connect and sendto wait for an address that may still come: 0 when there is a
 * way to there, -ENETUNREACH, -EAGAIN (may not wait), -INTERRUPTED. */
int net_wait_route(const ip_addr_t *to, uint64_t deadline_ns);
void net_changed(void); /* addresses or links: who waits for a way looks again */
/* Filled in by who knows addresses: gives the card its own, without waiting. */
void net_configure(struct net_card *card);
bool net_is_configuring(void); /* an address may still come */

/* poll.c */
static inline bool net_enter(void)
{
    return interrupts_off();
}
void net_leave(bool were_on);
void net_poll(void); /* with interrupts off: all that has come, all that is due */
extern bool net_timers_due, net_active;
void net_poll_begin(void); /* from now on somebody looks */

/* cards.c: cards as lwIP's interfaces */
struct net_card {
    struct netif netif;
    struct nic nic;
    char name[NET_NAME_BYTES];                /* eth0, ... */
    unsigned lent;                            /* buffers that wait in sockets */
    unsigned under_way;                       /* frames that the card has, to be sent */
    bool flush;                               /* something was sent since the last flush */
    struct net_frame *waiting, *waiting_last; /* for room */
    unsigned waiting_count;
    struct net_frame *merge; /* frames.c: a large one that may still grow */
};
extern struct net_card *net_cards[NET_CARDS_MAX];
extern unsigned net_card_count;
static inline struct net_card *net_card_of(struct netif *netif) /* not of the loopback interface */
{
    return netif->state;
}
/* What the card has not checked lwIP does, but for the header of IP, which it always does. */
#define NET_CHECK_BY_CARD (NETIF_CHECKSUM_CHECK_TCP | NETIF_CHECKSUM_CHECK_UDP)
void net_cards_start(void);
struct netif *net_netif_by_name(const char *name);
void net_netif_name(const struct netif *netif, char name[NET_NAME_BYTES]);

/* rivals.c: what an ARP message says of who sent it; it begins at p */
void net_rivals_look(struct netif *netif, const struct pbuf *p);

/* frames.c: frames on their way out */
struct net_frame;
err_t net_frame_send(struct netif *netif, struct pbuf *p);
void net_frames_flush(struct net_card *card);
void net_frame_sent(struct nic *nic, void *token);
err_t net_frame_send_tcp4(struct net_card *card, struct pbuf *p); /* known to be that */

/* tcp_path.c */
void net_ways_changed(void);                              /* what was found out of any way */
bool net_tcp4_input(struct pbuf *p, struct netif *netif); /* false: ip4_input's */

/* loopback.c */
extern struct netif net_loopback;
void net_loopback_start(void);
err_t net_loop(struct netif *netif, struct pbuf *p); /* comes in there, from the header of IP on */
extern unsigned net_loopback_count;                  /* that wait to be delivered */
unsigned net_loopback_deliver(void);                 /* how many were */

/* connection_bounds.c */
extern size_t net_share_bytes; /* so much data a connection may hold, as things are */
void net_share_look(void);

/* chance.c */
uint32_t net_flow_hash(const void *local, uint16_t local_port, const void *remote,
                       uint16_t remote_port);

/* memory.c */
void net_memory_start(void);
unsigned net_memory_count(int type); /* how many of lwIP's objects there are */

/* timers.c */
extern uint32_t net_now_ms; /* as it was at the last look */
extern uint64_t net_now_ns;
void net_time_look(void);          /* sets net_now_ms */
uint64_t net_timers_next_ns(void); /* when something is due; WAIT_FOREVER */
void net_timers_run(void);
extern bool net_tcp_rests;
void net_tcp_clock_look(void); /* after net_time_look, while TCP rests */

/* icmp_errors.c */
void net_icmp_watch(void); /* from now on sockets hear of what could not be delivered */

/* finish.c */
void net_finish_begin(void);

#pragma GCC visibility pop

#endif
