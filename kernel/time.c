/* SPDX-License-Identifier: MIT
 *
 * Clocks: cycles since boot, turned into nanoseconds by a factor. Where nobody
 * knows the factor it is measured, briefly when the first program asks for the
 * time, and again over ever longer spans as the program goes on asking. The clock
 * never goes back: when it was fast, it goes slower for a while.
 */
#include "kernel/time.h"
#include "kernel/clock_rate.h"
#include "kernel/kernel.h"
#include "kernel/log.h"

#define NS_PER_SECOND     1000000000ull
#define MEASURE_FIRST_NS  2000000ull
#define MEASURE_AGAIN_NS  60000000000ull /* at the latest */
#define CYCLES_FIRST_LOOK 4000000ull
#define PREPARED_CYCLES   25000000ull /* half of what the narrowest reference counts, at 1 GHz */
#define READINGS          3

static struct {
    unsigned changes; /* odd while a change is under way */
    uint64_t base_cycles, base_ns;
    uint64_t factor; /* cycles * factor >> 32 = nanoseconds */
    uint64_t valid;  /* for so many cycles after base_cycles */
} clock;

static struct {
    const struct clock_reference *reference;
    struct clock_pair first, last; /* ticks counted in full, beyond the counter's width */
    uint64_t first_ns;
} measure;

/* The tightest of a few readings of both counters. */
static struct clock_pair pair_read(void)
{
    struct clock_pair best = {0, 0};
    uint64_t best_width = UINT64_MAX;

    for (int i = 0; i < READINGS; i++) {
        uint64_t before = cycles_now();
        uint64_t ticks = measure.reference->read();
        uint64_t width = cycles_now() - before;
        if (width < best_width) {
            best_width = width;
            best = (struct clock_pair){before + width / 2, ticks};
        }
    }
    return best;
}

static void factor_set(uint64_t base_cycles, uint64_t base_ns, uint64_t factor, uint64_t valid)
{
    clock.changes++;
    clock.base_cycles = base_cycles;
    clock.base_ns = base_ns;
    clock.factor = factor;
    clock.valid = valid;
    clock.changes++;
}

static uint64_t factor_of(uint64_t cycles_per_second)
{
    return (NS_PER_SECOND << 32) / cycles_per_second;
}

/* Whoever knows that the time will be asked for says so before: then the measurement goes on
 * while the program starts, and need not be waited for. */
void clock_prepare(void)
{
    if (clock.factor || measure.reference || cycles_per_second_known())
        return;
    measure.reference = clock_reference_find();
    if (measure.reference)
        measure.first = pair_read();
}

/* A short measurement: the first answer must be roughly right. What was prepared long ago is of
 * no use: the reference may have begun anew since. */
static uint64_t factor_measure(void)
{
    uint64_t wanted, mask;

    if (!measure.reference)
        clock_prepare();
    else if (cycles_now() - measure.first.cycles > PREPARED_CYCLES)
        measure.first = pair_read();
    if (!measure.reference)
        return factor_of(CLOCK_RATE_GUESS);
    mask = (1ull << measure.reference->bits) - 1;
    wanted = measure.reference->hz * MEASURE_FIRST_NS / NS_PER_SECOND;
    measure.last = pair_read();
    while (((measure.last.ticks - measure.first.ticks) & mask) < wanted)
        measure.last = pair_read();
    measure.last.ticks = measure.first.ticks + ((measure.last.ticks - measure.first.ticks) & mask);
    return clock_factor(measure.reference->hz, &measure.first, &measure.last);
}

static void clock_start(void)
{
    uint64_t known = cycles_per_second_known(), boot = cycles_at_boot();

    if (known) {
        log_note("clock: %lu kHz, as the processor or the hypervisor says", known / 1000, 0);
        factor_set(boot, 0, factor_of(known), UINT64_MAX);
        return;
    }
    uint64_t factor = factor_measure();
    bool again = measure.reference && !measure.reference->once;
    log_note("clock: about %lu kHz, measured by the %s", (NS_PER_SECOND << 32) / factor / 1000,
             (uint64_t)(measure.reference ? measure.reference->name : "nothing: it is a guess"));
    factor_set(boot, 0, factor, again ? cycles_now() - boot + CYCLES_FIRST_LOOK : UINT64_MAX);
    measure.first_ns = clock_ns_of_cycles(measure.first.cycles - boot);
}

static void clock_refine(void)
{
    struct clock_pair now = pair_read();
    uint64_t hz = measure.reference->hz;

    if (!clock_unwrap(measure.reference, clock.factor, &measure.last, &now)) {
        clock.valid = UINT64_MAX; /* asked too late: what we know is good enough */
        return;
    }
    uint64_t shown_ns = clock.base_ns + clock_ns_of_cycles(now.cycles - clock.base_cycles);
    uint64_t factor = clock_factor(hz, &measure.first, &now);
    uint64_t true_ns =
        measure.first_ns +
        (uint64_t)((unsigned __int128)(now.ticks - measure.first.ticks) * NS_PER_SECOND / hz);
    uint64_t next_ns = true_ns - measure.first_ns;
    if (next_ns > MEASURE_AGAIN_NS)
        next_ns = MEASURE_AGAIN_NS;
    uint64_t valid = (uint64_t)(((unsigned __int128)next_ns << 32) / factor);
    if (shown_ns > true_ns)
        factor = clock_slowed(factor, shown_ns - true_ns, next_ns);
    factor_set(now.cycles, shown_ns > true_ns ? shown_ns : true_ns, factor, valid);
    measure.last = now;
}

static void clock_look(void)
{
    bool were_on = interrupts_off();

    if (!clock.factor)
        clock_start();
    else if (cycles_now() - clock.base_cycles >= clock.valid)
        clock_refine();
    interrupts_restore(were_on);
}

/* The compiler must not move what it reads of the clock across these. */
static inline unsigned changes_read(void)
{
    unsigned changes;

    __asm__ volatile("" : : : "memory");
    changes = clock.changes;
    __asm__ volatile("" : : : "memory");
    return changes;
}

uint64_t clock_monotonic_ns(void)
{
    for (;;) {
        unsigned changes = changes_read();
        uint64_t cycles = cycles_now() - clock.base_cycles;
        if (cycles >= clock.valid) {
            clock_look();
            continue;
        }
        uint64_t factor = clock.factor, base_ns = clock.base_ns;
        if (changes == changes_read())
            return base_ns + (uint64_t)((unsigned __int128)cycles * factor >> 32);
    }
}

uint64_t clock_ns_of_cycles(uint64_t cycles)
{
    if (!clock.factor)
        clock_look();
    return (uint64_t)((unsigned __int128)cycles * clock.factor >> 32);
}

uint64_t clock_cycles_of_ns(uint64_t ns)
{
    return (uint64_t)(((unsigned __int128)ns << 32) / (clock.factor ? clock.factor : 1));
}

static uint64_t boot_time_ns;

static __attribute__((noinline)) void boot_time_find(void)
{
    bool were_on = interrupts_off();

    boot_time_ns = wall_clock_s() * NS_PER_SECOND - clock_monotonic_ns();
    interrupts_restore(were_on);
}

void clock_realtime_set(uint64_t now_ns)
{
    boot_time_ns = (now_ns - clock_monotonic_ns()) | 1; /* 0: not known yet */
}

uint64_t clock_realtime_ns(void)
{
    if (!boot_time_ns)
        boot_time_find();
    return boot_time_ns + clock_monotonic_ns();
}
