/* SPDX-License-Identifier: MIT
 *
 * Areas of virtual memory that get their pages on first touch. The main stack is
 * here and takes what there is; the others answer for themselves, if the program
 * has them.
 */
#include "kernel/kernel.h"
#include "kernel/memory.h"
#include "kernel/stacks.h"

/* The lowest page of the stack's area is the guard and never mapped. */
#define STACK_AREA_START (placement.stack)
#define STACK_GUARD_END  (STACK_AREA_START + PAGE_SIZE)
#define STACK_TOP        (STACK_GUARD_END + STACK_MAIN_SIZE)

/* Linked only into programs that have threads, a heap, mapped memory. */
#pragma weak stack_fault
#pragma weak stack_describe
#pragma weak stack_of
#pragma weak heap_fault
#pragma weak heap_describe
#pragma weak mapping_fault
#pragma weak mapping_describe

uintptr_t vm_stack_top(void)
{
    return STACK_TOP;
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
    if (!page)
        return false;
    page_clear(page);
    if (mmu_map(address & ~(PAGE_SIZE - 1), page, PAGE_SIZE, ACCESS_WRITE))
        return true;
    page_free(page);
    return false;
}

bool vm_fill(uintptr_t address)
{
    return page_fill(address, page_alloc());
}

bool vm_fill_promised(uintptr_t address)
{
    return page_fill(address, page_alloc_reserved());
}

enum vm_answer vm_fault(uintptr_t address, unsigned access)
{
    if (address >= STACK_GUARD_END && address < STACK_TOP)
        return vm_fill(address) ? VM_FILLED : VM_UNMAPPED;
    if (heap_fault && heap_fault(address))
        return VM_FILLED;
    if (stack_fault && stack_fault(address))
        return VM_FILLED;
    return mapping_fault ? mapping_fault(address, access) : VM_UNMAPPED;
}

static const char *main_stack_describe(uintptr_t address)
{
    if (address >= STACK_AREA_START && address < STACK_GUARD_END)
        return "stack overflow of the main thread";
    if (address >= STACK_GUARD_END && address < STACK_TOP)
        return "no memory left for the stack";
    if (address < STACK_AREA_START && address >= STACK_AREA_START - STACK_MAIN_SIZE)
        return "stack overflow of the main thread (a large step past the end)";
    return NULL;
}

const char *vm_describe(uintptr_t address)
{
    const char *words = main_stack_describe(address);

    if (!words && heap_describe)
        words = heap_describe(address);
    if (!words && stack_describe)
        words = stack_describe(address);
    if (!words && mapping_describe)
        words = mapping_describe(address);
    return words;
}

const char *vm_place(uintptr_t address)
{
    if (address >= STACK_GUARD_END && address < STACK_TOP)
        return "the main stack";
    if (address - placement.heap < HEAP_MAX_SIZE + BREAK_MAX_SIZE)
        return "the heap";
    if (mapping_describe && mapping_describe(address))
        return "mapped memory";
    return stack_of && stack_of(address) ? "the stack of a thread" : NULL;
}
