/* SPDX-License-Identifier: MIT
 *
 * How fast the cycle counter runs, by another counter whose rate is known: the
 * arithmetic, without hardware, and the waist to those who have the counters.
 */
#ifndef KERNEL_CLOCK_RATE_H
#define KERNEL_CLOCK_RATE_H

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_RATE_GUESS 1000000000ull

struct clock_reference {
    const char *name;
    uint64_t hz;
    unsigned bits; /* the counter starts again after 1 << bits ticks */
    bool once;     /* the counter will have another use later */
    uint64_t (*read)(void);
};

/* What both counters showed at one moment. */
struct clock_pair {
    uint64_t cycles, ticks;
};

/* Nanoseconds per cycle << 32, from how far both counters went. */
uint64_t clock_factor(uint64_t hz, const struct clock_pair *from, const struct clock_pair *to);

/* now->ticks is what the counter shows: makes it the full count since last->ticks,
 * which is full already. False when its wraps cannot be told any more. */
bool clock_unwrap(const struct clock_reference *reference, uint64_t factor,
                  const struct clock_pair *last, struct clock_pair *now);

/* A factor that loses ahead_ns over span_ns, but never stands still. */
uint64_t clock_slowed(uint64_t factor, uint64_t ahead_ns, uint64_t span_ns);

/* arch/NAME/clock_reference.c: the best there is, or NULL */
const struct clock_reference *clock_reference_find(void);

#endif
