/* SPDX-License-Identifier: MIT
 *
 * The packed tree, used where it lies in the image (kernel/abi/rootfs.h) and never
 * changed. An image without one has an empty root folder.
 */
#include <string.h>
#include <sys/statvfs.h>

#include "kernel/abi/rootfs.h"
#include "kernel/param.h"
#include "kernel/program.h"
#include "libc-glue/files.h"

#define DEVICE_PACKED 1

static const struct rootfs_node empty_root = {.mode = S_IFDIR | 0755};

const struct rootfs_node *rootfs_node(uint32_t node)
{
    const struct rootfs *header = program_rootfs();

    return header ? (const struct rootfs_node *)(header + 1) + node : &empty_root;
}

const char *rootfs_name(uint32_t node)
{
    const struct rootfs *header = program_rootfs();

    return header ? (const char *)header + header->names_offset + rootfs_node(node)->name : "";
}

const char *rootfs_data(uint32_t node)
{
    return (const char *)program_rootfs() + rootfs_node(node)->data_offset;
}

/* Bytewise, a prefix first. */
static int name_compare(struct name name, const char *other)
{
    int order = strncmp(name.text, other, name.length);

    return order ? order : other[name.length] ? -1 : 0;
}

int rootfs_find_node(uint32_t dir, struct name name, uint32_t *found)
{
    const struct rootfs_node *folder = rootfs_node(dir);
    uint32_t low = folder->child_first;
    uint32_t high = low + folder->child_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = name_compare(name, rootfs_name(middle));

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

/* A plain path from the root, without links and dots. */
int rootfs_find_path(const char *path, uint32_t *found)
{
    int error = 0;

    *found = 0;
    while (!error && *(path += strspn(path, "/"))) {
        struct name name = name_scan(path);
        error = rootfs_find_node(*found, name, found);
        path += name.length;
    }
    return error;
}

/* Its own name, ".", and ".." in each folder below it. */
unsigned rootfs_folder_links(uint32_t node)
{
    const struct rootfs_node *folder = rootfs_node(node);
    unsigned links = 2;

    for (uint32_t i = 0; i < folder->child_count; i++)
        links += S_ISDIR(rootfs_node(folder->child_first + i)->mode);
    return links;
}

static int tree_find(struct place dir, struct name name, struct place *found)
{
    uint32_t number;
    int error = rootfs_find_node((uint32_t)dir.node, name, &number);

    *found = (struct place){dir.tree, number};
    return error;
}

static struct place tree_parent(struct place dir)
{
    return (struct place){dir.tree, rootfs_node((uint32_t)dir.node)->parent};
}

static int tree_name(struct place place, char *to, size_t size_bytes)
{
    return (int)strlcpy(to, rootfs_name((uint32_t)place.node), size_bytes);
}

static mode_t tree_mode(struct place place)
{
    return rootfs_node((uint32_t)place.node)->mode;
}

static int tree_stat(struct place place, struct stat *status)
{
    const struct rootfs_node *n = rootfs_node((uint32_t)place.node);

    status->st_dev = DEVICE_PACKED;
    status->st_ino = place.node + 1;
    status->st_mode = n->mode;
    status->st_nlink = S_ISDIR(n->mode) ? rootfs_folder_links((uint32_t)place.node) : 1;
    status->st_size = (off_t)n->size_bytes;
    status->st_blksize = BLOCK_BYTES;
    status->st_blocks = (blkcnt_t)((n->size_bytes + 511) / 512);
    status->st_mtim.tv_sec = status->st_ctim.tv_sec = status->st_atim.tv_sec = n->mtime_s;
    return 0;
}

static ssize_t tree_link_target(struct place place, char *to, size_t size_bytes)
{
    size_t length = rootfs_node((uint32_t)place.node)->size_bytes;

    if (length > size_bytes)
        length = size_bytes;
    memcpy(to, rootfs_data((uint32_t)place.node), length);
    return (ssize_t)length;
}

static void tree_usage(struct tree *tree, struct statvfs *status)
{
    const struct rootfs *header = program_rootfs();

    (void)tree;
    if (!header)
        return;
    status->f_blocks = header->size_bytes / BLOCK_BYTES;
    status->f_files = header->node_count;
}

/* ---- open files ---- */

static uint32_t number_of(const struct file *file)
{
    return (uint32_t)file->place.node;
}

static ssize_t data_read(struct file *file, void *to, size_t size_bytes, off_t *at)
{
    const struct rootfs_node *n = rootfs_node(number_of(file));

    if (S_ISDIR(n->mode))
        return -EISDIR;
    if ((uint64_t)*at >= n->size_bytes)
        return 0;
    if (size_bytes > n->size_bytes - *at)
        size_bytes = n->size_bytes - *at;
    if (user_write(to, rootfs_data(number_of(file)) + *at, size_bytes))
        return -EFAULT;
    *at += (off_t)size_bytes;
    return (ssize_t)size_bytes;
}

static int data_stat(struct file *file, struct stat *status)
{
    return tree_stat(file->place, status);
}

static off_t data_find(struct file *file, off_t from, bool hole)
{
    off_t size_bytes = (off_t)rootfs_node(number_of(file))->size_bytes;

    return from < 0 || from >= size_bytes ? -ENXIO : hole ? size_bytes : from;
}

/* It is never written to: mmap asks that of the descriptor. */
static void *data_page(struct file *file, uint64_t index, bool writing)
{
    (void)writing;
    return (char *)(uintptr_t)rootfs_data(number_of(file)) + index * PAGE_SIZE;
}

static const void *data_lasting(struct file *file, off_t at, size_t *size_bytes)
{
    uint64_t end = rootfs_node(number_of(file))->size_bytes;

    if (S_ISDIR(rootfs_node(number_of(file))->mode) || (uint64_t)at >= end)
        return NULL;
    if (*size_bytes > end - (uint64_t)at)
        *size_bytes = end - (uint64_t)at;
    return rootfs_data(number_of(file)) + at;
}

static int entry_fill(struct dirent *to, const char *name, uint32_t number)
{
    to->d_ino = number + 1;
    to->d_type = IFTODT(rootfs_node(number)->mode);
    to->d_reclen = sizeof *to;
    strlcpy(to->d_name, name, sizeof to->d_name);
    return 1;
}

static int folder_entry(struct file *file, struct dirent *to)
{
    const struct rootfs_node *folder = rootfs_node(number_of(file));
    off_t at = file->position;

    if (!S_ISDIR(folder->mode))
        return -ENOTDIR;
    if (at >= 2 + (off_t)folder->child_count)
        return 0;
    file->position++;
    if (at == 0)
        return entry_fill(to, ".", number_of(file));
    if (at == 1)
        return entry_fill(to, "..", folder->parent);
    uint32_t number = folder->child_first + (uint32_t)at - 2;
    return entry_fill(to, rootfs_name(number), number);
}

static const struct file_ops data_ops = {
    .seekable = true,
    .read = data_read,
    .stat = data_stat,
    .find = data_find,
    .entry = folder_entry,
    .page = data_page,
    .lasting = data_lasting,
    .release = file_free,
};

static int tree_open(struct place place, struct file *file)
{
    (void)place;
    file->ops = &data_ops;
    return 0;
}

static const struct tree_ops rootfs_ops = {
    .find = tree_find,
    .parent = tree_parent,
    .name = tree_name,
    .mode = tree_mode,
    .stat = tree_stat,
    .link_target = tree_link_target,
    .open = tree_open,
    .usage = tree_usage,
};

struct tree rootfs_tree = {
    .ops = &rootfs_ops,
    .kind = "packed",
    .device = DEVICE_PACKED,
    .read_only = true,
};
