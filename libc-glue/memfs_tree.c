/* SPDX-License-Identifier: MIT
 *
 * The memory file system as a kind of tree: looking, asking, opening, and changing
 * attributes. Making and moving names is in memfs_changes.c.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/statvfs.h>

#include "kernel/abi/rootfs.h"
#include "libc-glue/memfs.h"

static mode_t tree_mode(struct place place)
{
    const struct memfs_node *node = memfs_node_of(place.node);

    return node ? node->mode : (mode_t)rootfs_node(memfs_packed(place.node))->mode;
}

static void tree_hold(struct place place)
{
    if (!memfs_is_packed(place.node))
        __atomic_add_fetch(&((struct memfs_node *)place.node)->references, 1, __ATOMIC_RELAXED);
}

static void let_go(struct memfs_node *node)
{
    bool were_on = interrupts_off();

    node->references--;
    memfs_unused(node);
    interrupts_restore(were_on);
}

static void tree_drop(struct place place)
{
    if (!memfs_is_packed(place.node))
        let_go((struct memfs_node *)place.node);
}

static int tree_find(struct place dir, struct name name, struct place *found)
{
    bool were_on = interrupts_off();
    bool is_there = memfs_child(dir.node, name, &found->node);

    found->tree = dir.tree;
    if (is_there)
        tree_hold(*found);
    interrupts_restore(were_on);
    return is_there ? 0 : -ENOENT;
}

static struct place tree_parent(struct place dir)
{
    bool were_on = interrupts_off();
    const struct memfs_node *node = memfs_node_of(dir.node);
    struct place parent = {dir.tree, node ? node->parent : memfs_packed_parent(dir.node)};

    tree_hold(parent);
    interrupts_restore(were_on);
    return parent;
}

static int tree_name(struct place place, char *to, size_t size_bytes)
{
    bool were_on = interrupts_off();
    const struct memfs_node *node = memfs_node_of(place.node);
    struct name name = {.text = NULL};

    if (node && S_ISDIR(node->mode) && node->entry) {
        name = (struct name){node->entry->named.text, node->entry->named.length, 0};
    } else if (memfs_is_packed(place.node) && (!node || node->links)) {
        name.text = rootfs_name(memfs_packed(place.node));
        name.length = strlen(name.text);
    }
    if (name.text && name.length < size_bytes) {
        memcpy(to, name.text, name.length);
        to[name.length] = '\0';
    }
    interrupts_restore(were_on);
    return name.text ? (int)name.length : -ENOENT;
}

static void node_stat(const struct memfs_node *node, struct stat *status)
{
    status->st_ino = node->number;
    status->st_mode = node->mode;
    status->st_nlink = node->links;
    status->st_uid = node->owner;
    status->st_gid = node->group;
    status->st_size = node->size_bytes;
    status->st_atim = node->access;
    status->st_mtim = node->modify;
    status->st_ctim = node->change;
    if (S_ISREG(node->mode))
        status->st_blocks =
            (blkcnt_t)(node->pages.count * (PAGE_BYTES / 512)) + (node->packed_bytes + 511) / 512;
}

static int tree_stat(struct place place, struct stat *status)
{
    bool were_on = interrupts_off();
    const struct memfs_node *node = memfs_node_of(place.node);

    if (node)
        node_stat(node, status);
    else
        rootfs_tree.ops->stat((struct place){&rootfs_tree, memfs_packed(place.node)}, status);
    status->st_dev = place.tree->device;
    status->st_blksize = BLOCK_BYTES;
    interrupts_restore(were_on);
    return 0;
}

static ssize_t tree_link_target(struct place place, char *to, size_t size_bytes)
{
    bool were_on = interrupts_off();
    const struct memfs_node *node = memfs_node_of(place.node);
    const char *text = node && node->target ? node->target : NULL;
    size_t length = text ? (size_t)node->size_bytes : 0;

    if (!text) {
        text = rootfs_data(memfs_packed(place.node));
        length = rootfs_node(memfs_packed(place.node))->size_bytes;
    }
    if (length > size_bytes)
        length = size_bytes;
    memcpy(to, text, length);
    interrupts_restore(were_on);
    return (ssize_t)length;
}

void memfs_release(struct file *file)
{
    if (memfs_is_packed(file->place.node) && file->object)
        let_go(file->object);
    file_free(file);
}

static ssize_t no_data(struct file *file, void *to, size_t size_bytes, off_t *at)
{
    (void)file, (void)to, (void)size_bytes, (void)at;
    return -EBADF;
}

static int link_stat(struct file *file, struct stat *status)
{
    return memfs_ops.stat(file->place, status);
}

/* What open() gives with O_PATH alone. */
static const struct file_ops no_data_ops = {
    .read = no_data, .stat = link_stat, .release = memfs_release};

static int open_node(struct memfs_node *node, struct file *file)
{
    file->object = node;
    if (file->flags & O_PATH) {
        file->ops = &no_data_ops;
        return 0;
    }
    switch (node->mode & S_IFMT) {
    case S_IFREG:
        file->ops = &memfs_file_ops;
        return 0;
    case S_IFDIR:
        return memfs_folder_open(node, file);
    case S_IFIFO:
        return fifo_open ? fifo_open(file, &node->object) : -ENXIO;
    default:
        return -ENXIO;
    }
}

static int tree_open(struct place place, struct file *file)
{
    bool were_on = interrupts_off();
    struct memfs_node *node = memfs_take_over(place.node);
    int error = node ? open_node(node, file) : -ENOMEM;

    if (!error && node->packed)
        node->references++;
    if (error && node)
        memfs_unused(node);
    interrupts_restore(were_on);
    return error;
}

static int change(struct memfs_node *node, const struct attributes *wanted)
{
    if (wanted->set_size) {
        if (!S_ISREG(node->mode))
            return S_ISDIR(node->mode) ? -EISDIR : -EINVAL;
        memfs_resize(node, wanted->size);
    }
    if (wanted->set_mode)
        node->mode = (node->mode & S_IFMT) | (wanted->mode & 07777);
    if (wanted->set_owner)
        node->owner = wanted->owner;
    if (wanted->set_group)
        node->group = wanted->group;
    /* Who gives a program away does not give rights away with it. */
    if ((wanted->set_owner || wanted->set_group) && !S_ISDIR(node->mode))
        node->mode &= ~(S_ISUID | (node->mode & S_IXGRP ? S_ISGID : 0));
    if (wanted->set_access)
        node->access = wanted->access;
    if (wanted->set_change)
        node->modify = wanted->change;
    node->change = time_now();
    node->changed = true;
    return 0;
}

static int tree_change(struct place place, const struct attributes *wanted)
{
    bool were_on = interrupts_off();
    struct memfs_node *node = memfs_take_over(place.node);
    int error = node ? change(node, wanted) : -ENOSPC;

    interrupts_restore(were_on);
    return error;
}

static void **tree_object(struct place place)
{
    struct memfs_node *node = memfs_node_of(place.node);

    return node && S_ISSOCK(node->mode) ? &node->object : NULL;
}

static void tree_usage(struct tree *tree, struct statvfs *status)
{
    size_t limit = memfs_limit_bytes(), left = limit - memfs_used_bytes;

    (void)tree;
    if (left > memory_free_bytes())
        left = memory_free_bytes();
    status->f_blocks = limit / PAGE_BYTES;
    status->f_bfree = status->f_bavail = left / PAGE_BYTES;
    status->f_files = limit / sizeof(struct memfs_node);
    status->f_ffree = status->f_favail = left / sizeof(struct memfs_node);
}

const struct tree_ops memfs_ops = {
    .find = tree_find,
    .parent = tree_parent,
    .name = tree_name,
    .mode = tree_mode,
    .stat = tree_stat,
    .link_target = tree_link_target,
    .open = tree_open,
    .hold = tree_hold,
    .drop = tree_drop,
    .make = memfs_make,
    .link = memfs_link,
    .remove = memfs_remove,
    .rename = memfs_rename,
    .change = tree_change,
    .object = tree_object,
    .usage = tree_usage,
};
