/* SPDX-License-Identifier: MIT
 *
 * Waiting for the console's input among other things. Where it cannot interrupt, a
 * timer looks for it while somebody waits.
 */
#include "kernel/console.h"
#include "kernel/time.h"
#include "libc-glue/device_files.h"
#include "libc-glue/events.h"

#define LOOK_NS 10000000ull

static struct event_source source;
static void (*interrupted_next)(void); /* whose turn it is after ours */
static struct timer look_timer;

static bool is_awaited(void)
{
    return source.first || source.in.first;
}

/* Looks in any case: frames of the host's are among the input. */
static void tell(void)
{
    if (console_readable() && is_awaited())
        source_changed(&source, POLLIN | POLLRDNORM);
}

static void interrupted(void)
{
    tell();
    if (interrupted_next)
        interrupted_next();
}

static void look(struct timer *timer)
{
    tell();
    timer_start(timer, clock_monotonic_ns() + LOOK_NS, look);
}

/* Before the first wait. */
static void listen(void)
{
    static bool listening;

    if (listening)
        return;
    listening = true;
    interrupted_next = device_interrupted;
    device_interrupted = interrupted;
    if (!console_listen())
        timer_start(&look_timer, clock_monotonic_ns() + LOOK_NS, look);
}

void console_events_use(void)
{
}

unsigned console_ready(struct file *file)
{
    (void)file;
    return (console_readable() ? POLLIN | POLLRDNORM : 0) | POLLOUT | POLLWRNORM;
}

struct event_source *console_source(struct file *file)
{
    (void)file;
    bool were_on = interrupts_off();
    listen();
    interrupts_restore(were_on);
    return &source;
}

int console_wait(uint64_t deadline_ns)
{
    bool were_on = interrupts_off();
    int error = 0;

    listen();
    unsigned turn = source.turn;
    bool ready = console_readable();
    interrupts_restore(were_on);
    if (!ready)
        error = source_wait(&source, false, turn, deadline_ns);
    return error;
}
