/* SPDX-License-Identifier: MIT
 *
 * Areas of virtual memory that get their pages on first touch: the main stack
 * and the heap. The heap's pages are promised when it grows, so that a program
 * learns from malloc, not from a fault, that memory has run out. A stack takes
 * what there is.
 */
#include "kernel/kernel.h"
#include "kernel/memory.h"
#include "kernel/stacks.h"

/* The lowest page of the stack's area is the guard and never mapped. */
#define STACK_AREA_START (placement.stack)
#define STACK_GUARD_END  (STACK_AREA_START + PAGE_SIZE)
#define STACK_TOP        (STACK_GUARD_END + STACK_MAIN_SIZE)
#define HEAP_AREA_START  (placement.heap)
#define HEAP_AREA_END    (HEAP_AREA_START + HEAP_MAX_SIZE)

/* Linked only into programs with threads. */
#pragma weak stack_fault
#pragma weak stack_describe
#pragma weak stack_of

static uintptr_t heap_end;      /* the break */
static uintptr_t heap_promised; /* pages are set aside up to here */
static uintptr_t heap_tabled;   /* and page tables up to here; they are kept */

void vm_init(void)
{
    heap_end = heap_promised = heap_tabled = HEAP_AREA_START;
}

uintptr_t vm_stack_top(void)
{
    return STACK_TOP;
}

static uintptr_t round_up(uintptr_t value, uintptr_t unit)
{
    return (value + unit - 1) & ~(unit - 1);
}

/* Page tables that growing the heap from one end to the other will need. */
static size_t heap_tables(uintptr_t from, uintptr_t to)
{
    uintptr_t reach = LARGE_PAGE_SIZE * (LARGE_PAGE_SIZE / PAGE_SIZE);

    return (round_up(to, LARGE_PAGE_SIZE) - round_up(from, LARGE_PAGE_SIZE)) / LARGE_PAGE_SIZE +
           (round_up(to, reach) - round_up(from, reach)) / reach;
}

static bool heap_promise(uintptr_t end)
{
    size_t pages = (end - heap_promised) / PAGE_SIZE;
    size_t tables = end > heap_tabled ? heap_tables(heap_tabled, end) : 0;

    tables += (tables + 7) / 8; /* to take tables out of the view of RAM costs some (mmu.c) */
    if (!pages_reserve(pages + tables))
        return false;
    pages_reserve_tables(tables);
    heap_promised = end;
    if (end > heap_tabled)
        heap_tabled = end;
    return true;
}

static void heap_give_back(uintptr_t end)
{
    while (heap_promised > end) {
        heap_promised -= PAGE_SIZE;
        uint64_t page = mmu_unmap(heap_promised);
        if (page)
            page_free(page);
        else
            pages_unreserve(1);
    }
}

static void *break_move(ptrdiff_t delta_bytes)
{
    uintptr_t old = heap_end, end = old + (uintptr_t)delta_bytes;

    if (delta_bytes > 0) {
        if (end < old || end > HEAP_AREA_END)
            return NULL;
        uintptr_t whole = round_up(end, PAGE_SIZE);
        if (whole > heap_promised && !heap_promise(whole))
            return NULL;
    } else if (delta_bytes < 0) {
        if (end > old || end < HEAP_AREA_START)
            return NULL;
        heap_give_back(round_up(end, PAGE_SIZE));
    }
    heap_end = end;
    return (void *)old;
}

void *heap_grow(ptrdiff_t delta_bytes)
{
    bool were_on = interrupts_off();
    void *old = break_move(delta_bytes);

    interrupts_restore(were_on);
    return old;
}

size_t memory_total_bytes(void)
{
    return pages_total() * PAGE_SIZE;
}

size_t memory_free_bytes(void)
{
    return pages_free() * PAGE_SIZE;
}

static bool page_fill(uintptr_t address, uint64_t page)
{
    page_clear(page);
    if (mmu_map(address & ~(PAGE_SIZE - 1), page, PAGE_SIZE, ACCESS_WRITE))
        return true;
    page_free(page);
    return false;
}

bool vm_fault(uintptr_t address)
{
    if (address >= HEAP_AREA_START && address < heap_promised)
        return page_fill(address, page_alloc_reserved());
    if (address >= STACK_GUARD_END && address < STACK_TOP) {
        uint64_t page = page_alloc();
        return page && page_fill(address, page);
    }
    return stack_fault && stack_fault(address);
}

const char *vm_describe(uintptr_t address)
{
    if (address >= STACK_AREA_START && address < STACK_GUARD_END)
        return "stack overflow of the main thread";
    if (address >= STACK_GUARD_END && address < STACK_TOP)
        return "no memory left for the stack";
    if (address < STACK_AREA_START && address >= STACK_AREA_START - STACK_MAIN_SIZE)
        return "stack overflow of the main thread (a large step past the end)";
    if (address >= heap_promised && address < HEAP_AREA_END)
        return "access beyond the end of the heap";
    return stack_describe ? stack_describe(address) : NULL;
}

const char *vm_place(uintptr_t address)
{
    if (address >= STACK_GUARD_END && address < STACK_TOP)
        return "the main stack";
    if (address - placement.heap < HEAP_MAX_SIZE)
        return "the heap";
    return stack_of && stack_of(address) ? "the stack of a thread" : NULL;
}
