/* SPDX-License-Identifier: MIT
 *
 * realloc and its like. realloc(block, 0) frees, as glibc has it.
 */
#include <stdlib.h>
#include <string.h>

#include "libc-glue/heap/heap.h"

/* A small block may stay where it is if it does not waste more than half of its slot. */
static bool small_stays(const struct run *run, size_t size_bytes)
{
    size_t room_bytes = run->small.slot_bytes - CANARY_BYTES;

    return size_bytes <= room_bytes && size_bytes >= room_bytes / 2;
}

/* 0: the block must be copied. Sets *old_bytes then. */
static uintptr_t resize_here(void *block, size_t size_bytes, size_t *old_bytes)
{
    uintptr_t address = (uintptr_t)block;
    struct run *run = block_find(address);

    if (!run) /* a test has switched the check off */
        return address;
    if (run->kind == RUN_SMALL) {
        *old_bytes = run->small.slot_bytes - CANARY_BYTES;
        return small_stays(run, size_bytes) ? address : 0;
    }
    *old_bytes = run->large.size_bytes;
    return size_bytes > SMALL_MAX ? large_resize(run, size_bytes) : 0;
}

static void *resize(void *block, size_t size_bytes)
{
    size_t old_bytes = 0;

    if (!heap_try_lock())
        heap_lock();
    uintptr_t same = resize_here(block, size_bytes, &old_bytes);
    if (heap_leave())
        lock_wake(&heap_state.lock);
    if (same)
        return (void *)same;
    if (size_bytes > SMALL_MAX && old_bytes > SMALL_MAX)
        return no_memory(); /* large_resize has done its best */
    void *other = heap_take(size_bytes);
    if (other) {
        memcpy(other, block, size_bytes < old_bytes ? size_bytes : old_bytes);
        heap_give(block);
    }
    return other;
}

void *realloc(void *block, size_t size_bytes)
{
    if (!block)
        return heap_take(size_bytes);
    if (!size_bytes) {
        heap_give(block);
        return NULL;
    }
    return resize(block, size_bytes);
}

void *reallocf(void *block, size_t size_bytes)
{
    void *other = realloc(block, size_bytes);

    if (!other && size_bytes)
        free(block);
    return other;
}
