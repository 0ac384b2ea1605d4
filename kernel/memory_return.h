/* SPDX-License-Identifier: MIT
 *
 * Memory that the program has freed goes back to the host, and the waist to the
 * devices that tell it.
 */
#ifndef KERNEL_MEMORY_RETURN_H
#define KERNEL_MEMORY_RETURN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* For those who have just freed pages. It is linked into programs
 * that give memory back themselves (munmap, malloc_trim): others hold a weak reference. */
void memory_return(void);

/* Pages in a row. */
struct idle_range {
    uint64_t address;
    uint32_t size_bytes;
};

struct memory_device {
    const char *name;
    unsigned ranges_max; /* in one report */
    /* Tells the host of pages that nobody uses, and waits until it has them: they read
     * as anything from then on. False: there is no such device, or it does not answer;
     * then the pages are as they were. */
    bool (*report)(const struct idle_range *ranges, unsigned count);
};

/* Defined by drivers/, NULL at the end. */
extern const struct memory_device *const memory_devices[];

#endif
