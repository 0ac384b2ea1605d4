/* SPDX-License-Identifier: MIT
 *
 * Memory as the layers above see it.
 */
#ifndef KERNEL_MEMORY_H
#define KERNEL_MEMORY_H

#include <stddef.h>

/* Moves the end of the heap by delta and returns the old end, as sbrk() does;
 * NULL when memory does not suffice. New memory reads as zero. */
void *heap_grow(ptrdiff_t delta_bytes);

size_t memory_total_bytes(void);
size_t memory_free_bytes(void);

#endif
