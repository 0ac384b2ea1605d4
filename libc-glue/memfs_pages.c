/* SPDX-License-Identifier: MIT */
#include "libc-glue/memfs_pages.h"

#define BITS   9
#define FANOUT 512

/* How many indexes lie below one pointer of a page at this height. */
static uint64_t reach(unsigned height)
{
    return 1ull << (BITS * (height - 1));
}

static bool holds(const struct page_tree *tree, uint64_t index)
{
    return BITS * tree->height >= 64 || index >> (BITS * tree->height) == 0;
}

void *pages_get(const struct page_tree *tree, uint64_t index)
{
    void *at = tree->top;

    if (!holds(tree, index))
        return NULL;
    for (unsigned height = tree->height; at && height; height--)
        at = ((void **)at)[index / reach(height) % FANOUT];
    return at;
}

/* Puts pages of pointers above the top until it reaches the index. */
static bool heighten(struct page_tree *tree, uint64_t index, const struct page_source *source)
{
    while (!holds(tree, index)) {
        void **page = NULL;
        if (tree->top) {
            page = source->take();
            if (!page)
                return false;
            page[0] = tree->top;
        }
        tree->top = page;
        tree->height++;
    }
    return true;
}

void **pages_slot(struct page_tree *tree, uint64_t index, const struct page_source *source)
{
    void **slot = &tree->top;

    if (!heighten(tree, index, source))
        return NULL;
    for (unsigned height = tree->height; height; height--) {
        if (!*slot && !(*slot = source->take()))
            return NULL;
        slot = (void **)*slot + index / reach(height) % FANOUT;
    }
    return slot;
}

/* Below one pointer, whose indexes begin at base. True: nothing is left there. */
static bool remove_below(struct page_tree *tree, void **slot, unsigned height, uint64_t base,
                         uint64_t first, uint64_t end, const struct page_source *source)
{
    bool empty = true;

    if (!*slot)
        return true;
    for (unsigned i = 0; height && i < FANOUT; i++) {
        uint64_t from = base + i * reach(height);
        void **below = (void **)*slot + i;
        if (!*below)
            continue;
        if (from + reach(height) <= first || from >= end)
            empty = false;
        else
            empty &= remove_below(tree, below, height - 1, from, first, end, source);
    }
    if (!empty || (!height && (base < first || base >= end)))
        return false;
    if (!height)
        tree->count--;
    source->give(*slot);
    *slot = NULL;
    return true;
}

void pages_remove(struct page_tree *tree, uint64_t first, uint64_t end,
                  const struct page_source *source)
{
    if (remove_below(tree, &tree->top, tree->height, 0, first, end, source))
        tree->height = 0;
}

static uint64_t next_below(const void *at, unsigned height, uint64_t base, uint64_t from)
{
    if (!height)
        return base;
    for (unsigned i = base < from ? (unsigned)((from - base) / reach(height)) : 0; i < FANOUT;
         i++) {
        const void *below = ((void *const *)at)[i];
        uint64_t found =
            below ? next_below(below, height - 1, base + i * reach(height), from) : PAGE_INDEX_END;
        if (found != PAGE_INDEX_END)
            return found;
    }
    return PAGE_INDEX_END;
}

uint64_t pages_next(const struct page_tree *tree, uint64_t from)
{
    if (!tree->top || !holds(tree, from))
        return PAGE_INDEX_END;
    return next_below(tree->top, tree->height, 0, from);
}
