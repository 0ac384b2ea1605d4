/* SPDX-License-Identifier: MIT
 *
 * Packs folders into the read-only root file system of kernel/abi/rootfs.h.
 * The same files give the same bytes: sorted, owners dropped, permissions 0644
 * or 0755, times SOURCE_DATE_EPOCH or 0.
 */
#ifndef THIMBLE_TOOLS_ROOTFS_H
#define THIMBLE_TOOLS_ROOTFS_H

#include "kernel/abi/rootfs.h"
#include "output.h"

struct rootfs_plan {
    struct plan_node *nodes; /* in the order of the packed nodes */
    uint32_t node_count;
    struct bytes_plan {
        uint64_t names_offset, names_bytes, size_bytes;
    } layout;
};

/* Reads the folders, later ones laid over earlier ones. What cannot be packed
 * (a socket, an unreadable file) ends the program with its name. */
struct rootfs_plan rootfs_scan(const struct strings *roots);

/* Writes the packed tree; file contents go through in pieces. */
void rootfs_write(const struct rootfs_plan *plan, struct output *output);

/* One node of a plan, for those who write it in another form. */
struct rootfs_item {
    const char *path;   /* "data/file"; the root, which is the first, is "" */
    const char *source; /* where it is on the host */
    uint32_t mode;
    uint64_t size_bytes;
    int64_t time_s;
};

struct rootfs_item rootfs_item(const struct rootfs_plan *plan, uint32_t index);

#endif
