/* SPDX-License-Identifier: MIT
 *
 * The tree of regions: split into two by an address, or merged again.
 */
#include "kernel/regions.h"

static uint64_t priority_next(void)
{
    static uint64_t state = 88172645463325252u;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static void gap_consider(struct region *region, size_t gap_bytes)
{
    if (gap_bytes > region->gap_bytes)
        region->gap_bytes = gap_bytes;
}

/* What a node knows follows from its children. */
static void refresh(struct region *region)
{
    const struct region *left = region->left, *right = region->right;

    region->first = left ? left->first : region->start;
    region->last = right ? right->last : region->end;
    region->gap_bytes = 0;
    if (left) {
        gap_consider(region, left->gap_bytes);
        gap_consider(region, region->start - left->last);
    }
    if (right) {
        gap_consider(region, right->gap_bytes);
        gap_consider(region, right->first - region->end);
    }
}

/* Regions that start below the address go to *low, the others to *high. */
static void split(struct region *root, uintptr_t address, struct region **low, struct region **high)
{
    if (!root) {
        *low = *high = NULL;
        return;
    }
    if (root->start < address) {
        *low = root;
        split(root->right, address, &root->right, high);
    } else {
        *high = root;
        split(root->left, address, low, &root->left);
    }
    refresh(root);
}

static struct region *merge(struct region *low, struct region *high)
{
    if (!low || !high)
        return low ? low : high;
    if (low->priority > high->priority) {
        low->right = merge(low->right, high);
        refresh(low);
        return low;
    }
    high->left = merge(low, high->left);
    refresh(high);
    return high;
}

struct region *region_find(struct region *root, uintptr_t address)
{
    struct region *found = NULL;

    while (root) {
        if (root->end > address) {
            found = root;
            root = root->left;
        } else {
            root = root->right;
        }
    }
    return found;
}

void region_insert(struct region **root, struct region *region)
{
    struct region *low, *high;

    region->left = region->right = NULL;
    region->priority = priority_next();
    refresh(region);
    split(*root, region->start, &low, &high);
    *root = merge(merge(low, region), high);
}

void region_remove(struct region **root, struct region *region)
{
    struct region *low, *same, *high;

    split(*root, region->start, &low, &high);
    split(high, region->start + 1, &same, &high);
    *root = merge(low, high);
}

uintptr_t region_gap(const struct region *root, uintptr_t low, uintptr_t high, size_t size_bytes)
{
    if (!root)
        return high - low >= size_bytes ? low : 0;
    if (root->first - low >= size_bytes)
        return low;
    if (root->gap_bytes < size_bytes)
        return high - root->last >= size_bytes ? root->last : 0;
    for (;;) {
        const struct region *left = root->left, *right = root->right;
        if (left && left->gap_bytes >= size_bytes) {
            root = left;
            continue;
        }
        if (left && root->start - left->last >= size_bytes)
            return left->last;
        if (right->first - root->end >= size_bytes)
            return root->end;
        root = right;
    }
}
