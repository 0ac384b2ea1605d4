/* SPDX-License-Identifier: MIT
 *
 * Stacks of threads: slots of virtual memory, one area for each power of two, so
 * that an address tells its slot. The lowest page of a slot is the guard; pages
 * come on first touch. A slot that was given back keeps its topmost pages for the
 * next thread.
 */
#include "kernel/kernel.h"
#include "kernel/stacks.h"

#define CLASS_AREA_SIZE (1ul << CLASS_AREA_SHIFT)
#define SLOT_SIZE(c)    (STACK_SLOT_MIN << (c))
#define CLASSES         17

/* Written at the top of a slot that is free. */
struct free_slot {
    uintptr_t next;
};

static struct {
    uintptr_t used;   /* slots below have been handed out at least once */
    uintptr_t free;   /* top of the first free slot, or 0 */
    uintptr_t cached; /* how many free slots still have all their pages */
} classes[CLASSES];

static uintptr_t class_start(unsigned c)
{
    return STACK_SLOTS_START + c * CLASS_AREA_SIZE;
}

static unsigned class_of(uintptr_t address)
{
    return (unsigned)((address - STACK_SLOTS_START) >> CLASS_AREA_SHIFT);
}

static struct free_slot *free_slot(uintptr_t top)
{
    return (struct free_slot *)(top - sizeof(struct free_slot));
}

static bool top_fill(uintptr_t top)
{
    for (uintptr_t at = top - STACK_TOP_BYTES; at < top; at += PAGE_SIZE)
        if (!mmu_is_mapped(at) && !stack_fault(at))
            return false;
    return true;
}

uintptr_t stack_take(size_t size_bytes)
{
    unsigned c = 0;

    while (c < CLASSES && SLOT_SIZE(c) < size_bytes + PAGE_SIZE)
        c++;
    if (c == CLASSES)
        return 0;
    uintptr_t top = classes[c].free;
    if (top) {
        classes[c].free = free_slot(top)->next;
        if (classes[c].cached)
            classes[c].cached--;
        return top;
    }
    if ((classes[c].used + 1) * SLOT_SIZE(c) > CLASS_AREA_SIZE)
        return 0;
    top = class_start(c) + ++classes[c].used * SLOT_SIZE(c);
    if (top_fill(top))
        return top;
    classes[c].used--;
    return 0;
}

void stack_give(uintptr_t top)
{
    unsigned c = class_of(top - 1);
    uintptr_t bottom = top - SLOT_SIZE(c);

    /* Downwards until the first page that was never touched: stacks grow that way. */
    for (uintptr_t at = top - STACK_TOP_BYTES; at > bottom;) {
        at -= PAGE_SIZE;
        if (classes[c].cached < STACKS_CACHED_MAX && at >= top - STACK_CACHED_BYTES)
            continue;
        uint64_t page = mmu_unmap(at);
        if (!page)
            break;
        page_free(page);
    }
    classes[c].cached++;
    free_slot(top)->next = classes[c].free;
    classes[c].free = top;
}

uintptr_t stack_bottom(uintptr_t top)
{
    return top - SLOT_SIZE(class_of(top - 1)) + PAGE_SIZE;
}

static bool is_slot(uintptr_t address)
{
    unsigned c = class_of(address);

    return address >= STACK_SLOTS_START && c < CLASSES &&
           address - class_start(c) < classes[c].used * SLOT_SIZE(c);
}

static bool is_guard(uintptr_t address)
{
    return (address & (SLOT_SIZE(class_of(address)) - 1)) < PAGE_SIZE;
}

bool stack_fault(uintptr_t address)
{
    uint64_t page;

    if (!is_slot(address) || is_guard(address) || !(page = page_alloc()))
        return false;
    page_clear(page);
    if (mmu_map(address & ~(PAGE_SIZE - 1), page, PAGE_SIZE, ACCESS_WRITE))
        return true;
    page_free(page);
    return false;
}

uintptr_t stack_of(uintptr_t address)
{
    return is_slot(address) ? (address | (SLOT_SIZE(class_of(address)) - 1)) + 1 : 0;
}
