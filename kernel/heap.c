/* SPDX-License-Identifier: MIT
 *
 * The heap's area: which of its pages malloc has opened. That is written in the page
 * tables: an open page is promised until it is touched, and there from then on, so
 * that a program learns from malloc, not from a fault, that memory has run out.
 *
 * sbrk()'s area lies behind malloc's and is kept in the same way.
 */
#include "kernel/kernel.h"
#include "kernel/memory.h"
#include "kernel/memory_return.h"

/* Linked into programs that give memory back themselves. */
#pragma weak memory_return

uintptr_t heap_start(void)
{
    return placement.heap;
}

size_t heap_size_bytes(void)
{
    return HEAP_MAX_SIZE;
}

static bool range_open(uintptr_t start, uintptr_t end)
{
    struct page_counts now = mmu_range_count(start, end);
    size_t missing = (end - start) / PAGE_SIZE - now.present - now.promised;

    if (!pages_reserve(missing))
        return false;
    if (!mmu_range_tables(start, end)) {
        pages_unreserve(missing);
        return false;
    }
    mmu_range_promise(start, end);
    return true;
}

bool heap_open(uintptr_t start, size_t size_bytes)
{
    bool were_on = interrupts_off();
    bool done = range_open(start, start + size_bytes);

    interrupts_restore(were_on);
    return done;
}

void heap_close(uintptr_t start, size_t size_bytes, enum heap_mark mark)
{
    bool were_on = interrupts_off();
    struct page_counts was =
        mmu_range_clear(start, start + size_bytes, mark == HEAP_GUARD ? MARK_GUARD : MARK_NONE);

    pages_unreserve(was.promised);
    if (memory_return)
        memory_return();
    interrupts_restore(were_on);
}

size_t heap_open_pages(uintptr_t start, size_t size_bytes)
{
    bool were_on = interrupts_off();
    struct page_counts now = mmu_range_count(start, start + size_bytes);

    interrupts_restore(were_on);
    return now.present + now.promised;
}

void heap_move(uintptr_t from, uintptr_t to, size_t size_bytes)
{
    bool were_on = interrupts_off();

    pages_unreserve(mmu_range_move(from, to, size_bytes).promised);
    interrupts_restore(were_on);
}

uint64_t heap_secret(void)
{
    return entropy_word();
}

uint64_t heap_chance(void)
{
    return placement.image_distance ? entropy_word() : 0;
}

static bool is_heap(uintptr_t address)
{
    return address - placement.heap < HEAP_MAX_SIZE + BREAK_MAX_SIZE;
}

bool heap_fault(uintptr_t address)
{
    return is_heap(address) && mmu_mark(address) == MARK_PROMISED && vm_fill_promised(address);
}

const char *heap_describe(uintptr_t address)
{
    if (!is_heap(address) || mmu_is_mapped(address))
        return NULL;
    if (mmu_mark(address) == MARK_GUARD)
        return "access beside a large block of the heap (an overrun?)";
    return "access to heap memory that is not in use (freed, or beyond the end?)";
}
