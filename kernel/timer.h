/* SPDX-License-Identifier: MIT
 *
 * What is to happen at a given time: a heap of timers that live in their owners'
 * memory. Knows no clock and no hardware; see sched.c.
 */
#ifndef KERNEL_TIMER_H
#define KERNEL_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timer {
    uint64_t due_ns;
    void (*fire)(struct timer *timer); /* interrupts are off, the stack is small */
    struct timer *child, *sibling;     /* a pairing heap; siblings are a list */
    struct timer *previous;            /* the sibling before, or the parent */
    bool waiting;                      /* in the heap */
};

struct timer_heap {
    struct timer *first; /* due before all others */
};

void timer_add(struct timer_heap *heap, struct timer *timer);
void timer_remove(struct timer_heap *heap, struct timer *timer); /* if it is waiting */
/* The first timer, taken off the heap, when it is due at now; else NULL. */
struct timer *timer_take_due(struct timer_heap *heap, uint64_t now_ns);

#endif
