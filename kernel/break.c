/* SPDX-License-Identifier: MIT
 *
 * The memory that grows at its end, for programs that call sbrk() themselves.
 */
#include "kernel/kernel.h"
#include "kernel/memory.h"

static uintptr_t break_now; /* 0: nobody has asked yet */

static uintptr_t page_above(uintptr_t address)
{
    return (address + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
}

static void *move(ptrdiff_t delta_bytes)
{
    uintptr_t start = placement.heap + HEAP_MAX_SIZE;
    uintptr_t old = break_now ? break_now : start, new = old + (uintptr_t)delta_bytes;
    uintptr_t open_end = page_above(old), wanted_end = page_above(new);

    if (new < start || new > start + BREAK_MAX_SIZE || (delta_bytes > 0) != (new > old))
        return NULL;
    if (wanted_end > open_end && !heap_open(open_end, wanted_end - open_end))
        return NULL;
    if (wanted_end < open_end)
        heap_close(wanted_end, open_end - wanted_end, HEAP_CLOSED);
    break_now = new;
    return (void *)old;
}

void *break_move(ptrdiff_t delta_bytes)
{
    bool were_on = interrupts_off();
    void *old = move(delta_bytes);

    interrupts_restore(were_on);
    return old;
}
