/* SPDX-License-Identifier: MIT
 *
 * The network's start, at the first socket that needs it: nothing of it costs a program
 * anything before.
 */
#include "libc-glue/net/net.h"

#include <lwip/etharp.h>
#include <lwip/igmp.h>
#include <lwip/ip.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/raw.h>
#include <lwip/udp.h>

#include "kernel/panic.h"
#include "kernel/thread.h"
#include "kernel/time.h"
#include "libc-glue/events.h"
#include "libc-glue/net/connections.h"

static struct event_source ways; /* changes when addresses do */

__attribute__((constructor)) static void clock_begin(void)
{
    clock_prepare();
}

/* lwip_init() without what is not there. */
static void stack_start(void)
{
    net_memory_start();
    net_connections_start();
    net_time_look();
    netif_init();
    udp_init();
    tcp_init();
    igmp_init();
}

static void ext_changed(struct netif *netif, netif_nsc_reason_t reason,
                        const netif_ext_callback_args_t *args)
{
    (void)netif, (void)reason, (void)args;
    net_changed();
}

int net_start(void)
{
    NETIF_DECLARE_EXT_CALLBACK(callback)
    static bool started;
    bool were_on = interrupts_off();

    if (!started) {
        started = true;
        stack_start();
        netif_add_ext_callback(&callback, ext_changed);
        net_loopback_start();
        net_cards_start();
        for (unsigned i = 0; i < net_card_count; i++)
            net_configure(net_cards[i]);
        net_finish_begin();
        net_poll_begin();
        net_leave(true); /* interrupts come from now on */
    } else {
        interrupts_restore(were_on);
    }
    return 0;
}

void net_changed(void)
{
    net_ways_changed();
    source_changed(&ways, EVENTS_END);
}

static bool is_reachable(const ip_addr_t *to)
{
    struct netif *netif = ip_route(IP_ANY_TYPE, to);

    if (!netif)
        return false;
    return IP_IS_V4(to) ? !ip4_addr_isany_val(*netif_ip4_addr(netif))
                        : ip6_select_source_address(netif, ip_2_ip6(to)) != NULL;
}

int net_wait_route(const ip_addr_t *to, uint64_t deadline_ns)
{
    uint64_t last_ns = 0;
    bool were_on = interrupts_off();
    int error = 0;

    while (!is_reachable(to) && !error) {
        unsigned turn = ways.turn;
        if (!net_is_configuring())
            error = -ENETUNREACH;
        else if (!deadline_ns)
            error = -EAGAIN;
        if (error)
            break;
        if (!last_ns)
            last_ns = clock_monotonic_ns() + NET_WAIT_ADDRESS_NS;
        interrupts_restore(were_on);
        error = source_wait(&ways, false, turn, last_ns < deadline_ns ? last_ns : deadline_ns);
        were_on = interrupts_off();
        if (error == -EAGAIN && clock_monotonic_ns() >= last_ns)
            error = -ENETUNREACH;
    }
    interrupts_restore(were_on);
    return error;
}

void net_assertion_failed(const char *what, const char *file, int line)
{
    (void)file, (void)line;
    panic("%s", what);
}
