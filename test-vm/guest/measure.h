/* SPDX-License-Identifier: MIT
 *
 * What the programs of test-vm/bench-primitives share: `NAME TICKS` for each thing that
 * is measured, the median of some batches, per operation.
 */
#ifndef TEST_MEASURE_H
#define TEST_MEASURE_H

#include <stdint.h>

#include "check.h"

#define BATCHES 21

static uint64_t ticks_now(void)
{
    return __builtin_ia32_rdtsc();
}

static char **wanted; /* names, or none for all */

static int is_wanted(const char *name)
{
    char **at = wanted;

    while (*at && strcmp(*at, name) != 0)
        at++;
    return !*wanted || *at;
}

static int tick_compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* batch() returns the ticks of `operations` operations; its first run warms up. */
static void measure(const char *name, uint64_t (*batch)(void), unsigned operations)
{
    uint64_t ticks[BATCHES];

    if (!is_wanted(name))
        return;
    batch();
    for (int i = 0; i < BATCHES; i++)
        ticks[i] = batch();
    qsort(ticks, BATCHES, sizeof *ticks, tick_compare);
    printf("%s %lu\n", name, (unsigned long)((ticks[BATCHES / 2] + operations / 2) / operations));
}

#endif
