/* SPDX-License-Identifier: MIT
 *
 * Ranges of addresses that do not overlap, in order: a search tree (a treap) whose
 * nodes also know the largest gap below them, so that finding a place for a new range
 * takes no longer than finding an old one. Plain algebra: no memory is allocated here.
 */
#ifndef KERNEL_REGIONS_H
#define KERNEL_REGIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vm_object;

struct region {
    uintptr_t start, end;
    unsigned access, access_max; /* ACCESS_READ, ...; mapping.c */
    unsigned flags;
    struct vm_object *object; /* whose bytes these are; NULL: zeroes */
    uint64_t offset;          /* of the first one within the object */

    struct region *left, *right; /* from here on for regions.c alone */
    uint64_t priority;           /* at random: never less than those below it */
    uintptr_t first, last;       /* where this part of the tree begins and ends */
    size_t gap_bytes;            /* the largest one within */
};

struct region *region_find(struct region *root, uintptr_t address); /* lowest that ends behind it */
void region_insert(struct region **root, struct region *region);
void region_remove(struct region **root, struct region *region);
/* The lowest place between low and high where so many bytes are free, or 0. */
uintptr_t region_gap(const struct region *root, uintptr_t low, uintptr_t high, size_t size_bytes);

#endif
