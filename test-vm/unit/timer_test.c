/* SPDX-License-Identifier: MIT
 *
 * The heap of timers: comes out in order, whatever was taken out of its middle.
 */
// sources: kernel/timer.c
#include "kernel/timer.h"
#include "unit.h"

#define TIMERS 500

static struct timer timers[TIMERS];

static void drain(struct timer_heap *heap, size_t wanted)
{
    uint64_t last_ns = 0;
    size_t count = 0;
    struct timer *timer;

    while ((timer = timer_take_due(heap, UINT64_MAX))) {
        CHECK(timer->due_ns >= last_ns && !timer->waiting);
        last_ns = timer->due_ns;
        count++;
    }
    CHECK(count == wanted && heap->first == NULL);
}

static void in_order(void)
{
    struct timer_heap heap = {NULL};

    for (int i = 0; i < TIMERS; i++) {
        timers[i].due_ns = random_below(200);
        timer_add(&heap, &timers[i]);
    }
    drain(&heap, TIMERS);
}

static void not_before_due(void)
{
    struct timer_heap heap = {NULL};

    CHECK(timer_take_due(&heap, 100) == NULL);
    timers[0].due_ns = 50;
    timer_add(&heap, &timers[0]);
    CHECK(timer_take_due(&heap, 49) == NULL);
    CHECK(timer_take_due(&heap, 50) == &timers[0]);
}

static void taken_out(void)
{
    for (int round = 0; round < 100; round++) {
        struct timer_heap heap = {NULL};
        size_t left = TIMERS;

        for (int i = 0; i < TIMERS; i++) {
            timers[i].due_ns = random_next() >> 8;
            timer_add(&heap, &timers[i]);
            if (i % 7 == 0 && heap.first->child)
                (void)timer_take_due(&heap, 0);
        }
        for (int i = 0; i < TIMERS; i++)
            if (random_below(2)) {
                left -= timers[i].waiting;
                timer_remove(&heap, &timers[i]);
                timer_remove(&heap, &timers[i]); /* twice does no harm */
            }
        for (int i = 0; i < 20; i++) {
            struct timer *first = timer_take_due(&heap, UINT64_MAX);
            if (first)
                timer_add(&heap, first);
        }
        drain(&heap, left);
    }
}

UNIT_MAIN(TEST(in_order), TEST(not_before_due), TEST(taken_out))
