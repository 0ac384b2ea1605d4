/* SPDX-License-Identifier: MIT
 *
 * Runs of pages: taken from those that are free, or where the heap has not been yet.
 * Free runs that touch become one. Some of their pages stay open, because they will
 * probably be wanted again soon; beyond that they go back to the kernel.
 */
#include "libc-glue/heap/heap.h"

#define EXACT_LISTS     32 /* free runs of 1, 2, ... pages; the others four to each doubling */
#define EXACT_LOG       5
#define SPARE_SHARE     32 /* of all memory may stay open in free runs */
#define SPARE_PAGES_MIN 64

static unsigned list_of(size_t pages)
{
    if (pages <= EXACT_LISTS)
        return (unsigned)pages - 1;
    unsigned log = 63 - (unsigned)__builtin_clzl(pages);
    unsigned list = EXACT_LISTS + (log - EXACT_LOG) * 4 + (pages >> (log - 2) & 3);
    return list < FREE_LISTS ? list : FREE_LISTS - 1;
}

static void spare_add(struct run *run, size_t pages, size_t open_pages)
{
    struct run **list = &heap_state.free_lists[list_of(pages)];

    run[pages - 1].kind = RUN_FREE_LAST;
    run[pages - 1].pages = (uint32_t)pages;
    run->kind = RUN_FREE;
    run->pages = (uint32_t)pages;
    run->spare.open_pages = (uint32_t)open_pages;
    run->previous = NULL;
    run->next = *list;
    if (*list)
        (*list)->previous = run;
    *list = run;
    heap_state.lists_filled |= 1ul << list_of(pages);
    heap_state.spare_pages += open_pages;
}

static void spare_remove(struct run *run)
{
    struct run **list = &heap_state.free_lists[list_of(run->pages)];

    if (run->next)
        run->next->previous = run->previous;
    *(run->previous ? &run->previous->next : list) = run->next;
    if (!*list)
        heap_state.lists_filled &= ~(1ul << list_of(run->pages));
    heap_state.spare_pages -= run->spare.open_pages;
    run[run->pages - 1].kind = RUN_NONE;
    run->kind = RUN_NONE;
}

/* The first that is large enough of a list, then of the lists of larger ones. */
static struct run *spare_find(size_t pages)
{
    unsigned list = list_of(pages);

    for (struct run *run = heap_state.free_lists[list]; run; run = run->next)
        if (run->pages >= pages)
            return run;
    uint64_t larger =
        list < FREE_LISTS - 1 ? heap_state.lists_filled >> (list + 1) << (list + 1) : 0;
    return larger ? heap_state.free_lists[__builtin_ctzl(larger)] : NULL;
}

/* A free run at the end of what is used becomes part of what is asked for. */
static struct run *spare_at_end(void)
{
    struct run *last = &heap_state.table[heap_state.used_bytes / PAGE_SIZE - 1];

    if (last->kind == RUN_FREE_LAST || (last->kind == RUN_FREE && last->pages == 1))
        return last - (last->pages - 1);
    return NULL;
}

/* Entries of the table are opened as far as the heap goes, and one more. */
static bool table_extend(size_t pages_new)
{
    uintptr_t table = (uintptr_t)heap_state.table;
    size_t now_bytes = (heap_state.used_bytes / PAGE_SIZE + 1) * sizeof(struct run);
    size_t wanted_bytes = (pages_new + 1) * sizeof(struct run);
    uintptr_t from = (table + now_bytes + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
    uintptr_t to = (table + wanted_bytes + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);

    return to <= from || heap_open(from, to - from);
}

/* The heap grows: its first new page. */
static struct run *frontier_move(size_t pages)
{
    size_t used = heap_state.used_bytes / PAGE_SIZE;

    if (pages > PAGES_MAX - used - 1 || !table_extend(used + pages))
        return NULL;
    heap_state.used_bytes += pages * PAGE_SIZE;
    return &heap_state.table[used];
}

/* As a free run, open as far as open_pages says, and not among the spare ones. */
static struct run *pages_find(size_t pages, size_t *found_pages, size_t *open_pages)
{
    struct run *run = spare_find(pages);

    if (!run && (run = spare_at_end()) && !frontier_move(pages - run->pages))
        return NULL;
    if (!run) {
        *open_pages = 0;
        *found_pages = pages;
        return frontier_move(pages);
    }
    *open_pages = run->spare.open_pages;
    *found_pages = run->pages < pages ? pages : run->pages;
    spare_remove(run);
    return run;
}

/* What is left over of a run. How much of it is open is counted if it is not obvious. */
static void rest_give(struct run *run, size_t pages, bool all_open, bool none_open)
{
    if (!pages)
        return;
    size_t open_pages = all_open    ? pages
                        : none_open ? 0
                                    : heap_open_pages(run_address(run), pages * PAGE_SIZE);
    spare_add(run, pages, open_pages);
}

void runs_trim(size_t keep_pages)
{
    for (int list = FREE_LISTS - 1; list >= 0; list--)
        for (struct run *run = heap_state.free_lists[list]; run; run = run->next) {
            if (heap_state.spare_pages <= keep_pages)
                return;
            if (!run->spare.open_pages)
                continue;
            heap_close(run_address(run), run->pages * PAGE_SIZE, HEAP_CLOSED);
            heap_state.spare_pages -= run->spare.open_pages;
            run->spare.open_pages = 0;
        }
}

/* Called by the kernel with interrupts off, by whoever wants memory: if nobody is at
 * work on the heap, nobody will be meanwhile. */
static void shrink(void)
{
    if (heap_state.lock.owner)
        return;
    small_trim();
    runs_trim(0);
}

/* At the first call for memory. */
static bool begin(void)
{
    if (!heap_open(heap_start(), PAGE_SIZE))
        return false;
    heap_state.table = (struct run *)heap_start();
    heap_state.blocks = heap_start() + BLOCKS_OFFSET;
    heap_state.used_bytes = PAGE_SIZE; /* page 0: never used */
    heap_state.random = heap_chance() | 1;
    heap_state.secret = heap_secret();
    memory_short = shrink;
    return true;
}

static struct run *take(size_t pages, bool *zero)
{
    size_t found, open_pages;

    if (pages > memory_free_bytes() / PAGE_SIZE + heap_state.spare_pages)
        return NULL;
    struct run *run = pages_find(pages, &found, &open_pages);

    if (!run)
        return NULL;
    bool is_open = open_pages == found;
    if (!is_open && !heap_open(run_address(run), pages * PAGE_SIZE)) {
        spare_add(run, found, open_pages);
        return NULL;
    }
    rest_give(run + pages, found - pages, is_open, open_pages == 0);
    *zero = open_pages == 0;
    return run;
}

struct run *run_take(size_t pages, bool *zero)
{
    struct run *run;

    if (!heap_state.table && !begin())
        return NULL;
    if ((run = take(pages, zero)))
        return run;
    small_trim(); /* empty runs of other sizes */
    runs_trim(0);
    return take(pages, zero);
}

bool run_take_at(struct run *run, size_t pages)
{
    if (run == &heap_state.table[heap_state.used_bytes / PAGE_SIZE]) {
        if (!frontier_move(pages))
            return false;
        spare_add(run, pages, 0);
    }
    size_t found = run->pages, open_pages = run->spare.open_pages;
    if (run->kind != RUN_FREE || found < pages)
        return false;
    spare_remove(run);
    if (!heap_open(run_address(run), pages * PAGE_SIZE)) {
        spare_add(run, found, open_pages);
        return false;
    }
    rest_give(run + pages, found - pages, open_pages == found, open_pages == 0);
    return true;
}

/* How much may stay open in free runs. */
static size_t spare_limit(void)
{
    size_t pages = memory_total_bytes() / PAGE_SIZE / SPARE_SHARE;

    return pages > SPARE_PAGES_MIN ? pages : SPARE_PAGES_MIN;
}

void run_give(struct run *run, size_t pages, size_t open_pages)
{
    struct run *before = run - 1, *after = run + pages;

    if (heap_state.spare_pages + open_pages > spare_limit()) {
        heap_close(run_address(run), pages * PAGE_SIZE, HEAP_CLOSED);
        open_pages = 0;
    }
    if (before->kind == RUN_FREE_LAST || before->kind == RUN_FREE) {
        before -= before->pages - 1;
        open_pages += before->spare.open_pages;
        pages += before->pages;
        spare_remove(before);
        run = before;
    }
    if (after->kind == RUN_FREE) {
        open_pages += after->spare.open_pages;
        pages += after->pages;
        spare_remove(after);
    }
    spare_add(run, pages, open_pages);
}
