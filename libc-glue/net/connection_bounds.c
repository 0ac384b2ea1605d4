/* SPDX-License-Identifier: MIT
 *
 * How many connections there may be, and which of them go first. lwIP asks here, by its
 * hooks (patches/lwip-lists.patch), whenever a connection changes lists. Three queues, the
 * oldest first: connections that are over and only remembered, those that have begun and
 * not been confirmed, and orphans, which the program has closed and which still have
 * something to say. What the program holds never goes.
 */
#include "libc-glue/net/connections.h"

#include <lwip/memp.h>
#include <lwip/priv/tcp_priv.h>

#include "kernel/memory.h"
#include "libc-glue/net/inet.h"

#define CONNECTION_STEP 4096u       /* of memory, for each connection */
#define REMEMBERED_STEP (64u << 10) /* for each that is over */
#define REMEMBERED_MIN  128u
#define REMEMBERED_MAX  4096u
#define ORPHANS_PART    4u          /* of all connections */
#define ORPHAN_WAIT_S   45u         /* in so long the other side has to take something */
#define SHARE_BYTES     (16u << 10) /* of data for each, when memory is scarce */
#define SHARE_BYTES_MIN (2u << 10)
#define LISTENER_LOOKS  16 /* for a connection that one listener may give up */

static struct tcp_queue remembered, beginning, orphans;
static unsigned connections_max, remembered_max, orphans_max;

void net_connection_bounds_start(void)
{
    uint64_t total = memory_total_bytes(), most = total / REMEMBERED_STEP;

    connections_max = (unsigned)(total / CONNECTION_STEP);
    orphans_max = connections_max / ORPHANS_PART;
    remembered_max = most < REMEMBERED_MIN   ? REMEMBERED_MIN
                     : most > REMEMBERED_MAX ? REMEMBERED_MAX
                                             : (unsigned)most;
}

unsigned net_connections_max(void)
{
    return connections_max;
}

/* ---- queues ---- */

static void queue_leave(struct tcp_pcb *pcb)
{
    struct tcp_link *link = tcp_link_of(pcb);
    struct tcp_queue *queue = link->queue;

    if (!queue)
        return;
    *(link->older ? &tcp_link_of(link->older)->newer : &queue->oldest) = link->newer;
    *(link->newer ? &tcp_link_of(link->newer)->older : &queue->newest) = link->older;
    queue->count--;
    link->queue = NULL;
}

static void queue_join(struct tcp_queue *queue, struct tcp_pcb *pcb)
{
    struct tcp_link *link = tcp_link_of(pcb);

    queue_leave(pcb);
    link->queue = queue;
    link->older = queue->newest;
    link->newer = NULL;
    *(queue->newest ? &tcp_link_of(queue->newest)->newer : &queue->oldest) = pcb;
    queue->newest = pcb;
    queue->count++;
}

/* One that has not been confirmed hears nothing of it: it may never have been meant. */
static bool oldest_drop(struct tcp_queue *queue)
{
    if (!queue->oldest)
        return false;
    tcp_abandon(queue->oldest, queue == &orphans);
    return true;
}

/* ---- what lwIP tells and asks ---- */

void net_tcp_listed(struct tcp_pcb **list, struct tcp_pcb *pcb)
{
    if (list == &tcp_listen_pcbs.pcbs) /* their descriptions have no link */
        return;
    tcp_link_of(pcb)->previous = NULL;
    if (pcb->next)
        tcp_link_of(pcb->next)->previous = pcb;
    if (list != &tcp_tw_pcbs)
        return;
    queue_join(&remembered, pcb);
    if (remembered.count > remembered_max)
        oldest_drop(&remembered);
}

static void listener_unlist(struct tcp_pcb **list, struct tcp_pcb *pcb)
{
    while (*list && *list != pcb)
        list = &(*list)->next;
    if (*list)
        *list = pcb->next;
}

void net_tcp_unlist(struct tcp_pcb **list, struct tcp_pcb *pcb)
{
    struct tcp_pcb *previous;

    if (list == &tcp_listen_pcbs.pcbs) {
        listener_unlist(list, pcb);
        return;
    }
    previous = tcp_link_of(pcb)->previous;
    if (!previous && *list != pcb)
        return; /* it never was there */
    *(previous ? &previous->next : list) = pcb->next;
    if (net_tcp_next == pcb)
        net_tcp_next = pcb->next;
    if (pcb->next)
        tcp_link_of(pcb->next)->previous = previous;
    tcp_link_of(pcb)->previous = NULL;
    queue_leave(pcb);
}

void net_connection_added(struct tcp_pcb *pcb)
{
    if (pcb->state == SYN_RCVD)
        queue_join(&beginning, pcb);
}

/* No memory for one more, or too many. */
bool net_tcp_evict(void)
{
    return oldest_drop(&remembered) || oldest_drop(&beginning) || oldest_drop(&orphans);
}

/* Too many wait at this listener: the oldest that has not been confirmed makes room. */
bool net_tcp_backlog_full(const struct tcp_pcb_listen *listener)
{
    struct tcp_pcb *pcb = beginning.oldest;

    for (int i = 0; pcb && pcb->listener != listener && i < LISTENER_LOOKS; i++)
        pcb = tcp_link_of(pcb)->newer;
    if (!pcb || pcb->listener != listener)
        return false;
    tcp_abandon(pcb, 0);
    return true;
}

/* ---- data ---- */

/* How much of its data one connection may hold: all that its window says, as long as there
 * is memory; when that becomes scarce so little that something is left for all others and
 * for the program. */
size_t net_share_bytes = SIZE_MAX;

void net_share_look(void)
{
    size_t total = memory_total_bytes(), left = memory_free_bytes();

    net_share_bytes = left >= total / 4    ? SIZE_MAX
                      : left >= total / 8  ? SHARE_BYTES
                      : left >= total / 16 ? SHARE_BYTES / 4
                                           : SHARE_BYTES_MIN;
}

/* Data that would be more than that is dropped, and comes again. */
err_t net_tcp_takes(struct tcp_pcb *pcb, const struct tcp_hdr *header, const struct pbuf *p)
{
    const struct tcp_socket *socket = pcb->callback_arg;

    if (net_share_bytes == SIZE_MAX || !p->tot_len || pcb->state < ESTABLISHED || !pcb->rcv_wnd ||
        tcp_link_of(pcb)->queue)
        return ERR_OK;
    if (TCP_SEQ_GT(header->seqno, pcb->rcv_nxt))
        return ERR_MEM;
    return socket && socket->unread_bytes && socket->unread_bytes + p->tot_len > net_share_bytes
               ? ERR_MEM
               : ERR_OK;
}

/* ---- what sockets tell ---- */

void net_connection_settled(struct tcp_pcb *pcb)
{
    queue_leave(pcb);
}

/* The argument is how far the other side had acknowledged the last time. */
static err_t orphan_look(void *argument, struct tcp_pcb *pcb)
{
    uintptr_t acknowledged = (uintptr_t)pcb->lastack | 1ull << 32;

    if (argument == (void *)acknowledged) {
        tcp_abort(pcb);
        return ERR_ABRT;
    }
    tcp_arg(pcb, (void *)acknowledged);
    return ERR_OK;
}

void net_connection_orphaned(struct tcp_pcb *pcb)
{
    queue_join(&orphans, pcb);
    tcp_poll(pcb, orphan_look, (u8_t)(ORPHAN_WAIT_S * 1000 / TCP_SLOW_INTERVAL));
    if (orphans.count > orphans_max)
        oldest_drop(&orphans);
}
