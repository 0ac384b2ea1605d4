/* SPDX-License-Identifier: MIT
 *
 * The one readiness mechanism: telling, watching, waiting.
 */
#include <limits.h>

#include "libc-glue/events.h"
#include "libc-glue/pthread_glue.h"

#define READING (POLLIN | POLLPRI | POLLRDNORM | EVENTS_END)
#define WRITING (POLLOUT | POLLWRNORM | POLLERR | POLLHUP)

void (*events_look)(void);

/* One reader is enough for what has come; the end is for all. */
static unsigned how_many(unsigned events)
{
    return events & EVENTS_END ? UINT_MAX : 1;
}

void source_changed_undisturbed(struct event_source *source, unsigned events)
{
    struct watch *last = source->last;
    bool taken = false;

    source->turn++;
    if (source->in.first && events & READING)
        wake(&source->in, how_many(events));
    if (source->out.first && events & WRITING)
        wake(&source->out, how_many(events));
    for (struct watch *watch = source->first, *next; watch; watch = next) {
        next = watch == last ? NULL : watch->next;
        if (watch->exclusive && taken)
            continue;
        if (watch->notify(watch, events) && watch->exclusive) {
            taken = true;
            watch_remove(source, watch); /* another one's turn next time */
            watch_add(source, watch);
        }
    }
}

void source_changed(struct event_source *source, unsigned events)
{
    bool were_on = interrupts_off();

    source_changed_undisturbed(source, events);
    interrupts_restore(were_on);
}

void watch_add(struct event_source *source, struct watch *watch)
{
    bool were_on = interrupts_off();

    watch->next = NULL;
    watch->previous = source->last;
    *(source->last ? &source->last->next : &source->first) = watch;
    source->last = watch;
    interrupts_restore(were_on);
}

void watch_remove(struct event_source *source, struct watch *watch)
{
    bool were_on = interrupts_off();

    *(watch->previous ? &watch->previous->next : &source->first) = watch->next;
    *(watch->next ? &watch->next->previous : &source->last) = watch->previous;
    interrupts_restore(were_on);
}

int source_wait(struct event_source *source, bool writing, unsigned turn, uint64_t deadline_ns)
{
    enum wait_result how =
        wait_quietly(writing ? &source->out : &source->in, &source->turn, turn, deadline_ns);

    waiting_allow();
    return how == WAIT_ALERTED ? -INTERRUPTED : how == WAIT_TIMEOUT ? -EAGAIN : 0;
}

static void attend(void)
{
    if (thread_attention)
        thread_attention();
    thread_self()->alerted = false;
    cancellation_point();
}

long interruption_end(long value)
{
    (void)value;
    if (signals_restart)
        signals_restart(); /* forget what ran before */
    attend();
    return !signals_restart || signals_restart() ? 0 : -EINTR;
}

void handlers_forget(void)
{
    signal_pass();
}

long interruption_end_any(long value)
{
    (void)value;
    attend();
    return signal_pass() ? -EINTR : 0;
}

unsigned file_ready(struct file *file)
{
    return file->ops->ready ? file->ops->ready(file) : POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;
}

struct event_source *file_source(struct file *file)
{
    return file->ops->source ? file->ops->source(file) : NULL;
}
