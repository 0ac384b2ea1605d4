/* SPDX-License-Identifier: MIT
 *
 * The pages of a file by their index, with holes: a tree of pages full of pointers,
 * as high as the highest index needs it.
 */
#ifndef GLUE_MEMFS_PAGES_H
#define GLUE_MEMFS_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

#define PAGE_BYTES     4096
#define PAGE_INDEX_END (1ull << 51) /* 2 to the 63rd bytes */

struct page_tree {
    void *top; /* at height 0 the page 0 itself, or NULL */
    unsigned height;
    uint64_t count; /* of pages, without those that hold pointers */
};

/* Who gives pages and takes them back; they count them. NULL: no memory. */
struct page_source {
    void *(*take)(void); /* cleared */
    void (*give)(void *page);
};

void *pages_get(const struct page_tree *tree, uint64_t index);
/* Where the pointer to the page is; NULL: no memory. Whoever fills it in counts it. */
void **pages_slot(struct page_tree *tree, uint64_t index, const struct page_source *source);
/* Frees all pages from first up to end. */
void pages_remove(struct page_tree *tree, uint64_t first, uint64_t end,
                  const struct page_source *source);
/* The first index from `from` on that has a page; PAGE_INDEX_END: none. */
uint64_t pages_next(const struct page_tree *tree, uint64_t from);

#pragma GCC visibility pop

#endif
