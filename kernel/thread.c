/* SPDX-License-Identifier: MIT
 *
 * Threads come and go. A thread's slot of memory holds, from the top: struct thread,
 * its thread control block, its thread-local data, its stack.
 */
#include "kernel/thread.h"
#include "kernel/kernel.h"
#include "kernel/log.h"
#include "kernel/stacks.h"

_Noreturn void thread_leave(void);

uint64_t threads_ended_cycles;
static struct thread *ended; /* gave its own slot back while it stood on it */

static void slot_give(struct thread *thread)
{
    if (thread->slot)
        stack_give(thread->slot);
}

static void ended_reap(void)
{
    struct thread *thread = ended;

    ended = NULL;
    if (thread)
        slot_give(thread);
}

static void begin(void)
{
    struct thread *self = thread_self();

    interrupts_restore(true);
    self->function(self->argument);
    thread_exit();
}

/* Lays out the memory below top; NULL when it is too small. */
static struct thread *build(uintptr_t bottom, uintptr_t top)
{
    struct thread *thread = (void *)((top - sizeof(struct thread)) & ~63ul);
    struct thread_control *control = (void *)(((uintptr_t)thread - sizeof *control) & ~63ul);
    uintptr_t tls = (uintptr_t)control - thread_local_bytes();

    if ((uintptr_t)thread < bottom || tls < bottom || tls - bottom < STACK_USABLE_MIN)
        return NULL;
    *thread = (struct thread){.function = NULL};
    thread_local_build((void *)tls);
    *control = *thread_self()->control;
    control->self = control;
    control->thread = thread;
    thread->control = control;
    thread->stack_start = bottom;
    thread->stack_end = tls & ~63ul;
    thread->stack_pointer = stack_prepare(thread->stack_end, begin);
    return thread;
}

struct thread *thread_create(void (*function)(void *), void *argument, void *stack,
                             size_t stack_bytes)
{
    uintptr_t bottom = (uintptr_t)stack, top = bottom + stack_bytes, slot = 0;
    bool were_on = interrupts_off();
    struct thread *thread = NULL;

    ended_reap();
    if (!stack) {
        size_t own = sizeof(struct thread) + sizeof(struct thread_control) + thread_local_bytes();
        top = slot = stack_take(stack_bytes + own + 128);
        bottom = slot ? stack_bottom(slot) : 0;
    }
    if (top && (thread = build(bottom, top))) {
        thread->slot = slot;
        thread->function = function;
        thread->argument = argument;
        thread->priority = thread_self()->priority;
        thread_list_add(thread);
    } else if (slot) {
        stack_give(slot);
    }
    if (!thread)
        log_note("no thread: a stack of %lu bytes is too much, or too little", stack_bytes, 0);
    interrupts_restore(were_on);
    return thread;
}

static _Noreturn void leave(bool release)
{
    struct thread *self = thread_self();

    ended_reap();
    threads_ended_cycles += thread_run_cycles(self);
    thread_list_remove(self);
    if (release)
        ended = self;
    thread_leave();
}

_Noreturn void thread_exit(void)
{
    interrupts_off();
    leave(true);
}

_Noreturn void thread_end(unsigned *has_ended, struct wait_queue *joiners, const bool *detached)
{
    interrupts_off();
    *has_ended = 1;
    wake(joiners, UINT32_MAX);
    leave(*detached);
}

bool thread_detach(const unsigned *has_ended, bool *detached)
{
    bool were_on = interrupts_off();
    bool runs = !*has_ended;

    *detached = true;
    interrupts_restore(were_on);
    return runs;
}

void thread_release(struct thread *thread)
{
    bool were_on = interrupts_off();

    slot_give(thread);
    interrupts_restore(were_on);
}

void *thread_local_of(const struct thread *thread, const void *mine)
{
    return (char *)thread->control + ((const char *)mine - (const char *)thread_self()->control);
}
