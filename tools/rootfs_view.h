/* SPDX-License-Identifier: MIT
 *
 * Reading a packed root file system from untrusted bytes.
 */
#ifndef THIMBLE_TOOLS_ROOTFS_VIEW_H
#define THIMBLE_TOOLS_ROOTFS_VIEW_H

#include <stddef.h>

#include "kernel/abi/rootfs.h"

struct rootfs_view {
    const uint8_t *bytes;
    struct rootfs header;
};

/* -1 unless every node is sound: parents before children, names and contents
 * inside, children sorted. */
int rootfs_open(struct rootfs_view *view, const uint8_t *bytes, uint64_t size_bytes);
struct rootfs_node rootfs_node(const struct rootfs_view *view, uint32_t index);
const char *rootfs_name(const struct rootfs_view *view, const struct rootfs_node *node);

#endif
