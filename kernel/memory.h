/* SPDX-License-Identifier: MIT
 *
 * Memory as the layers above see it.
 */
#ifndef KERNEL_MEMORY_H
#define KERNEL_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Moves the end of the heap by delta and returns the old end, as sbrk() does;
 * NULL when memory does not suffice. New memory reads as zero. */
void *heap_grow(ptrdiff_t delta_bytes);

size_t memory_total_bytes(void);
size_t memory_free_bytes(void);

/* page_memory.c: one page at a time, contents undefined; NULL when there is none. */
void *page_take(void);
void page_give(void *page);
uint64_t page_physical(const void *page); /* of such a page: to map it somewhere else too */

/* probe.S: whether the program's memory can be read, or written, without a fault. It
 * may be touched for that, but keeps its contents. */
bool memory_probe(const void *address, size_t size_bytes, bool writing);
/* The length of a text, or max when it is longer; -1 when it cannot be read. */
long memory_probe_text(const char *text, size_t max);

#endif
