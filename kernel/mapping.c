/* SPDX-License-Identifier: MIT
 *
 * Mapped memory: which regions there are. Pages come on first touch (mapping_fault.c).
 * What can be written to and is the program's own has its pages and its page tables
 * promised when it is mapped, so that touching it does not fail.
 *
 * Everything is done with interrupts off; objects that nobody maps any more are
 * released after that.
 */
#include "kernel/mapping_regions.h"
#include "kernel/panic.h"

#define AREA_START (placement.heap + HEAP_MAX_SIZE + BREAK_MAX_SIZE)
#define AREA_END   (AREA_START + MAPPING_MAX_SIZE)

struct region *mapping_regions[MAPPING_TREES];
static struct region *nodes_free;
static size_t nodes_free_count;
static struct vm_object *objects_unused;

/* ---- regions come and go ---- */

struct region **mapping_tree(uintptr_t start, uintptr_t end)
{
    if (start >= AREA_START && end <= AREA_END)
        return &mapping_regions[0];
    if (start >= MAPPING_LOW_START && end <= MAPPING_LOW_END)
        return &mapping_regions[1];
    return NULL;
}

static void node_give(struct region *region)
{
    region->left = nodes_free;
    nodes_free = region;
    nodes_free_count++;
}

/* For what an operation may need at the most, so that it cannot fail half-way. */
bool mapping_nodes_prepare(void)
{
    uint64_t page;

    if (nodes_free_count >= MAPPING_NODES_NEEDED)
        return true;
    if (!(page = page_alloc()))
        return false;
    struct region *nodes = physical_pointer(page);
    for (size_t i = 0; i < PAGE_SIZE / sizeof *nodes; i++)
        node_give(&nodes[i]);
    return true;
}

struct region *mapping_node_take(const struct region *like)
{
    struct region *region = nodes_free;

    kernel_assert(region);
    nodes_free = region->left;
    nodes_free_count--;
    *region = *like;
    if (region->object)
        region->object->holds++;
    return region;
}

static void object_let_go(struct vm_object *object)
{
    if (--object->holds)
        return;
    object->next = objects_unused;
    objects_unused = object;
}

static void node_release(struct region *region)
{
    if (region->object)
        object_let_go(region->object);
    node_give(region);
}

void mapping_leave(bool were_on)
{
    struct vm_object *object = objects_unused;

    objects_unused = NULL;
    interrupts_restore(were_on);
    while (object) {
        struct vm_object *next = object->next;
        if (object->release)
            object->release(object);
        object = next;
    }
}

void vm_object_release(struct vm_object *object)
{
    bool were_on = interrupts_off();

    object_let_go(object);
    mapping_leave(were_on);
}

/* Afterwards a region starts at the address, if one was there. */
void mapping_cut(struct region **tree, uintptr_t address)
{
    struct region *region = region_find(*tree, address);

    if (!region || region->start >= address)
        return;
    struct region *upper = mapping_node_take(region);
    upper->offset += address - region->start;
    upper->start = address;
    region_remove(tree, region);
    region->end = address;
    region_insert(tree, region);
    region_insert(tree, upper);
}

static bool continues(const struct region *low, const struct region *high)
{
    return low->end == high->start && low->access == high->access &&
           low->access_max == high->access_max && low->flags == high->flags &&
           low->object == high->object &&
           (!low->object || low->offset + (low->end - low->start) == high->offset);
}

/* Makes one of the region at the address and the one before it, if they are alike. */
void mapping_join(struct region **tree, uintptr_t address)
{
    struct region *low = region_find(*tree, address - 1), *high = region_find(*tree, address);

    if (!low || !high || low == high || !continues(low, high))
        return;
    region_remove(tree, high);
    region_remove(tree, low);
    low->end = high->end;
    region_insert(tree, low);
    node_release(high);
}

static size_t pages_of(const struct region *region)
{
    return (region->end - region->start) / PAGE_SIZE;
}

void mapping_drop(struct region **tree, struct region *region)
{
    struct page_counts had = mmu_range_clear(region->start, region->end, MARK_NONE);

    if (region->flags & REGION_PROMISED)
        pages_unreserve(pages_of(region) - had.present);
    region_remove(tree, region);
    node_release(region);
}

/* Memory for all of the region's pages that are not there yet. */
bool mapping_promise(struct region *region)
{
    size_t missing = pages_of(region) - mmu_range_count(region->start, region->end).present;

    if (!pages_reserve(missing))
        return false;
    if (!mmu_range_tables(region->start, region->end)) {
        pages_unreserve(missing);
        return false;
    }
    region->flags |= REGION_PROMISED;
    return true;
}

bool mapping_wants_promise(const struct region *region, unsigned access)
{
    return access & ACCESS_WRITE &&
           !(region->flags & (MAPPING_SHARED | MAPPING_UNPROMISED | REGION_PROMISED));
}

/* ---- what is asked for ---- */

/* The page table for the address, if no region needs it any more. */
static void table_drop(struct region **tree, uintptr_t address)
{
    uintptr_t start = address & ~(LARGE_PAGE_SIZE - 1), end = start + LARGE_PAGE_SIZE;
    const struct region *region = region_find(*tree, start);

    if ((!region || region->start >= end) && mapping_tree(start, end) == tree)
        mmu_range_clear(start, end, MARK_NONE);
}

static void remove_range(struct region **tree, uintptr_t start, uintptr_t end)
{
    struct region *region;

    mapping_cut(tree, start);
    mapping_cut(tree, end);
    while ((region = region_find(*tree, start)) && region->start < end)
        mapping_drop(tree, region);
    table_drop(tree, start);
    table_drop(tree, end - 1);
}

static uintptr_t place_find(const struct mapping *wanted)
{
    uintptr_t start = wanted->address, end = start + wanted->size_bytes;

    if (start && end > start && mapping_tree(start, end)) {
        struct region *there = region_find(*mapping_tree(start, end), start);
        if (wanted->flags & MAPPING_FIXED || !there || there->start >= end)
            return start;
    }
    if (wanted->flags & MAPPING_FIXED)
        return 0;
    return region_gap(mapping_regions[0], AREA_START, AREA_END, wanted->size_bytes);
}

static bool populate(uintptr_t start, uintptr_t end)
{
    for (; start < end; start += PAGE_SIZE)
        if (!memory_is_present(start) && mapping_fault(start, ACCESS_READ) != VM_FILLED)
            return false;
    return true;
}

static uintptr_t create(const struct mapping *wanted)
{
    uintptr_t start;

    if (!mapping_nodes_prepare() || !(start = place_find(wanted)))
        return 0;
    struct region **tree = mapping_tree(start, start + wanted->size_bytes);
    struct region like = {
        .start = start,
        .end = start + wanted->size_bytes,
        .access = wanted->access,
        .access_max = wanted->access_max,
        .flags = wanted->flags & ~(unsigned)MAPPING_FIXED,
        .object = wanted->object,
        .offset = wanted->offset,
    };
    remove_range(tree, like.start, like.end);
    if (mapping_wants_promise(&like, like.access) && !mapping_promise(&like))
        return 0;
    region_insert(tree, mapping_node_take(&like));
    if (like.flags & MAPPING_LOCKED && like.access != ACCESS_NONE)
        populate(like.start, like.end);
    mapping_join(tree, like.end);
    mapping_join(tree, like.start);
    return start;
}

uintptr_t mapping_create(const struct mapping *wanted)
{
    bool were_on = interrupts_off();
    uintptr_t start = create(wanted);

    mapping_leave(were_on);
    return start;
}

enum mapping_result mapping_remove(uintptr_t start, size_t size_bytes)
{
    bool were_on = interrupts_off();
    struct region **tree = mapping_tree(start, start + size_bytes);
    enum mapping_result result = MAPPING_DONE;

    if (tree && !mapping_nodes_prepare())
        result = MAPPING_NO_MEMORY;
    else if (tree)
        remove_range(tree, start, start + size_bytes);
    mapping_leave(were_on);
    return result;
}

/* More at the region's end, when nothing is there. */
static bool extend(const struct region *region, size_t more_bytes)
{
    struct mapping more = {
        .address = region->end,
        .size_bytes = more_bytes,
        .access = region->access,
        .access_max = region->access_max,
        .flags = (region->flags & ~(unsigned)REGION_PROMISED) | MAPPING_FIXED,
        .object = region->object,
        .offset = region->offset + (region->end - region->start),
    };

    return mapping_is_clear(region->end, more_bytes) && create(&more);
}

/* The new region may have become one with the old one: that is known by addresses. */
static uintptr_t move(struct region **tree, const struct region *region, size_t new_bytes)
{
    uintptr_t old_start = region->start, old_end = region->end;
    struct mapping other = {
        .size_bytes = new_bytes,
        .access = region->access,
        .access_max = region->access_max,
        .flags = region->flags & ~(unsigned)(REGION_PROMISED | MAPPING_LOCKED),
        .object = region->object,
        .offset = region->offset,
    };
    uintptr_t start = create(&other);

    if (!start)
        return 0;
    if (!mmu_range_tables(start, start + new_bytes) || !mapping_nodes_prepare()) {
        remove_range(tree, start, start + new_bytes);
        return 0;
    }
    /* What is promised for both is counted once too often there, once too seldom here. */
    mmu_range_move(old_start, start, old_end - old_start);
    remove_range(tree, old_start, old_end);
    return start;
}

static uintptr_t resize(uintptr_t start, size_t old_bytes, size_t new_bytes, bool may_move)
{
    struct region **tree = mapping_tree(start, start + old_bytes);

    if (!tree || !mapping_nodes_prepare())
        return 0;
    if (new_bytes <= old_bytes) {
        remove_range(tree, start + new_bytes, start + old_bytes);
        return start;
    }
    mapping_cut(tree, start);
    mapping_cut(tree, start + old_bytes);
    const struct region *region = region_find(*tree, start);
    if (!region || region->start != start || region->end != start + old_bytes)
        return 0; /* of several kinds */
    if (extend(region, new_bytes - old_bytes))
        return start;
    return may_move ? move(tree, region, new_bytes) : 0;
}

uintptr_t mapping_resize(uintptr_t start, size_t old_bytes, size_t new_bytes, bool may_move)
{
    bool were_on = interrupts_off();
    uintptr_t now = resize(start, old_bytes, new_bytes, may_move);

    mapping_leave(were_on);
    return now;
}
