/* SPDX-License-Identifier: MIT
 *
 * All threads: the list, and how it is shown in the report of a crash. What is shown
 * may be broken by what made us report it.
 */
#include "kernel/kernel.h"
#include "kernel/stacks.h"
#include "kernel/thread.h"

#define WORDS_BYTES       64
#define THREADS_COUNT_MAX 1000000 /* more is a list gone wrong */

extern struct thread main_thread;

struct thread *threads_all = &main_thread;
static unsigned created;

void thread_list_add(struct thread *thread)
{
    thread->number = ++created;
    thread->all_next = threads_all;
    thread->all_previous = NULL;
    threads_all->all_previous = thread;
    threads_all = thread;
}

void thread_list_remove(struct thread *thread)
{
    *(thread->all_previous ? &thread->all_previous->all_next : &threads_all) = thread->all_next;
    if (thread->all_next)
        thread->all_next->all_previous = thread->all_previous;
}

static const char *name_of(const struct thread *thread)
{
    return thread == &main_thread && !*thread->name ? "main" : thread->name;
}

const char *stack_describe(uintptr_t address)
{
    static char words[WORDS_BYTES];
    uintptr_t top = stack_of(address);

    if (!top)
        return NULL;
    if (address >= stack_bottom(top))
        return "no memory left for a thread's stack";
    for (const struct thread *thread = threads_all; thread; thread = thread->all_next) {
        if (thread->slot != top)
            continue;
        if (*thread->name)
            format_into(words, sizeof words, "stack overflow of thread %.*s", THREAD_NAME_BYTES,
                        thread->name);
        else
            format_into(words, sizeof words, "stack overflow of thread %u", thread->number);
        return words;
    }
    return "stack overflow of a thread that has ended";
}

static const char *state_of(const struct thread *thread)
{
    if (thread->blocked)
        return thread->queue ? "waiting" : "sleeping";
    return thread == thread_self() ? "running" : "ready to run";
}

static void thread_print(const struct thread *thread)
{
    uintptr_t frame = 0, address;
    const char *name = name_of(thread);

    kprintf("  thread %u%s%.*s: %s\n", thread->number, *name ? ", " : "", THREAD_NAME_BYTES, name,
            state_of(thread));
    if (thread == thread_self())
        return; /* told already */
    address = stack_resume_address(thread->stack_pointer, &frame);
    backtrace_print_waiting(address, frame);
}

void threads_print(void)
{
    const struct thread *thread = threads_all;
    unsigned count = 0;

    if (!thread->all_next)
        return; /* there is no other */
    for (; thread && mmu_is_mapped((uintptr_t)thread) && count < THREADS_COUNT_MAX; count++) {
        if (count < THREADS_SHOWN_MAX || thread == &main_thread)
            thread_print(thread);
        thread = thread->all_next;
    }
    if (count > THREADS_SHOWN_MAX)
        kprintf("  %u threads in all\n", count);
}
