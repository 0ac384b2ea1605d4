/* SPDX-License-Identifier: MIT
 *
 * Waiting for any of many descriptors: what poll and select have in common.
 */
#ifndef GLUE_POLL_LIST_H
#define GLUE_POLL_LIST_H

#include "libc-glue/events.h"

#pragma GCC visibility push(hidden)

struct poll_list;
struct poll_entry {
    struct watch watch;
    struct poll_list *list;
    struct file *file; /* held; NULL: not open */
    unsigned wanted, got;
};

#define POLL_ENTRIES_FIRST 6 /* stand on the stack */
#define POLL_ENTRIES_PAGE  ((OBJECT_MAX - 16) / sizeof(struct poll_entry))

struct poll_page {
    struct poll_page *next;
    unsigned count;
    struct poll_entry entries[];
};

struct poll_list {
    struct poll_page *last;
    unsigned room; /* in the last page */
    unsigned woken;
    struct wait_queue queue;
    union {
        struct poll_page first;
        char first_room[sizeof(struct poll_page) + POLL_ENTRIES_FIRST * sizeof(struct poll_entry)];
    };
};

void poll_begin(struct poll_list *list);
int poll_add(struct poll_list *list, int fd, unsigned wanted);
/* How many are ready: 0 at the deadline, or -INTERRUPTED. */
int poll_run(struct poll_list *list, uint64_t deadline_ns);
void poll_end(struct poll_list *list);

/* All entries in the order in which they were added. */
#define POLL_EACH(list, page, entry)                                                               \
    for (struct poll_page *page = &(list)->first; page; page = page->next)                         \
        for (struct poll_entry *entry = page->entries; entry < page->entries + page->count; entry++)

#pragma GCC visibility pop

#endif
