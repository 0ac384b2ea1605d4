/* SPDX-License-Identifier: MIT
 *
 * Measuring one counter by another: the factor, counters that wrap, slowing down.
 */
// sources: kernel/clock_rate.c
#include <stdbool.h>

#include "kernel/clock_rate.h"
#include "unit.h"

#define GHZ 1000000000ull

static const struct clock_reference pm_timer = {"test", 3579545, 24, false, NULL};

static void factors(void)
{
    struct clock_pair from = {1000, 5}, to = {1000 + 2 * GHZ, 5 + 3579545};
    uint64_t factor = clock_factor(3579545, &from, &to);

    CHECK(factor == (1ull << 32) / 2); /* 2 GHz: half a nanosecond */
    to = from;
    CHECK(clock_factor(3579545, &from, &to) == 1ull << 32); /* nothing known: a guess */
}

/* At random distances up to a minute, with a rate that is wrong by up to 0.3 %. */
static void wraps(void)
{
    for (int i = 0; i < 100000; i++) {
        uint64_t cycles = random_below(60) * GHZ + random_below(GHZ);
        uint64_t start = random_below(1ull << 40);
        uint64_t ticks = (uint64_t)((unsigned __int128)cycles * 3579545 / GHZ);
        uint64_t factor = (1ull << 32) / 1000 * (997 + random_below(7));
        struct clock_pair last = {77, start};
        struct clock_pair now = {77 + cycles, (start + ticks) & ((1 << 24) - 1)};

        CHECK(clock_unwrap(&pm_timer, factor, &last, &now));
        uint64_t off =
            now.ticks > start + ticks ? now.ticks - start - ticks : start + ticks - now.ticks;
        CHECK(off == 0);
    }
}

static void lost(void)
{
    struct clock_pair last = {0, 0}, now = {GHZ * 100000, 12345};

    CHECK(!clock_unwrap(&pm_timer, 1ull << 32, &last, &now));
}

static void slowed(void)
{
    uint64_t one = 1ull << 32;

    CHECK(clock_slowed(one, 0, GHZ) == one);
    CHECK(clock_slowed(one, GHZ / 100, GHZ) == one - one / 100);
    CHECK(clock_slowed(one, 10 * GHZ, GHZ) == one / 2); /* never backwards, never still */
    CHECK(clock_slowed(one, 1, 0) == one / 2);
}

UNIT_MAIN(TEST(factors), TEST(wraps), TEST(lost), TEST(slowed))
