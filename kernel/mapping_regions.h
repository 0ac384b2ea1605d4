/* SPDX-License-Identifier: MIT
 *
 * What the files of mapped memory share. Interrupts are off.
 */
#ifndef KERNEL_MAPPING_REGIONS_H
#define KERNEL_MAPPING_REGIONS_H

#include "kernel/kernel.h"
#include "kernel/mapping.h"
#include "kernel/regions.h"

#define MAPPING_TREES        2     /* where the kernel finds the place, and low addresses */
#define MAPPING_NODES_NEEDED 4     /* for any operation */
#define REGION_PROMISED      0x100 /* with MAPPING_SHARED and so on: pages are set aside */

_Static_assert((int)MAPPING_WRITE == (int)ACCESS_WRITE, "the same");
_Static_assert((int)MAPPING_EXECUTE == (int)ACCESS_EXECUTE, "the same");
_Static_assert((int)MAPPING_NO_ACCESS == (int)ACCESS_NONE, "the same");

extern struct region *mapping_regions[MAPPING_TREES];

/* mapping.c */
struct region **mapping_tree(uintptr_t start, uintptr_t end); /* NULL: not for programs */
bool mapping_nodes_prepare(void);
struct region *mapping_node_take(const struct region *like);
void mapping_leave(bool were_on);
void mapping_cut(struct region **tree, uintptr_t address);
void mapping_join(struct region **tree, uintptr_t address);
void mapping_drop(struct region **tree, struct region *region);
bool mapping_promise(struct region *region);
bool mapping_wants_promise(const struct region *region, unsigned access);

#endif
