/* SPDX-License-Identifier: MIT
 *
 * Readiness, the same for everything that can be waited for. What can change has an
 * event_source and says source_changed() when it does. Threads in a call of its own
 * wait on it directly; poll, select and epoll watch it. Nobody looks again and again.
 */
#ifndef GLUE_EVENTS_H
#define GLUE_EVENTS_H

#include <poll.h>

#include "kernel/thread.h"
#include "libc-glue/files.h"

#pragma GCC visibility push(hidden)

/* Who is told of changes. Runs with interrupts off, perhaps in an interrupt. Returns
 * whether that woke somebody: of exclusive watches only as many are told. */
struct watch {
    struct watch *next, *previous;
    bool (*notify)(struct watch *watch, unsigned events);
    bool exclusive;
};

struct event_source {
    struct wait_queue in, out; /* threads that wait to read, or to write */
    unsigned turn;             /* another one after each change */
    struct watch *first, *last;
};

#define EVENTS_END (POLLHUP | POLLERR | POLLRDHUP)

/* Called by who waits, before he looks; NULL but for programs with a network, which
 * looks at its cards then. */
extern void (*events_look)(void);
static inline void events_begin(void)
{
    if (events_look)
        events_look();
}

/* events.c. All may be called with interrupts off. */
void source_changed(struct event_source *source, unsigned events);
void source_changed_undisturbed(struct event_source *source, unsigned events); /* they are off */
void watch_add(struct event_source *source, struct watch *watch);
void watch_remove(struct event_source *source, struct watch *watch);

/* Sleeps until the source's turn is another one than the caller saw when it looked: 0,
 * look again; -EAGAIN at the deadline; -INTERRUPTED. */
int source_wait(struct event_source *source, bool writing, unsigned turn, uint64_t deadline_ns);

/* The same for what a handler always ends, with SA_RESTART too. Such a call begins with
 * handlers_forget(), and before it sleeps it asks signal_pass() with interrupts off: a
 * handler may have run since, without anybody being alerted by now. */
long interruption_end_any(long value);
void handlers_forget(void);

/* What a file says of itself, POLLIN and POLLOUT if it never waits. */
unsigned file_ready(struct file *file);
struct event_source *file_source(struct file *file);

/* What a call with a time limit makes of it; WAIT_FOREVER for NULL. -EINVAL. */
int deadline_after(const struct timespec *wait, uint64_t *deadline_ns);
uint64_t deadline_after_ms(int wait_ms);

/* console_events.c: so that programs with events have the console's as well */
void console_events_use(void);

/* event_file.c */
int event_stat(struct file *file, struct stat *status);
int event_install(const struct file_ops *ops, void *object, int flags); /* the descriptor */

/* A signal mask for the time of one call (ppoll and its like). A handler that runs at
 * once ends the call: it does not wait then, and fails if nothing is ready. */
struct mask_change {
    bool changed, handled;
    sigset_t before;
};
int mask_begin(struct mask_change *change, const sigset_t *mask, uint64_t *deadline_ns);
long mask_end(const struct mask_change *change, long answer);

#pragma GCC visibility pop

#endif
