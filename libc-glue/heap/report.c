/* SPDX-License-Identifier: MIT
 *
 * How the heap is doing, for programs that ask.
 */
#include <malloc.h>
#include <stdio.h>

#include "libc-glue/heap/heap.h"

static size_t run_count(const struct run *run, struct mallinfo2 *info)
{
    size_t pages = run->pages;

    switch (run->kind) {
    case RUN_SMALL:
        info->arena += pages * PAGE_SIZE;
        info->ordblks += run->small.free_slots;
        info->fordblks += (size_t)run->small.free_slots * run->small.slot_bytes;
        info->uordblks +=
            (size_t)(run->small.slots - run->small.free_slots) * run->small.slot_bytes;
        return pages;
    case RUN_LARGE:
        info->hblks++;
        info->hblkhd += pages * PAGE_SIZE;
        return pages;
    case RUN_FREE:
        info->arena += run->spare.open_pages * PAGE_SIZE;
        info->fordblks += run->spare.open_pages * PAGE_SIZE;
        info->keepcost += run->spare.open_pages * PAGE_SIZE;
        info->ordblks += run->spare.open_pages != 0;
        return pages;
    default:
        return 1; /* a guard page, or page 0 */
    }
}

struct mallinfo2 mallinfo2(void)
{
    struct mallinfo2 info = {.arena = 0};
    size_t pages = heap_state.used_bytes / PAGE_SIZE;

    heap_lock();
    for (size_t i = 0; i < pages;)
        i += run_count(&heap_state.table[i], &info);
    heap_unlock();
    return info;
}

static int whole(size_t value)
{
    return value > INT32_MAX ? INT32_MAX : (int)value;
}

struct mallinfo mallinfo(void)
{
    struct mallinfo2 info = mallinfo2();

    return (struct mallinfo){
        .arena = whole(info.arena),
        .ordblks = whole(info.ordblks),
        .hblks = whole(info.hblks),
        .hblkhd = whole(info.hblkhd),
        .uordblks = whole(info.uordblks),
        .fordblks = whole(info.fordblks),
        .keepcost = whole(info.keepcost),
    };
}

void malloc_stats(void)
{
    struct mallinfo2 info = mallinfo2();

    fprintf(stderr, "in use by small blocks  %10zu bytes\n", info.uordblks);
    fprintf(stderr, "in use by large blocks  %10zu bytes in %zu\n", info.hblkhd, info.hblks);
    fprintf(stderr, "free                    %10zu bytes\n", info.fordblks);
}

/* There is nothing to tune. glibc's return value for "done" is 1. */
int mallopt(int option, int value)
{
    (void)option, (void)value;
    return 1;
}

size_t malloc_usable_size(void *block)
{
    size_t size_bytes = 0;

    if (!block)
        return 0;
    heap_lock();
    struct run *run = block_find((uintptr_t)block);
    if (run)
        size_bytes =
            run->kind == RUN_SMALL ? run->small.slot_bytes - CANARY_BYTES : run->large.size_bytes;
    heap_unlock();
    return size_bytes;
}
