/* SPDX-License-Identifier: MIT
 *
 * The arithmetic of measuring the cycle counter's rate.
 */
#include "kernel/clock_rate.h"

#define NS_PER_SECOND 1000000000ull
#define DOUBT         128 /* the rate may be wrong by one part in so many */

typedef unsigned __int128 wide;

uint64_t clock_factor(uint64_t hz, const struct clock_pair *from, const struct clock_pair *to)
{
    uint64_t ns = (uint64_t)((wide)(to->ticks - from->ticks) * NS_PER_SECOND / hz);
    uint64_t cycles = to->cycles - from->cycles;
    uint64_t factor = cycles ? (uint64_t)(((wide)ns << 32) / cycles) : 0;

    return factor ? factor : (NS_PER_SECOND << 32) / CLOCK_RATE_GUESS;
}

bool clock_unwrap(const struct clock_reference *reference, uint64_t factor,
                  const struct clock_pair *last, struct clock_pair *now)
{
    uint64_t period = 1ull << reference->bits;
    uint64_t ns = (uint64_t)((wide)(now->cycles - last->cycles) * factor >> 32);
    uint64_t expected = last->ticks + (uint64_t)((wide)ns * reference->hz / NS_PER_SECOND);
    uint64_t base = expected & ~(period - 1), low = now->ticks & (period - 1);

    if ((expected - last->ticks) / DOUBT >= period / 2)
        return false;
    uint64_t full = base | low;
    if (full + period / 2 < expected)
        full += period;
    else if (full > expected + period / 2 && full >= period)
        full -= period;
    now->ticks = full < last->ticks ? last->ticks : full;
    return true;
}

uint64_t clock_slowed(uint64_t factor, uint64_t ahead_ns, uint64_t span_ns)
{
    uint64_t loss = (uint64_t)((wide)factor * ahead_ns / (span_ns ? span_ns : 1));

    return loss < factor / 2 ? factor - loss : factor / 2;
}
