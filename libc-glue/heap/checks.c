/* SPDX-License-Identifier: MIT
 *
 * Is it a block of the heap, in use, and whole? A program that hands back anything
 * else ends here, before the mistake spreads.
 */
#include <signal.h>
#include <string.h>

#include "kernel/panic.h"
#include "libc-glue/heap/heap.h"

void heap_refuse(enum heap_fault fault, const void *block)
{
    static const char *const words[] = {
        [HEAP_NOT_A_BLOCK] = "free or realloc of %p, which is not a block of the heap",
        [HEAP_FREED_ALREADY] = "double free of %p (or realloc of a freed block)",
        [HEAP_INSIDE_A_BLOCK] = "free or realloc of %p, which is inside of a heap block",
        [HEAP_OVERRUN] = "heap block at %p was overrun: somebody wrote past its end",
        [HEAP_REENTERED] = "malloc or free called by a signal handler that interrupted them",
    };

    program_abort_because(words[fault], block);
}

static uint64_t canary_of(uintptr_t block)
{
    return heap.secret ^ block;
}

/* Large blocks end where they like. Before a guard page there may be less than a word
 * left of the page, and if it is nothing, the guard page is the check. */
static size_t large_canary_bytes(uintptr_t end)
{
    size_t room_bytes = -end % PAGE_SIZE;

    return room_bytes < CANARY_BYTES ? room_bytes : CANARY_BYTES;
}

void large_canary_set(uintptr_t address, size_t size_bytes)
{
    uintptr_t end = address + size_bytes;
    uint64_t canary = canary_of(address);

    memcpy((void *)end, &canary, large_canary_bytes(end));
}

static bool large_canary_is_whole(uintptr_t address, size_t size_bytes)
{
    uintptr_t end = address + size_bytes;
    uint64_t canary = canary_of(address);

    return memcmp((void *)end, &canary, large_canary_bytes(end)) == 0;
}

struct run *block_refuse(enum heap_fault fault, uintptr_t address)
{
    heap_refuse(fault, (void *)address);
    return NULL;
}

struct run *large_find(struct run *run, uintptr_t address)
{
    if (run->kind != RUN_LARGE)
        return block_refuse(HEAP_FREED_ALREADY, address);
    if (address % PAGE_SIZE)
        return block_refuse(HEAP_INSIDE_A_BLOCK, address);
    if (!large_canary_is_whole(address, run->large.size_bytes))
        return block_refuse(HEAP_OVERRUN, address);
    return run;
}
