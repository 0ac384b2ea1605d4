/* SPDX-License-Identifier: MIT
 *
 * Memory that malloc can do without goes back: to the kernel, and from there to the
 * host. A program that asks for this once has the driver for it, and then what it
 * frees goes back by itself.
 */
#include <malloc.h>

#include "kernel/memory.h"
#include "kernel/memory_return.h"
#include "libc-glue/heap/heap.h"

int malloc_trim(size_t keep_bytes)
{
    heap_lock();
    size_t free_before = memory_free_bytes();
    small_trim();
    runs_trim(keep_bytes / PAGE_SIZE);
    bool gave = memory_free_bytes() > free_before;
    heap_unlock();
    memory_return();
    return gave;
}
