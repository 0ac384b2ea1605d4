/* SPDX-License-Identifier: MIT
 *
 * Page tables by ranges of addresses that are mapped by small pages, or not yet: the
 * heap's and those of mmap. An entry without a page may carry a mark, which the
 * processor ignores.
 */
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/mmu.h"
#include "kernel/kernel.h"
#include "kernel/panic.h"

/* An entry that holds a page, even if nobody may touch it at the time. */
#define PTE_PAGE (PTE_PRESENT | PTE_HIDDEN)

_Static_assert(MARK_PROMISED *PTE_PROMISED == PTE_PROMISED, "marks are numbers of this bit");
_Static_assert(MARK_GUARD *PTE_PROMISED == PTE_GUARD, "marks are numbers of this bit");

static uint64_t mark_entry(enum page_mark mark)
{
    return (uint64_t)mark * PTE_PROMISED;
}

/* The entries for a part of the range from *address on, which moves behind it: as far
 * as one table goes. Tables that are not there are stepped over. NULL at the end. */
static uint64_t *entries_next(uintptr_t *address, uintptr_t end, size_t *count)
{
    while (*address < end) {
        uintptr_t start = *address, stop = (start | LARGE_MASK) + 1;
        uint64_t *entries = entry_find(start, 0, false);

        *address = stop < end ? stop : end;
        *count = (*address - start) / PAGE_SIZE;
        if (entries)
            return entries;
    }
    return NULL;
}

static bool is_borrowed(uint64_t entry)
{
    return entry & PTE_BORROWED;
}

static void entry_count(uint64_t entry, struct page_counts *counts)
{
    if (entry & PTE_PAGE)
        counts->present += !is_borrowed(entry);
    else if (entry & PTE_PROMISED)
        counts->promised++;
}

struct page_counts mmu_range_count(uintptr_t start, uintptr_t end)
{
    struct page_counts counts = {0, 0};
    uint64_t *entry;
    size_t n;

    tables_open();
    while ((entry = entries_next(&start, end, &n)))
        for (; n > 0; n--, entry++)
            entry_count(*entry, &counts);
    tables_close();
    return counts;
}

bool mmu_range_tables(uintptr_t start, uintptr_t end)
{
    bool made = true;

    tables_open();
    for (; start < end && made; start = (start | LARGE_MASK) + 1)
        made = entry_find(start, 0, true);
    tables_close();
    return made;
}

void mmu_range_promise(uintptr_t start, uintptr_t end)
{
    uint64_t *entry;
    size_t n;

    tables_open();
    while ((entry = entries_next(&start, end, &n)))
        for (; n > 0; n--, entry++)
            if (!(*entry & PTE_PAGE))
                *entry = mark_entry(MARK_PROMISED);
    tables_close();
}

/* A table that maps nothing more and has no marks. */
static void table_drop(uintptr_t address)
{
    uint64_t *entry = entry_at(address, 1);
    uint64_t table = *entry & PTE_ADDRESS_MASK;

    *entry = 0;
    tlb_flush_page(address);
    tlb_flush_page((uintptr_t)entry_at(address, 0));
    table_give(table);
}

struct page_counts mmu_range_clear(uintptr_t start, uintptr_t end, enum page_mark mark)
{
    struct page_counts counts = {0, 0};
    uint64_t *entry;
    size_t n;

    tables_open();
    while ((entry = entries_next(&start, end, &n))) {
        uintptr_t first = start - n * PAGE_SIZE;
        for (size_t i = 0; i < n; i++) {
            uint64_t old = entry[i];
            if (!old && mark == MARK_NONE)
                continue;
            entry_count(old, &counts);
            entry[i] = mark_entry(mark);
            if (!(old & PTE_PAGE))
                continue;
            tlb_flush_page(first + i * PAGE_SIZE);
            if (!is_borrowed(old))
                page_free(old & PTE_ADDRESS_MASK);
        }
        if (n == TABLE_ENTRIES && mark == MARK_NONE)
            table_drop(first);
    }
    tables_close();
    return counts;
}

void mmu_range_protect(uintptr_t start, uintptr_t end, unsigned access)
{
    uint64_t *entry, flags = access == ACCESS_NONE ? PTE_HIDDEN : entry_flags(access);
    size_t n;

    tables_open();
    while ((entry = entries_next(&start, end, &n))) {
        uintptr_t first = start - n * PAGE_SIZE;
        for (size_t i = 0; i < n; i++) {
            if (!(entry[i] & PTE_PAGE))
                continue;
            entry[i] = (entry[i] & (PTE_ADDRESS_MASK | PTE_BORROWED)) | flags;
            tlb_flush_page(first + i * PAGE_SIZE);
        }
    }
    tables_close();
}

struct page_counts mmu_range_move(uintptr_t from, uintptr_t to, size_t size_bytes)
{
    struct page_counts replaced = mmu_range_clear(to, to + size_bytes, MARK_PROMISED);
    uintptr_t end = from + size_bytes;
    uint64_t *entry;
    size_t n;

    tables_open();
    while ((entry = entries_next(&from, end, &n))) {
        uintptr_t first = from - n * PAGE_SIZE, first_to = to + size_bytes - (end - first);
        for (size_t i = 0; i < n; i++) {
            uint64_t *target = entry_find(first_to + i * PAGE_SIZE, 0, false);
            kernel_assert(target);
            *target = entry[i];
            entry[i] = 0;
            tlb_flush_page(first + i * PAGE_SIZE);
        }
    }
    tables_close();
    return replaced;
}

enum page_mark mmu_mark(uintptr_t address)
{
    enum page_mark mark = MARK_NONE;

    tables_open();
    uint64_t *entry = entry_find(address, 0, false);
    if (entry && !(*entry & PTE_PAGE))
        mark = (enum page_mark)((*entry / PTE_PROMISED) & (MARK_PROMISED | MARK_GUARD));
    tables_close();
    return mark;
}
