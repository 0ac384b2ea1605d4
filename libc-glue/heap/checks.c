/* SPDX-License-Identifier: MIT
 *
 * Is it a block of the heap, in use, and whole? A program that hands back anything
 * else ends here, before the mistake spreads.
 */
#include <string.h>

#include "libc-glue/heap/heap.h"

static uint64_t canary_of(uintptr_t block)
{
    return heap_state.secret ^ block;
}

/* Large blocks end where they like. Before a guard page there may be less than a word
 * left of the page, and if it is nothing, the guard page is the check. */
static size_t room_bytes(uintptr_t end)
{
    return -end % PAGE_SIZE;
}

void large_canary_set(uintptr_t address, size_t size_bytes)
{
    uintptr_t end = address + size_bytes;
    uint64_t canary = canary_of(address);

    if (room_bytes(end) >= CANARY_BYTES)
        memcpy((void *)end, &canary, CANARY_BYTES);
    else
        memcpy((void *)end, &canary, room_bytes(end));
}

static bool large_canary_is_whole(uintptr_t address, size_t size_bytes)
{
    uintptr_t end = address + size_bytes;
    uint64_t wanted = canary_of(address), canary = wanted;

    if (room_bytes(end) >= CANARY_BYTES)
        memcpy(&canary, (void *)end, CANARY_BYTES);
    else
        memcpy(&canary, (void *)end, room_bytes(end));
    return canary == wanted;
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
