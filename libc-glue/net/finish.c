/* SPDX-License-Identifier: MIT
 *
 * The program's end: connections are closed as on any system whose kernel outlives the
 * program, and the machine stops when the last response is with its reader, or when
 * that takes too long.
 */
#include "libc-glue/net/inet.h"

#include <lwip/priv/tcp_priv.h>
#include <unistd.h>

#include "kernel/power.h"
#include "kernel/thread.h"
#include "kernel/time.h"

#define CARD_NS    200000000ull  /* for the card to send what it has */
#define PEER_NS    2000000000ull /* for others to acknowledge what they got */
#define LOOK_NS    1000000ull
#define ROUNDS_MAX 100000

static bool begun; /* there is a network at all */

void net_finish_begin(void)
{
    begun = true;
}

/* What sockets hold is closed by lwIP alone; nobody accepts what waits for that. */
static void connections_close(void)
{
    struct tcp_pcb *pcb = tcp_active_pcbs;

    for (int i = 0; pcb && i < ROUNDS_MAX; i++) {
        struct tcp_socket *socket = pcb->callback_arg;
        bool ours = socket && socket->pcb == pcb;
        struct tcp_pcb *next = pcb->next;
        if (ours)
            tcp_close_pcb(socket);
        pcb = next;
    }
}

static bool is_sending(void)
{
    for (const struct tcp_pcb *pcb = tcp_active_pcbs; pcb; pcb = pcb->next)
        if (pcb->unsent || pcb->unacked)
            return true;
    return false;
}

static bool is_card_busy(void)
{
    for (unsigned i = 0; i < net_card_count; i++)
        if (net_cards[i]->under_way || net_cards[i]->waiting)
            return true;
    return false;
}

static void finish(void)
{
    uint64_t start_ns, now_ns;
    static bool finished;

    if (!begun || finished)
        return;
    finished = true;
    thread_deafen(thread_self()); /* an alert that is not attended to would keep it from waiting */
    interrupts_off();
    connections_close();
    now_ns = start_ns = clock_monotonic_ns();
    net_poll();
    while ((is_sending() && now_ns - start_ns < PEER_NS) ||
           (is_card_busy() && now_ns - start_ns < CARD_NS)) {
        wait_quietly(NULL, NULL, 0, now_ns + LOOK_NS);
        interrupts_off();
        net_poll();
        now_ns = clock_monotonic_ns();
    }
}

/* In place of the one in start.c. */
void _exit(int status)
{
    finish();
    power_off(status & 0xff);
}
