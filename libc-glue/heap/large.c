/* SPDX-License-Identifier: MIT
 *
 * Large blocks: pages of their own, from 128 KiB on between two guard pages. The entry
 * is that of the block's first page; pages counts those between the guards.
 */
#include "libc-glue/heap/heap.h"

static void guard(uintptr_t address)
{
    heap_close(address, PAGE_SIZE, HEAP_GUARD);
}

/* Without a guard page behind it, the block has room for its canary. */
static size_t pages_for(size_t size_bytes)
{
    size_t pages = (size_bytes + CANARY_BYTES + PAGE_SIZE - 1) / PAGE_SIZE;

    return pages <= GUARDED_PAGES ? pages : (size_bytes + PAGE_SIZE - 1) / PAGE_SIZE;
}

/* On each side. */
static size_t guards_of(size_t pages)
{
    return pages >= GUARDED_PAGES;
}

static struct run *block_new(struct run *first, size_t pages, size_t size_bytes)
{
    struct run *run = first + guards_of(pages);

    run->kind = RUN_LARGE;
    run->pages = (uint32_t)pages;
    run->large.size_bytes = size_bytes;
    if (guards_of(pages)) {
        guard(run_address(run) - PAGE_SIZE);
        guard(run_address(run) + pages * PAGE_SIZE);
    }
    large_canary_set(run_address(run), size_bytes);
    return run;
}

static void block_end(struct run *run, size_t open_pages)
{
    size_t pages = run->pages, guards = guards_of(pages);

    run->kind = RUN_NONE;
    run_give(run - guards, pages + 2 * guards, open_pages);
}

/* Of a run that is too long the ends go back, so that the block is where it should be. */
static struct run *run_aligned(size_t block_pages, size_t alignment, bool *zero)
{
    size_t more = alignment > PAGE_SIZE ? alignment / PAGE_SIZE - 1 : 0;
    size_t guards = guards_of(block_pages), pages = block_pages + 2 * guards;
    struct run *run = run_take(pages + more, zero);

    if (!run || !more)
        return run;
    size_t before = -(run_address(run) + guards * PAGE_SIZE) % alignment / PAGE_SIZE;
    if (before)
        run_give(run, before, before);
    if (more > before)
        run_give(run + before + pages, more - before, more - before);
    return run + before;
}

void *large_take(size_t size_bytes, size_t alignment, bool *zero)
{
    size_t pages = pages_for(size_bytes);
    bool is_zero;

    if (size_bytes > PTRDIFF_MAX || alignment > PTRDIFF_MAX - size_bytes)
        return no_memory();
    heap_lock();
    struct run *run = run_aligned(pages, alignment, &is_zero);
    if (run)
        run = block_new(run, pages, size_bytes);
    heap_unlock();
    if (!run)
        return no_memory();
    if (zero)
        *zero = is_zero;
    return (void *)run_address(run);
}

void large_give(struct run *run)
{
    block_end(run, run->pages);
}

static bool shrink(struct run *run, size_t pages)
{
    size_t less = run->pages - pages; /* the old guard page is one of them */

    if (guards_of(pages) != guards_of(run->pages))
        return false;
    if (guards_of(pages)) {
        guard(run_address(run + pages));
        run_give(run + pages + 1, less, less - 1);
    } else {
        run_give(run + pages, less, less);
    }
    run->pages = (uint32_t)pages;
    return true;
}

static bool grow_in_place(struct run *run, size_t pages)
{
    size_t more = pages - run->pages, guards = guards_of(pages);
    struct run *behind = run + run->pages + guards;

    if (guards != guards_of(run->pages) || !run_take_at(behind, more))
        return false;
    if (guards && !heap_open(run_address(behind - 1), PAGE_SIZE)) { /* the old guard page */
        run_give(behind, more, more);
        return false;
    }
    if (guards)
        guard(run_address(run + pages));
    run->pages = (uint32_t)pages;
    return true;
}

/* To another place, by moving pages, not bytes. */
static struct run *move(struct run *run, size_t pages, size_t size_bytes)
{
    size_t both = pages < run->pages ? pages : run->pages;
    bool zero;
    struct run *first = run_take(pages + 2 * guards_of(pages), &zero);

    if (!first)
        return NULL;
    struct run *other = block_new(first, pages, size_bytes);
    heap_move(run_address(run), run_address(other), both * PAGE_SIZE);
    block_end(run, run->pages - both);
    return other;
}

uintptr_t large_resize(struct run *run, size_t size_bytes)
{
    size_t pages = pages_for(size_bytes);
    bool done;

    if (size_bytes > PTRDIFF_MAX)
        return 0;
    done = pages == run->pages ||
           (pages < run->pages ? shrink(run, pages) : grow_in_place(run, pages));
    if (!done && !(run = move(run, pages, size_bytes)))
        return 0;
    run->large.size_bytes = size_bytes;
    large_canary_set(run_address(run), size_bytes);
    return run_address(run);
}
