/* SPDX-License-Identifier: MIT
 *
 * The read-only root file system, used where it lies in the image
 * (kernel/abi/rootfs.h). An image without one has an empty root folder.
 */
#include <string.h>

#include "kernel/abi/rootfs.h"
#include "kernel/param.h"
#include "kernel/program.h"
#include "libc-glue/glue.h"

static const struct rootfs_node empty_root = {.mode = S_IFDIR | 0755};

static const struct rootfs_node *rootfs_node(uint32_t node)
{
    const struct rootfs *header = program_rootfs();

    return header ? (const struct rootfs_node *)(header + 1) + node : &empty_root;
}

static const char *rootfs_name(uint32_t node)
{
    const struct rootfs *header = program_rootfs();

    return header ? (const char *)header + header->names_offset + rootfs_node(node)->name : "";
}

static const char *rootfs_data(uint32_t node)
{
    return (const char *)program_rootfs() + rootfs_node(node)->data_offset;
}

/* The order of names with their lengths known: bytewise, a prefix first. */
static int name_compare(const char *name, size_t name_length, const char *other)
{
    int order = strncmp(name, other, name_length);

    return order ? order : other[name_length] ? -1 : 0;
}

static int rootfs_find(uint32_t dir, const char *name, size_t name_length, uint32_t *found)
{
    const struct rootfs_node *folder = rootfs_node(dir);
    uint32_t low = folder->child_first;
    uint32_t high = low + folder->child_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = name_compare(name, name_length, rootfs_name(middle));

        if (order == 0) {
            *found = middle;
            return 0;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return -ENOENT;
}

static uint32_t rootfs_parent(uint32_t node)
{
    return rootfs_node(node)->parent;
}

static int rootfs_child(uint32_t dir, uint32_t index, uint32_t *found)
{
    const struct rootfs_node *folder = rootfs_node(dir);

    if (index >= folder->child_count)
        return -ENOENT;
    *found = folder->child_first + index;
    return 0;
}

static int rootfs_stat(uint32_t node, struct stat *status)
{
    const struct rootfs_node *n = rootfs_node(node);

    status->st_dev = 1;
    status->st_ino = node + 1;
    status->st_mode = n->mode;
    status->st_nlink = S_ISDIR(n->mode) ? 2 : 1;
    status->st_size = (off_t)n->size_bytes;
    status->st_blksize = BLOCK_BYTES;
    status->st_blocks = (blkcnt_t)((n->size_bytes + 511) / 512);
    status->st_mtim.tv_sec = status->st_ctim.tv_sec = status->st_atim.tv_sec = n->mtime_s;
    return 0;
}

static const char *rootfs_link_target(uint32_t node, size_t *length)
{
    *length = rootfs_node(node)->size_bytes;
    return rootfs_data(node);
}

/* ---- open files ---- */

static ssize_t rootfs_file_read(struct file *file, void *to, size_t size_bytes, off_t *at)
{
    const struct rootfs_node *n = rootfs_node(file->node);

    if (S_ISDIR(n->mode))
        return -EISDIR;
    if ((uint64_t)*at >= n->size_bytes)
        return 0;
    if (size_bytes > n->size_bytes - *at)
        size_bytes = n->size_bytes - *at;
    memcpy(to, rootfs_data(file->node) + *at, size_bytes);
    *at += (off_t)size_bytes;
    return (ssize_t)size_bytes;
}

static int rootfs_file_stat(struct file *file, struct stat *status)
{
    return rootfs_stat(file->node, status);
}

/* It is never written to: mmap asks that of the descriptor. */
static void *rootfs_file_page(struct file *file, uint64_t index, bool writing)
{
    (void)writing;
    return (char *)(uintptr_t)rootfs_data(file->node) + index * PAGE_SIZE;
}

static const struct file_ops rootfs_ops = {
    .seekable = true,
    .read = rootfs_file_read,
    .stat = rootfs_file_stat,
    .page = rootfs_file_page,
};

static int rootfs_open(uint32_t node, struct file *file)
{
    (void)node;
    file->ops = &rootfs_ops;
    return 0;
}

const struct file_system rootfs = {
    .read_only = true,
    .find = rootfs_find,
    .parent = rootfs_parent,
    .name = rootfs_name,
    .stat = rootfs_stat,
    .child = rootfs_child,
    .link_target = rootfs_link_target,
    .open = rootfs_open,
};
