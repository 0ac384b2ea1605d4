/* SPDX-License-Identifier: MIT
 *
 * Pages that nobody uses, for a device that tells the host about them (a balloon).
 * What the host has taken back reads as zero later, so a page that was given to it
 * cannot hold the link of a list: their addresses are written down in a page of
 * their own, which is the last of them to be used again.
 *
 *     n = idle_pages_take(pages, max);   they are out of everybody's reach
 *     ... tell the host, wait for its answer ...
 *     idle_pages_return(pages, n);       they may be used again
 *
 * Interrupts are off during either call.
 */
#include "kernel/idle_pages.h"
#include "kernel/kernel.h"

#define LISTED_MAX (PAGE_SIZE / 8 - 2)

struct listing {
    struct listing *next;
    uint64_t count;
    uint64_t pages[LISTED_MAX];
};

_Static_assert(sizeof(struct listing) == PAGE_SIZE, "a page");

static struct listing *returned;

/* For pages.c: the next page of those that the host knows of. */
uint64_t page_take_returned(void)
{
    struct listing *listing = returned;

    if (!listing)
        return 0;
    if (listing->count)
        return listing->pages[--listing->count];
    returned = listing->next;
    return (uintptr_t)listing - placement.direct_map;
}

size_t idle_pages_count(void)
{
    return pages_freed();
}

size_t idle_pages_take(uint64_t *pages, size_t max)
{
    size_t n = 0;

    /* The first page stays: the others may be written down in it. */
    while (n < max && pages_freed() > 1 && pages_free() > 0 && pages_reserve(1))
        pages[n++] = page_take_freed();
    return n;
}

void idle_pages_return(const uint64_t *pages, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!returned || returned->count == LISTED_MAX) {
            struct listing *listing = physical_pointer(pages[i]);
            listing->next = returned;
            listing->count = 0;
            returned = listing;
        } else {
            returned->pages[returned->count++] = pages[i];
        }
        pages_unreserve(1);
    }
}
