/* SPDX-License-Identifier: MIT
 *
 * Mapped memory is touched: its pages come from where they are.
 */
#include "kernel/mapping_regions.h"

static uint64_t page_above(uint64_t size_bytes)
{
    return (size_bytes + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
}

static struct region *region_at(uintptr_t address)
{
    struct region **tree = mapping_tree(address, address + 1);
    struct region *region = tree ? region_find(*tree, address) : NULL;

    return region && region->start <= address ? region : NULL;
}

static bool is_allowed(const struct region *region, unsigned access)
{
    return region->access != ACCESS_NONE && (region->access & access) == access;
}

static bool is_beyond_end(const struct region *region, uintptr_t page)
{
    uint64_t offset = region->offset + (page - region->start);

    return region->object && offset >= page_above(region->object->size_bytes);
}

/* A page of the program's own: zeroes, or a copy of the object's bytes. */
static uint64_t page_own(const struct region *region, uintptr_t at)
{
    struct vm_object *object = region->object;
    uint64_t offset = region->offset + (at - region->start);
    uint64_t page = region->flags & REGION_PROMISED ? page_alloc_reserved() : page_alloc();

    if (!page)
        return 0;
    page_clear(page);
    const void *bytes = object ? object->page(object, offset, false) : NULL;
    if (bytes) {
        uint64_t rest_bytes = object->size_bytes - offset;
        page_copy(page, bytes, rest_bytes < PAGE_SIZE ? rest_bytes : PAGE_SIZE);
    }
    return page;
}

static enum vm_answer fill_own(const struct region *region, uintptr_t at)
{
    uint64_t page = page_own(region, at);

    if (!page)
        return VM_NO_PAGE;
    if (mmu_map(at, page, PAGE_SIZE, region->access))
        return VM_FILLED;
    page_free(page);
    return VM_NO_PAGE;
}

static enum vm_answer fill_shared(const struct region *region, uintptr_t at)
{
    struct vm_object *object = region->object;
    uint64_t offset = region->offset + (at - region->start);
    void *bytes = object->page(object, offset, true);

    if (!bytes ||
        !mmu_map(at, mmu_physical((uintptr_t)bytes), PAGE_SIZE, region->access | ACCESS_BORROWED))
        return VM_NO_PAGE;
    return VM_FILLED;
}

enum vm_answer mapping_fault(uintptr_t address, unsigned access)
{
    const struct region *region = region_at(address);
    uintptr_t at = address & ~(PAGE_SIZE - 1);

    if (!region)
        return VM_UNMAPPED;
    if (!is_allowed(region, access))
        return VM_REFUSED;
    if (is_beyond_end(region, at))
        return VM_NO_PAGE;
    return region->object && region->flags & MAPPING_SHARED ? fill_shared(region, at)
                                                            : fill_own(region, at);
}

const char *mapping_describe(uintptr_t address)
{
    const struct region *region = region_at(address);

    if (!region)
        return NULL;
    if (region->access == ACCESS_NONE)
        return "access to mapped memory without access (PROT_NONE)";
    if (is_beyond_end(region, address & ~(PAGE_SIZE - 1)))
        return "access beyond the end of a mapped file";
    if (mmu_is_mapped(address))
        return "write to memory that is mapped read-only";
    return "no memory left for mapped memory, or not allowed there";
}

bool memory_is_present(uintptr_t address)
{
    return mmu_is_mapped(address);
}

bool memory_touch(uintptr_t address)
{
    bool were_on = interrupts_off();
    bool there = mmu_is_mapped(address) || vm_fault(address, ACCESS_READ) == VM_FILLED;

    interrupts_restore(were_on);
    return there;
}
