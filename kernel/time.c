/* SPDX-License-Identifier: MIT
 *
 * Clocks: cycles since boot, turned into nanoseconds by a factor that is worked
 * out when the first program asks for the time.
 */
#include "kernel/time.h"
#include "kernel/kernel.h"

#define NS_PER_SECOND 1000000000ull

/* cycles * factor >> 32 = nanoseconds */
static uint64_t cycles_factor(void)
{
    static uint64_t factor;

    if (!factor)
        factor = (NS_PER_SECOND << 32) / cycles_per_second();
    return factor;
}

uint64_t clock_monotonic_ns(void)
{
    uint64_t factor = cycles_factor();
    uint64_t cycles = cycles_now() - cycles_at_boot();

    return (uint64_t)((unsigned __int128)cycles * factor >> 32);
}

uint64_t clock_realtime_ns(void)
{
    static uint64_t boot_time_ns;

    if (!boot_time_ns)
        boot_time_ns = wall_clock_s() * NS_PER_SECOND - clock_monotonic_ns();
    return boot_time_ns + clock_monotonic_ns();
}

void clock_sleep_ns(uint64_t duration_ns)
{
    uint64_t end = clock_monotonic_ns() + duration_ns;

    while (clock_monotonic_ns() < end)
        cpu_relax();
}
