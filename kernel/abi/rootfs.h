/* SPDX-License-Identifier: MIT
 *
 * The packed read-only root file system: a tree that needs no unpacking and no
 * parsing at boot. Node 0 is the root folder. The children of a folder stand
 * next to each other, sorted by name (bytewise), so a lookup is a binary search.
 * Offsets count from the start of this header, which is page aligned; files of
 * a page or more start on a page, so that they can be mapped.
 */
#ifndef THIMBLE_ABI_ROOTFS_H
#define THIMBLE_ABI_ROOTFS_H

#include <stdint.h>

#define ROOTFS_MAGIC    0x31534652544f4f52ull /* "ROOTRFS1" */
#define ROOTFS_NAME_MAX 255

struct rootfs {
    uint64_t magic;
    uint32_t node_count;
    uint32_t reserved;
    uint64_t names_offset; /* NUL-terminated names, found by rootfs_node.name */
    uint64_t size_bytes;   /* everything: header, nodes, names, data */
    /* struct rootfs_node nodes[node_count] follow */
};

struct rootfs_node {
    uint32_t name;        /* offset into the names; the root's is "" */
    uint32_t mode;        /* st_mode: S_IFREG, S_IFDIR or S_IFLNK, and permissions */
    uint32_t parent;      /* node number; the root is its own parent */
    uint32_t child_first; /* folder: number of the first child */
    uint32_t child_count; /* folder */
    uint32_t reserved;
    int64_t mtime_s;
    uint64_t data_offset; /* file: contents; link: target without NUL */
    uint64_t size_bytes;
};

typedef char abi_assert_rootfs[sizeof(struct rootfs) == 32 ? 1 : -1];
typedef char abi_assert_rootfs_node[sizeof(struct rootfs_node) == 48 ? 1 : -1];

#endif
