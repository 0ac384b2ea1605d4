/* SPDX-License-Identifier: MIT
 *
 * Mapped memory is touched: its pages come from where they are.
 */
#include "kernel/mapping_regions.h"

static uint64_t page_above(uint64_t size_bytes)
{
    return size_bytes > UINT64_MAX - PAGE_SIZE ? UINT64_MAX
                                               : (size_bytes + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
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

/* What an object says of one page, asked with the program's vector registers aside. */
struct question {
    struct vm_object *object;
    uint64_t offset;
    bool for_writing;
    uint64_t size_bytes;
    void *bytes;
};

static void object_ask(void *argument)
{
    struct question *question = argument;

    question->size_bytes = question->object->size_bytes(question->object);
    if (question->offset < page_above(question->size_bytes))
        question->bytes =
            question->object->page(question->object, question->offset, question->for_writing);
}

static bool is_shared(const struct region *region)
{
    return region->flags & MAPPING_SHARED;
}

static struct question page_ask(const struct region *region, uintptr_t at)
{
    struct question question = {
        .object = region->object,
        .offset = region->offset + (at - region->start),
        .for_writing = is_shared(region),
    };

    call_with_registers_kept(object_ask, &question);
    return question;
}

/* A page of the program's own: zeroes, or a copy of the object's bytes. */
static enum vm_answer fill_own(const struct region *region, uintptr_t at,
                               const struct question *from)
{
    uint64_t page = region->flags & REGION_PROMISED ? page_alloc_reserved() : page_alloc();

    if (!page)
        return VM_NO_PAGE;
    page_clear(page);
    if (from && from->bytes) {
        uint64_t rest_bytes = from->size_bytes - from->offset;
        page_copy(page, from->bytes, rest_bytes < PAGE_SIZE ? rest_bytes : PAGE_SIZE);
    }
    if (mmu_map(at, page, PAGE_SIZE, region->access))
        return VM_FILLED;
    page_free(page);
    return VM_NO_PAGE;
}

static enum vm_answer fill_shared(const struct region *region, uintptr_t at, void *bytes)
{
    uint64_t page = mmu_physical((uintptr_t)bytes);

    return mmu_map(at, page, PAGE_SIZE, region->access | ACCESS_BORROWED) ? VM_FILLED : VM_NO_PAGE;
}

static enum vm_answer fill_from_object(const struct region *region, uintptr_t at)
{
    struct question question = page_ask(region, at);

    if (question.offset >= page_above(question.size_bytes))
        return VM_NO_PAGE;
    if (!is_shared(region) || (uintptr_t)question.bytes & (PAGE_SIZE - 1))
        return fill_own(region, at, &question);
    return question.bytes ? fill_shared(region, at, question.bytes) : VM_NO_PAGE;
}

enum vm_answer mapping_fault(uintptr_t address, unsigned access)
{
    const struct region *region = region_at(address);
    uintptr_t at = address & ~(PAGE_SIZE - 1);

    if (!region)
        return VM_UNMAPPED;
    if (!is_allowed(region, access))
        return VM_REFUSED;
    return region->object ? fill_from_object(region, at) : fill_own(region, at, NULL);
}

const char *mapping_describe(uintptr_t address)
{
    const struct region *region = region_at(address);

    if (!region)
        return NULL;
    if (region->access == ACCESS_NONE)
        return "access to mapped memory without access (PROT_NONE)";
    if (region->object && !mmu_is_mapped(address))
        return "access beyond the end of a mapped file (or no memory left for it)";
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
