/* SPDX-License-Identifier: MIT
 *
 * A pairing heap of timers: adding costs one comparison, taking the first one is
 * logarithmic on average, and nothing is allocated.
 */
#include "kernel/timer.h"

static struct timer *meld(struct timer *a, struct timer *b)
{
    if (!a || !b)
        return a ? a : b;
    if (b->due_ns < a->due_ns) {
        struct timer *swap = a;
        a = b;
        b = swap;
    }
    b->previous = a;
    b->sibling = a->child;
    if (a->child)
        a->child->previous = b;
    a->child = b;
    return a;
}

/* A list of siblings becomes one heap: melded in pairs on the way there, and the
 * pairs on the way back. */
static struct timer *merge(struct timer *list)
{
    struct timer *pairs = NULL, *heap = NULL;

    while (list) {
        struct timer *a = list, *b = a->sibling;
        list = b ? b->sibling : NULL;
        a->sibling = NULL;
        if (b)
            b->sibling = NULL;
        a = meld(a, b);
        a->sibling = pairs;
        pairs = a;
    }
    while (pairs) {
        struct timer *next = pairs->sibling;
        pairs->sibling = NULL;
        heap = meld(heap, pairs);
        pairs = next;
    }
    return heap;
}

void timer_add(struct timer_heap *heap, struct timer *timer)
{
    timer->child = timer->sibling = timer->previous = NULL;
    timer->waiting = true;
    heap->first = meld(heap->first, timer);
    heap->first->previous = NULL;
}

void timer_remove(struct timer_heap *heap, struct timer *timer)
{
    if (!timer->waiting)
        return;
    timer->waiting = false;
    struct timer *rest = merge(timer->child);
    if (heap->first == timer) {
        heap->first = rest;
    } else {
        if (timer->previous->child == timer)
            timer->previous->child = timer->sibling;
        else
            timer->previous->sibling = timer->sibling;
        if (timer->sibling)
            timer->sibling->previous = timer->previous;
        heap->first = meld(heap->first, rest);
    }
    if (heap->first)
        heap->first->previous = NULL;
}

struct timer *timer_take_due(struct timer_heap *heap, uint64_t now_ns)
{
    struct timer *timer = heap->first;

    if (!timer || timer->due_ns > now_ns)
        return NULL;
    timer_remove(heap, timer);
    return timer;
}
