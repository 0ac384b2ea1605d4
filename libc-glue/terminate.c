/* SPDX-License-Identifier: MIT
 *
 * The power button, as a program sees it: SIGTERM. When nobody handles that the
 * program ends as by exit(), on a thread of its own, because the one that was
 * interrupted may be in the middle of malloc. That thread runs before all others;
 * they go on only while it waits for something of theirs.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/program.h"
#include "libc-glue/glue.h"
#include "libc-glue/pthread_glue.h"

#pragma weak signal_send_interrupt

static int status_wanted; /* in programs without signals: pressed, and nobody has looked up yet */

static void end(void *status)
{
    locks_hurry(thread_self());
    exit((int)(intptr_t)status);
}

void terminate_begin(int status)
{
    static bool begun;

    if (__atomic_exchange_n(&begun, true, __ATOMIC_SEQ_CST))
        return;
    struct thread *thread = thread_create(end, (void *)(intptr_t)status, NULL, STACK_DEFAULT_BYTES);
    if (!thread)
        exit(status);
    strcpy(thread->name, "power button");
    thread_set_priority_new(thread, PRIORITY_MAX + 1, false);
    thread_ready(thread);
}

void terminate_attend(void)
{
    int status = __atomic_exchange_n(&status_wanted, 0, __ATOMIC_SEQ_CST);

    if (status)
        terminate_begin(status);
}

/* Without signals any thread will do; the one that runs does so at once. */
static struct thread *who_looks_up(void)
{
    struct thread *any = NULL;

    for (struct thread *at = threads_all; at; at = at->all_next)
        if (!at->deaf && (!any || at == thread_self()))
            any = at;
    return any;
}

/* By interrupt: a small stack, no memory, no handlers. */
void program_terminate(int status)
{
    struct thread *to = who_looks_up();

    if (signal_send_interrupt) {
        signal_send_interrupt(SIGTERM, status);
        return;
    }
    status_wanted = status;
    attention_start();
    if (to)
        thread_alert(to);
}
