/* SPDX-License-Identifier: MIT
 *
 * lwIP's timers, without a tick: each of its parts is called at its own pace, and only as
 * long as it has something to watch. When none has, nothing ever wakes the processor.
 */
#include "libc-glue/net/net.h"

#include <lwip/dhcp.h>
#include <lwip/etharp.h>
#include <lwip/igmp.h>
#include <lwip/ip4_frag.h>
#include <lwip/ip6_frag.h>
#include <lwip/memp.h>
#include <lwip/mld6.h>
#include <lwip/nd6.h>
#include <lwip/prot/dhcp.h>
#include <lwip/priv/nd6_priv.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/timeouts.h>

#include "kernel/thread.h"
#include "kernel/time.h"
#include "libc-glue/files.h"

#define MS_NS          1000000ull
#define LEASE_MAX_S    10000000 /* made up for, after a sleep */
#define ROUND_PAUSE_MS 2        /* at least half of that: see round_go_on */

uint32_t net_now_ms;
uint64_t net_now_ns;
static uint64_t now_ms; /* the same, and more of it */

void net_time_look(void)
{
    net_now_ns = clock_monotonic_ns();
    now_ms = net_now_ns / MS_NS;
    net_now_ms = (uint32_t)now_ms;
}

u32_t sys_now(void)
{
    return net_now_ms;
}

/* ---- when a part has something to watch ---- */

/* A connection on which nothing happens needs no time. */
static bool is_quiet(const struct tcp_pcb *pcb)
{
    return (pcb->state == ESTABLISHED || pcb->state == CLOSE_WAIT) && !pcb->unsent &&
           !pcb->unacked && !pcb->ooseq && !pcb->refused_data && !pcb->persist_backoff &&
           !pcb->poll &&
           !(pcb->flags & (TF_ACK_DELAY | TF_ACK_NOW | TF_CLOSEPEND | TF_NAGLEMEMERR)) &&
           !ip_get_option(pcb, SOF_KEEPALIVE);
}

static bool tcp_needed(void)
{
    const struct tcp_pcb *pcb = tcp_active_pcbs;

    while (pcb && is_quiet(pcb))
        pcb = pcb->next;
    return pcb || tcp_tw_pcbs;
}

/* While TCP's timer rests its clock is moved on by whoever looks: ages are counted by it. */
bool net_tcp_rests;
static uint64_t tcp_clock_ms;

void net_tcp_clock_look(void)
{
    uint64_t ticks = (now_ms - tcp_clock_ms) / TCP_SLOW_INTERVAL;

    tcp_ticks += (u32_t)ticks;
    tcp_clock_ms += ticks * TCP_SLOW_INTERVAL;
}

static void tcp_rest(bool rests)
{
    if (rests && !net_tcp_rests)
        tcp_clock_ms = now_ms;
    net_tcp_rests = rests;
}

static bool reassembly_needed(void)
{
    return net_memory_count(MEMP_REASSDATA);
}

static bool reassembly6_needed(void)
{
    return net_memory_count(MEMP_IP6_REASSDATA);
}

static bool arp_needed(void)
{
    return net_memory_count(MEMP_ARP_QUEUE);
}

static bool igmp_needed(void)
{
    struct netif *netif;

    NETIF_FOREACH(netif)
    for (struct igmp_group *group = netif_igmp_data(netif); group; group = group->next)
        if (group->timer)
            return true;
    return false;
}

static bool mld_needed(void)
{
    struct netif *netif;

    NETIF_FOREACH(netif)
    for (struct mld_group *group = netif_mld6_data(netif); group; group = group->next)
        if (group->timer)
            return true;
    return false;
}

static bool is_address_new(const struct netif *netif)
{
    for (int i = 0; i < LWIP_IPV6_NUM_ADDRESSES; i++)
        if (ip6_addr_istentative(netif_ip6_addr_state(netif, i)))
            return true;
    return netif->rs_count;
}

static bool nd6_needed(void)
{
    struct netif *netif;

    NETIF_FOREACH(netif)
    if (netif != &net_loopback && is_address_new(netif))
        return true;
    for (int i = 0; i < LWIP_ND6_NUM_NEIGHBORS; i++)
        if (neighbor_cache[i].state == ND6_INCOMPLETE || neighbor_cache[i].state == ND6_DELAY ||
            neighbor_cache[i].state == ND6_PROBE)
            return true;
    return false;
}

static bool dhcp_needed(void)
{
    struct netif *netif;

    NETIF_FOREACH(netif)
    if (netif_dhcp_data(netif) && netif_dhcp_data(netif)->request_timeout)
        return true;
    return false;
}

/* Seconds until some lease must be renewed, or is over; 0: there is none. */
static uint32_t dhcp_lease_left(void)
{
    struct netif *netif;
    uint32_t left = 0;

    NETIF_FOREACH(netif)
    {
        const struct dhcp *dhcp = netif_dhcp_data(netif);
        if (!dhcp || dhcp->state == DHCP_STATE_OFF)
            continue;
        const uint32_t times[] = {dhcp->t1_renew_time, dhcp->t2_rebind_time,
                                  dhcp->t0_timeout ? dhcp->t0_timeout - dhcp->lease_used : 0};
        for (int i = 0; i < 3; i++)
            if (times[i] && (!left || times[i] < left))
                left = times[i];
    }
    return left;
}

static bool dhcp_lease_needed(void)
{
    return dhcp_lease_left();
}

/* ---- TCP's round ---- */

/* Each half second TCP goes round its connections and sends what is due. Thousands of probes
 * at once have thousands of answers, which whoever carries frames to here has no room for, so
 * it sends a portion at a time and then the cards' turn comes. A round that has more to send
 * than half a second allows is finished before the next one begins. */
struct tcp_pcb *net_tcp_next; /* the round goes on with this one; NULL: it is over */
static uint64_t round_due_ms;

static void round_pause(void)
{
    net_time_look();
    round_due_ms = now_ms + ROUND_PAUSE_MS;
}

static void round_go_on(void)
{
    tcp_slowtmr_portion();
    round_pause();
}

static void tcp_tick(void)
{
    tcp_tmr();
    if (net_tcp_next)
        round_pause();
}

/* Those that only let things grow old are not worth a wake-up: what they missed is made up
 * for when something else happens. */
struct cyclic {
    void (*handler)(void);
    uint32_t interval_ms;
    bool (*needed)(void);
    uint32_t made_up_max; /* calls */
    uint64_t due_ms;
    uint32_t (*left)(void); /* calls until something happens; NULL: 1 */
};
static struct cyclic cyclics[] = {
    {tcp_tick, TCP_TMR_INTERVAL, tcp_needed, 1, 0, NULL},
    {ip_reass_tmr, IP_TMR_INTERVAL, reassembly_needed, 1, 0, NULL},
    {etharp_tmr, ARP_TMR_INTERVAL, arp_needed, ARP_MAXAGE, 0, NULL},
    {igmp_tmr, IGMP_TMR_INTERVAL, igmp_needed, 1, 0, NULL},
    {dhcp_fine_tmr, DHCP_FINE_TIMER_MSECS, dhcp_needed, 1, 0, NULL},
    {dhcp_coarse_tmr, DHCP_COARSE_TIMER_MSECS, dhcp_lease_needed, LEASE_MAX_S, 0, dhcp_lease_left},
    {nd6_tmr, ND6_TMR_INTERVAL, nd6_needed, 600, 0, NULL},
    {ip6_reass_tmr, IP6_REASS_TMR_INTERVAL, reassembly6_needed, 1, 0, NULL},
    {mld6_tmr, MLD6_TMR_INTERVAL, mld_needed, 1, 0, NULL},
};
enum { CYCLICS = sizeof cyclics / sizeof cyclics[0] };

static void cyclic_run(struct cyclic *cyclic)
{
    uint64_t late_ms = now_ms - cyclic->due_ms, calls;

    if (now_ms < cyclic->due_ms)
        return;
    calls = late_ms / cyclic->interval_ms + 1;
    cyclic->due_ms += calls * cyclic->interval_ms;
    if (calls > cyclic->made_up_max)
        calls = cyclic->made_up_max;
    while (calls--)
        cyclic->handler();
}

static uint64_t cyclic_next_ms(const struct cyclic *cyclic, uint64_t next_ms)
{
    uint64_t calls = cyclic->left ? cyclic->left() : 1;
    uint64_t at_ms = cyclic->due_ms + (calls - 1) * cyclic->interval_ms;

    return at_ms < next_ms ? at_ms : next_ms;
}

/* ---- what others ask for ---- */

static struct sys_timeo *timeouts; /* the next one first */

static bool is_before(u32_t a, u32_t b)
{
    return (s32_t)(a - b) < 0;
}

void sys_timeout(u32_t wait_ms, sys_timeout_handler handler, void *argument)
{
    struct sys_timeo **at = &timeouts, *made = object_new(sizeof *made);

    if (!made)
        return;
    net_time_look();
    *made = (struct sys_timeo){.time = net_now_ms + wait_ms, .h = handler, .arg = argument};
    while (*at && !is_before(made->time, (*at)->time))
        at = &(*at)->next;
    made->next = *at;
    *at = made;
    net_active = true;
}

void sys_untimeout(sys_timeout_handler handler, void *argument)
{
    struct sys_timeo **at = &timeouts, *found;

    while (*at && ((*at)->h != handler || (*at)->arg != argument))
        at = &(*at)->next;
    found = *at;
    if (found) {
        *at = found->next;
        object_free(found);
    }
}

void tcp_timer_needed(void)
{
    net_active = true;
}

static void timeouts_run(void)
{
    struct sys_timeo *due;

    while ((due = timeouts) && !is_before(net_now_ms, due->time)) {
        timeouts = due->next;
        due->h(due->arg);
        object_free(due);
    }
}

/* ---- when, and what then ---- */

void net_timers_run(void)
{
    net_time_look();
    if (net_tcp_next && now_ms >= round_due_ms)
        round_go_on();
    for (int i = 0; i < CYCLICS; i++)
        cyclic_run(&cyclics[i]);
    timeouts_run();
}

uint64_t net_timers_next_ns(void)
{
    uint64_t next_ms = UINT64_MAX;

    tcp_rest(!tcp_needed());
    for (int i = 0; i < CYCLICS; i++)
        if (cyclics[i].due_ms < next_ms && cyclics[i].needed())
            next_ms = cyclic_next_ms(&cyclics[i], next_ms);
    if (net_tcp_next && round_due_ms < next_ms)
        next_ms = round_due_ms;
    if (timeouts) {
        s32_t left = (s32_t)(timeouts->time - net_now_ms);
        uint64_t at = left > 0 ? now_ms + (uint64_t)left : now_ms;
        next_ms = at < next_ms ? at : next_ms;
    }
    return next_ms == UINT64_MAX ? WAIT_FOREVER : next_ms * MS_NS;
}
