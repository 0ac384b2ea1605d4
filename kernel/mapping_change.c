/* SPDX-License-Identifier: MIT
 *
 * Mapped memory changes: access rights, contents, locks; and what is asked about it.
 */
#include "kernel/mapping_regions.h"

bool mapping_covers(uintptr_t start, size_t size_bytes)
{
    bool were_on = interrupts_off();
    uintptr_t at = start, end = start + size_bytes;
    struct region **tree = mapping_tree(start, end), *region;

    while (tree && at < end && (region = region_find(*tree, at)) && region->start <= at)
        at = region->end;
    interrupts_restore(were_on);
    return at >= end;
}

bool mapping_is_clear(uintptr_t start, size_t size_bytes)
{
    bool were_on = interrupts_off();
    struct region **tree = mapping_tree(start, start + size_bytes);
    struct region *region = tree ? region_find(*tree, start) : NULL;

    interrupts_restore(were_on);
    return tree && (!region || region->start >= start + size_bytes);
}

bool mapping_is_locked(uintptr_t start, size_t size_bytes)
{
    bool were_on = interrupts_off(), found = false;
    struct region **tree = mapping_tree(start, start + size_bytes), *region;

    while (tree && !found && (region = region_find(*tree, start)) &&
           region->start < start + size_bytes) {
        found = region->flags & MAPPING_LOCKED;
        size_bytes -= region->end - start < size_bytes ? region->end - start : size_bytes;
        start = region->end;
    }
    interrupts_restore(were_on);
    return found;
}

/* Does one thing to each region of a range, after making the range's ends those of
 * regions. Nothing is done when the range is not mapped all through. */
typedef enum mapping_result (*region_change)(struct region *region, unsigned how);

static enum mapping_result change(uintptr_t start, size_t size_bytes, region_change function,
                                  unsigned how)
{
    uintptr_t end = start + size_bytes;
    struct region **tree = mapping_tree(start, end);
    enum mapping_result result = MAPPING_DONE;

    if (!tree || !mapping_covers(start, size_bytes))
        return MAPPING_ABSENT;
    if (!mapping_nodes_prepare())
        return MAPPING_NO_MEMORY;
    mapping_cut(tree, start);
    mapping_cut(tree, end);
    for (uintptr_t at = start; at < end && result == MAPPING_DONE;) {
        struct region *region = region_find(*tree, at);
        uintptr_t next = region->end;
        result = function(region, how);
        mapping_join(tree, at);
        at = next;
    }
    mapping_join(tree, end);
    return result;
}

static enum mapping_result change_range(uintptr_t start, size_t size_bytes, region_change function,
                                        unsigned how)
{
    bool were_on = interrupts_off();
    enum mapping_result result = change(start, size_bytes, function, how);

    mapping_leave(were_on);
    return result;
}

static enum mapping_result protect(struct region *region, unsigned access)
{
    if (access != ACCESS_NONE && access & ~region->access_max)
        return MAPPING_FORBIDDEN;
    if (mapping_wants_promise(region, access) && !mapping_promise(region))
        return MAPPING_NO_MEMORY;
    region->access = access;
    mmu_range_protect(region->start, region->end, access);
    return MAPPING_DONE;
}

enum mapping_result mapping_protect(uintptr_t start, size_t size_bytes, unsigned access)
{
    return change_range(start, size_bytes, protect, access);
}

/* The pages are freed; what was promised for them is promised again. Their tables stay,
 * because of the mark. */
static enum mapping_result discard(struct region *region, unsigned how)
{
    (void)how;
    struct page_counts had = mmu_range_clear(region->start, region->end, MARK_PROMISED);

    if (region->flags & REGION_PROMISED)
        pages_reserve_freed(had.present);
    return MAPPING_DONE;
}

enum mapping_result mapping_discard(uintptr_t start, size_t size_bytes)
{
    return change_range(start, size_bytes, discard, 0);
}

static enum mapping_result lock(struct region *region, unsigned how)
{
    for (uintptr_t at = region->start; how && at < region->end; at += PAGE_SIZE)
        if (!mmu_is_mapped(at) && mapping_fault(at, ACCESS_READ) != VM_FILLED)
            return MAPPING_NO_MEMORY;
    region->flags = (region->flags & ~(unsigned)MAPPING_LOCKED) | how;
    return MAPPING_DONE;
}

enum mapping_result mapping_lock(uintptr_t start, size_t size_bytes, bool locked)
{
    return change_range(start, size_bytes, lock, locked ? MAPPING_LOCKED : 0);
}

static void forget(const struct region *region, const void *contents, uint64_t offset)
{
    if (!region)
        return;
    forget(region->left, contents, offset);
    forget(region->right, contents, offset);
    uint64_t size_bytes = region->end - region->start;
    if (!region->object || region->object->contents != contents ||
        offset >= region->offset + size_bytes)
        return;
    uint64_t from = offset > region->offset ? offset - region->offset : 0;
    if (region->flags & MAPPING_SHARED)
        mmu_range_clear(region->start + from, region->end, MARK_PROMISED);
}

void mapping_forget(const void *contents, uint64_t offset)
{
    bool were_on = interrupts_off();

    for (int i = 0; i < MAPPING_TREES; i++)
        forget(mapping_regions[i], contents, (offset + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1));
    interrupts_restore(were_on);
}
