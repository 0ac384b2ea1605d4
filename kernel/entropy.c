/* SPDX-License-Identifier: MIT
 *
 * Chance from the processor: its generator where it has one, else the jitter of its
 * clock. Boot draws addresses and the canary from here; random.c all else.
 */
#include "kernel/kernel.h"

#define JITTER_SAMPLES 512

uint64_t entropy_word(void)
{
    uint64_t word = 0;

    if (!cpu_random(&word))
        for (int k = 0; k < JITTER_SAMPLES; k++)
            word = (word << 7 | word >> 57) * 0x9e3779b97f4a7c15ull ^ cycles_now();
    return word ^ cycles_now();
}
