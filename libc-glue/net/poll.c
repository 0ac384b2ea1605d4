/* SPDX-License-Identifier: MIT
 *
 * Who runs the network, and when.
 *
 * Who waits for anything looks at the cards before he waits, and the processor does before
 * it halts; then, and only then, cards interrupt. While the program runs and looks often
 * enough they are left in peace. A watch sees to the rest: when the program computes
 * without looking for a moment, the network's thread, which is above all others, looks in
 * its place and lets the cards interrupt; they wake it from then on.
 *
 * So one of these is always true: cards may interrupt; the watch is set; the processor is
 * on its way to halt, and looks once more.
 */
#include "libc-glue/net/net.h"

#include <string.h>

#include "kernel/thread.h"
#include "kernel/time.h"
#include "libc-glue/events.h"
#include "libc-glue/pthread_glue.h"

/* How long the program may compute without looking: at its start, when it is about to listen
 * and who comes before is turned away; usually; and when it has just done so. */
#define WATCH_FIRST_NS 60000000ull
#define WATCH_NS       5000000ull
#define WATCH_TIGHT_NS 1000000ull
#define TIMERS_NS      100000000ull /* after something has happened, lwIP's timers are looked at */
#define POLLED_NS      100000ull    /* cards without interrupts, when the processor halts */
#define LOOKS_MAX      4            /* bursts at one go */
#define STACK_BYTES    16384
#define THREAD_BYTES   16384

bool net_timers_due, net_active;
static bool looked;   /* since the watch was set */
static bool armed;    /* cards may interrupt */
static bool polled;   /* some card cannot */
static bool watching; /* the watch is set */
static uint64_t watch_ns = WATCH_FIRST_NS;
static bool fresh; /* the last look found nothing, and all that was sent is out */
static struct timer watch, tick, look_timer;
static struct wait_queue queue; /* the thread's */
static unsigned wanted;         /* counts how often it was */
static char stack[STACK_BYTES] __attribute__((aligned(16)));

/* ---- looking ---- */

static void cards_disarm(void)
{
    if (!armed)
        return;
    armed = false;
    for (unsigned i = 0; i < net_card_count; i++)
        net_cards[i]->nic.driver->interrupts_off(&net_cards[i]->nic);
}

/* False: something has come meanwhile. */
static bool cards_arm(void)
{
    bool quiet = true;

    armed = true;
    for (unsigned i = 0; i < net_card_count; i++)
        quiet &= net_cards[i]->nic.driver->interrupts_on(&net_cards[i]->nic);
    return quiet;
}

static unsigned cards_look(void)
{
    unsigned frames = 0;

    for (unsigned i = 0; i < net_card_count; i++)
        frames += net_cards[i]->nic.driver->poll(&net_cards[i]->nic, NET_FRAMES_BURST);
    return frames;
}

static void flush(void)
{
    for (unsigned i = 0; i < net_card_count; i++)
        if (net_cards[i]->flush || net_cards[i]->merge)
            net_frames_flush(net_cards[i]);
}

static void tick_fire(struct timer *timer)
{
    (void)timer;
    net_timers_due = true;
    if (!thread_is_idle()) {
        wanted++;
        wake(&queue, 1);
    }
}

/* After anything that may have started one of lwIP's timers. */
static void timers_plan(void)
{
    uint64_t at_ns = net_now_ns + TIMERS_NS;

    net_active = false;
    if (!tick.waiting || tick.due_ns > at_ns)
        timer_start(&tick, at_ns, tick_fire);
}

static void timers_look(void)
{
    uint64_t next_ns;

    net_timers_due = false;
    net_timers_run();
    next_ns = net_timers_next_ns();
    if (next_ns != WAIT_FOREVER)
        timer_start(&tick, next_ns, tick_fire);
}

/* True: something was there. */
static bool look(void)
{
    unsigned frames, all = 0;

    net_time_look();
    net_share_look();
    if (net_tcp_rests)
        net_tcp_clock_look();
    if (net_timers_due)
        timers_look();
    for (int i = 0; i < LOOKS_MAX; i++) {
        frames = cards_look();
        if (net_loopback_count)
            frames += net_loopback_deliver();
        all += frames;
        if (!frames)
            break;
    }
    flush();
    if (all || net_active)
        timers_plan();
    fresh = !all;
    return all;
}

static void look_here(void *did)
{
    *(bool *)did = look();
}

/* lwIP wants more of a stack than a thread may have left. */
static bool look_on_stack(void)
{
    bool did;

    call_on_stack(look_here, &did, (uintptr_t)stack + sizeof stack);
    return did;
}

/* ---- the watch ---- */

static void watch_fire(struct timer *timer);

static void watch_need(void)
{
    if (watching)
        return;
    watching = true;
    looked = false;
    timer_start(&watch, clock_monotonic_ns() + watch_ns, watch_fire);
}

static void watch_fire(struct timer *timer)
{
    (void)timer;
    watching = false;
    watch_ns = WATCH_NS;
    if (thread_is_idle())
        return;
    if (looked) {
        watch_need();
        return;
    }
    watch_ns = WATCH_TIGHT_NS;
    wanted++;
    wake(&queue, 1);
}

/* ---- who calls ---- */

void net_poll(void)
{
    cards_disarm();
    watch_need();
    looked = true;
    look_on_stack();
}

static void poll_for_waiter(void)
{
    bool were_on = interrupts_off();

    net_poll();
    interrupts_restore(were_on);
}

void net_leave(bool were_on)
{
    net_active = true;
    watch_need();
    interrupts_restore(were_on);
}

static void look_again(struct timer *timer)
{
    (void)timer;
}

/* The processor has nothing to do. True: look again whether it has now. Who waits has
 * looked a moment ago, and before it halts cards tell whether something has come since. */
static bool idle(void)
{
    cards_disarm();
    if ((!fresh || net_active || net_timers_due) && look_on_stack()) {
        watch_need();
        return true;
    }
    fresh = false;
    if (!cards_arm())
        return true;
    if (polled)
        timer_start(&look_timer, clock_monotonic_ns() + POLLED_NS, look_again);
    return false;
}

/* QEMU interrupts for the first frame of all whether it may or not. */
static void interrupted(struct nic *nic)
{
    nic->driver->interrupts_off(nic);
    if (!armed || thread_is_idle())
        return;
    wanted++;
    wake(&queue, 1);
}

/* It is woken to look. */
static void run(void *nothing)
{
    unsigned turn;

    (void)nothing;
    interrupts_off();
    for (;;) {
        turn = wanted;
        cards_disarm();
        if (look_on_stack() || !cards_arm()) {
            watch_need(); /* the program's turn; it is watched */
            looked = false;
        }
        wait_quietly(&queue, &wanted, turn, WAIT_FOREVER);
    }
}

void net_poll_begin(void)
{
    struct thread *thread = thread_create(run, NULL, NULL, THREAD_BYTES);

    for (unsigned i = 0; i < net_card_count; i++) {
        struct nic *nic = &net_cards[i]->nic;
        nic->interrupted = interrupted;
        polled |= !nic->driver->has_interrupts(nic);
    }
    events_look = poll_for_waiter;
    idle_work = idle;
    if (!thread)
        return; /* then it is only looked at by who waits */
    strcpy(thread->name, "network");
    thread_deafen(thread);
    thread_set_priority_new(thread, PRIORITY_MAX + 1, true);
    thread_ready_when_woken(thread, &queue);
}
