/* SPDX-License-Identifier: MIT
 *
 * Physical memory by page. A frontier moves up through the RAM ranges; pages that
 * come back go on a list. Nothing above the frontier is ever touched, so neither
 * boot time nor the memory that the host must provide grows with the machine.
 *
 * Pages are counted before they exist: who must not fail later (a page fault)
 * has promised pages set aside first.
 */
#include "kernel/idle_pages.h"
#include "kernel/kernel.h"
#include "kernel/memory.h"
#include "kernel/panic.h"

static struct memory_range ranges[MEMORY_RANGES_MAX + 1];
static unsigned range_count, range_now;
static uint64_t frontier; /* next page never handed out, within ranges[range_now] */
static uint64_t covered;  /* RAM is mapped up to here (mmu_cover) */
static uint64_t freed;    /* pages given back: each holds the next one's address */
static size_t freed_pages;
static size_t total_pages, available_pages; /* available: neither used nor promised */

size_t pages_fail_after, pages_fail_count;
void (*memory_short)(void);

/* Linked when something gives idle pages to the host. */
#pragma weak page_take_returned

/* Puts the usable part of one range above the image, or below it, into the table. */
static void range_add(uint64_t start, uint64_t end)
{
    start = (start + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
    end &= ~(PAGE_SIZE - 1);
    if (end > DIRECT_MAP_MAX)
        end = DIRECT_MAP_MAX;
    if (start >= end || range_count > MEMORY_RANGES_MAX)
        return;
    ranges[range_count].start = start;
    ranges[range_count++].end = end;
    available_pages += (end - start) / PAGE_SIZE;
}

/* Memory below the image comes last: boot loaders keep their data there. */
void pages_init(const struct memory_range *reported, unsigned count, uint64_t image_end)
{
    for (unsigned i = 0; i < count; i++)
        if (reported[i].end > image_end)
            range_add(reported[i].start > image_end ? reported[i].start : image_end,
                      reported[i].end);
    for (unsigned i = 0; i < count; i++)
        if (reported[i].start < LOW_MEMORY_END)
            range_add(reported[i].start > PAGE_SIZE ? reported[i].start : PAGE_SIZE,
                      reported[i].end < LOW_MEMORY_END ? reported[i].end : LOW_MEMORY_END);
    total_pages = available_pages;
    if (range_count)
        frontier = covered = ranges[0].start;
}

static uint64_t frontier_take(void)
{
    while (range_now < range_count && frontier >= ranges[range_now].end)
        if (++range_now < range_count)
            frontier = covered = ranges[range_now].start;
    if (range_now >= range_count)
        return 0;

    uint64_t page = frontier;
    if (page >= covered) {
        mmu_cover(page);
        covered = (page | (LARGE_PAGE_SIZE - 1)) + 1;
    }
    frontier += PAGE_SIZE;
    return page;
}

uint64_t page_take_freed(void)
{
    uint64_t page = freed;

    if (page) {
        freed = *(uint64_t *)physical_pointer(page);
        freed_pages--;
    }
    return page;
}

static uint64_t page_next(void)
{
    uint64_t page = page_take_freed();

    if (!page && page_take_returned)
        page = page_take_returned();
    return page ? page : frontier_take();
}

static bool is_failure_wanted(void)
{
    if (!pages_fail_count)
        return false;
    if (pages_fail_after) {
        pages_fail_after--;
        return false;
    }
    pages_fail_count--;
    return true;
}

uint64_t page_alloc(void)
{
    if (!available_pages || is_failure_wanted())
        return 0;
    available_pages--;
    return page_next();
}

uint64_t page_alloc_reserved(void)
{
    uint64_t page = page_next();

    kernel_assert(page);
    return page;
}

static void freed_push(uint64_t page)
{
    *(uint64_t *)physical_pointer(page) = freed;
    freed = page;
    freed_pages++;
}

void page_free(uint64_t page)
{
    kernel_assert(page && !(page & (PAGE_SIZE - 1)));
    freed_push(page);
    available_pages++;
}

/* From the frontier, which moves up page by page; a hole in it starts the row anew. */
uint64_t pages_alloc_row(size_t count)
{
    uint64_t first = 0, page;
    size_t have = 0;

    if (count > available_pages)
        return 0;
    while (have < count && (page = frontier_take())) {
        if (have && page != first + have * PAGE_SIZE)
            while (have)
                freed_push(first + --have * PAGE_SIZE);
        if (!have++)
            first = page;
    }
    while (have < count && have)
        freed_push(first + --have * PAGE_SIZE);
    if (!have)
        return 0;
    available_pages -= count;
    return first;
}

bool pages_reserve(size_t count)
{
    if (count > available_pages && memory_short)
        memory_short();
    if (count > available_pages || is_failure_wanted())
        return false;
    available_pages -= count;
    return true;
}

void pages_unreserve(size_t count)
{
    available_pages += count;
}

void pages_reserve_freed(size_t count)
{
    kernel_assert(count <= available_pages);
    available_pages -= count;
}

size_t pages_free(void)
{
    return available_pages;
}

size_t pages_freed(void)
{
    return freed_pages;
}

size_t pages_total(void)
{
    return total_pages;
}
