/* SPDX-License-Identifier: MIT
 *
 * Random bytes fit for keys, and the waists to what they come from.
 */
#ifndef KERNEL_ENTROPY_H
#define KERNEL_ENTROPY_H

#include <stddef.h>
#include <stdint.h>

void entropy_read(void *to, size_t n); /* never fails, never waits for long */

/* A device that has random bytes. */
struct entropy_device {
    const char *name;
    /* Looks for the device when it is called first. Says how many bytes it got before
     * patience_cycles of the cycle counter were over: 0 when there is no such device. */
    size_t (*read)(void *to, size_t n, uint64_t patience_cycles);
};

/* A device that tells when this machine goes on as a copy of one that was saved. */
enum { GENERATION_WORDS = 2 };
struct generation_device {
    const char *name;
    /* Two words in memory that are others from then on; NULL: there is no such device. */
    const volatile uint64_t *(*find)(void);
};

/* Defined by drivers/, NULL at the end. */
extern const struct entropy_device *const entropy_devices[];
extern const struct generation_device *const generation_devices[];

#endif
