/* SPDX-License-Identifier: MIT
 *
 * The tree of regions, beside a plain array that knows what is taken.
 */
// sources: kernel/regions.c
#include <stdbool.h>
#include "kernel/regions.h"
#include "unit.h"

enum { FIELD = 400, LOW = 1000 };

static struct region *root;
static struct region *owner[FIELD]; /* by address - LOW */
static unsigned count;

static void region_add(uintptr_t start, uintptr_t end)
{
    struct region *region = calloc(1, sizeof *region);

    region->start = start;
    region->end = end;
    region_insert(&root, region);
    for (uintptr_t at = start; at < end; at++)
        owner[at - LOW] = region;
    count++;
}

static void region_end(struct region *region)
{
    region_remove(&root, region);
    for (uintptr_t at = region->start; at < region->end; at++)
        owner[at - LOW] = NULL;
    free(region);
    count--;
}

static struct region *found_slowly(uintptr_t address)
{
    for (uintptr_t at = address > LOW ? address : LOW; at < LOW + FIELD; at++)
        if (owner[at - LOW])
            return owner[at - LOW];
    return NULL;
}

static uintptr_t gap_slowly(size_t size)
{
    size_t free_now = 0;

    for (size_t i = 0; i < FIELD; i++) {
        free_now = owner[i] ? 0 : free_now + 1;
        if (free_now == size)
            return LOW + i + 1 - size;
    }
    return 0;
}

static unsigned depth(const struct region *region)
{
    unsigned left = region ? depth(region->left) : 0, right = region ? depth(region->right) : 0;

    return region ? 1 + (left > right ? left : right) : 0;
}

static void nothing_there(void)
{
    CHECK(region_find(NULL, 5) == NULL);
    CHECK(region_gap(NULL, 10, 20, 10) == 10 && region_gap(NULL, 10, 20, 11) == 0);
}

static void beside_an_array(void)
{
    for (int round = 0; round < 100000; round++) {
        size_t first = random_below(FIELD), size = 1 + random_below(9);
        uintptr_t start = LOW + first;
        bool is_free = first + size <= FIELD;

        for (size_t i = first; is_free && i < first + size; i++)
            is_free = !owner[i];
        if (owner[first])
            region_end(owner[first]);
        else if (is_free)
            region_add(start, start + size);
        uintptr_t asked = LOW - 5 + random_below(FIELD + 10);
        CHECK(region_find(root, asked) == found_slowly(asked));
        size_t wanted = 1 + random_below(30);
        CHECK(region_gap(root, LOW, LOW + FIELD, wanted) == gap_slowly(wanted));
    }
    while (root)
        region_end(root);
    CHECK(count == 0);
}

/* In order of address is what would make a plain tree a list. */
static void stays_flat(void)
{
    static struct region many[20000];

    for (size_t i = 0; i < 20000; i++) {
        many[i].start = i * 10;
        many[i].end = i * 10 + 9;
        region_insert(&root, &many[i]);
    }
    CHECK(depth(root) < 60);
    CHECK(region_gap(root, 0, 1 << 20, 1) == 9 && region_gap(root, 0, 1 << 20, 2) == 199999);
    for (size_t i = 0; i < 20000; i += 2)
        region_remove(&root, &many[i]);
    CHECK(region_gap(root, 0, 1 << 20, 11) == 19 && region_find(root, 0) == &many[1]);
}

UNIT_MAIN(TEST(nothing_there), TEST(beside_an_array), TEST(stays_flat))
