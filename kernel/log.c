/* SPDX-License-Identifier: MIT
 *
 * A ring of events.
 */
#include "kernel/log.h"
#include "kernel/kernel.h"
#include "kernel/time.h"

/* Linked only into programs that ask for the time. */
#pragma weak clock_ns_of_cycles

static struct event {
    uint64_t cycles;
    const char *format;
    uint64_t a, b;
} events[LOG_EVENTS];
static unsigned event_count;

void log_note(const char *format, uint64_t a, uint64_t b)
{
    bool were_on = interrupts_off();

    events[event_count++ % LOG_EVENTS] = (struct event){cycles_now(), format, a, b};
    interrupts_restore(were_on);
}

static void event_print(const struct event *event)
{
    uint64_t cycles = event->cycles - cycles_at_boot();

    if (clock_ns_of_cycles) {
        uint64_t us = clock_ns_of_cycles(cycles) / 1000;
        kprintf("  %4lu.%06lu s  ", us / 1000000, us % 1000000);
    } else {
        kprintf("  %8lu kilocycles  ", cycles / 1000);
    }
    kprintf(event->format, event->a, event->b);
    kprintf("\n");
}

void log_print(void)
{
    unsigned first = event_count > LOG_EVENTS ? event_count - LOG_EVENTS : 0;

    if (event_count)
        kprintf("  the kernel noted:\n");
    for (unsigned i = first, end = event_count; i < end; i++)
        event_print(&events[i % LOG_EVENTS]);
}
