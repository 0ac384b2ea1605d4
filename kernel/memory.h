/* SPDX-License-Identifier: MIT
 *
 * Memory as the layers above see it.
 */
#ifndef KERNEL_MEMORY_H
#define KERNEL_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

size_t memory_total_bytes(void);
size_t memory_free_bytes(void);

/* Called when memory is short, with interrupts off: gives back what it can do without.
 * Set by malloc; NULL: nobody. */
extern void (*memory_short)(void);

/* heap.c: an area of addresses, of which malloc asks for pages and gives them back.
 * All addresses and sizes are in whole pages. */
enum heap_mark { HEAP_CLOSED, HEAP_GUARD }; /* why nobody may touch a page: for the report */
uintptr_t heap_start(void);
size_t heap_size_bytes(void);
/* The pages can be touched afterwards, and those that could not before read as zero. */
bool heap_open(uintptr_t start, size_t size_bytes); /* false: no memory, nothing changed */
void heap_close(uintptr_t start, size_t size_bytes, enum heap_mark mark);
size_t heap_open_pages(uintptr_t start, size_t size_bytes); /* how many are open */
/* Moves open pages, with what is in them, to others that are open and lose theirs. */
void heap_move(uintptr_t from, uintptr_t to, size_t size_bytes);
uint64_t heap_secret(void);
uint64_t heap_chance(void); /* random as well, but 0 in a boot without random places */

/* break.c: moves the end of sbrk()'s area by delta and returns the old end; NULL when
 * memory does not suffice. New memory reads as zero. */
void *break_move(ptrdiff_t delta_bytes);

/* page_memory.c: one page at a time, contents undefined; NULL when there is none. */
void *memory_page_new(void);
void memory_page_free(void *page);
uint64_t memory_page_physical(const void *page); /* of such a page: to map it somewhere else too */

/* probe.S: whether the program's memory can be read, or written, without a fault. It
 * may be touched for that, but keeps its contents. */
bool memory_probe(const void *address, size_t size_bytes, bool writing);
/* The length of a text, or max when it is longer; -1 when it cannot be read. */
long memory_probe_text(const char *text, size_t max);

#endif
