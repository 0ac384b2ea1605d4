/* SPDX-License-Identifier: MIT
 *
 * Pages that nobody uses, for a device that tells the host about them (idle_pages.c).
 */
#ifndef KERNEL_IDLE_PAGES_H
#define KERNEL_IDLE_PAGES_H

#include <stddef.h>
#include <stdint.h>

size_t idle_pages_count(void);                       /* how many are to be had */
size_t idle_pages_take(uint64_t *pages, size_t max); /* physical addresses */
void idle_pages_return(const uint64_t *pages, size_t count);

/* For pages.c. */
uint64_t page_take_returned(void);

#endif
