/* SPDX-License-Identifier: MIT
 *
 * The checks that make a packed root file system safe to walk.
 */
#include "rootfs_view.h"

#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

static bool names_fit(const struct rootfs_view *view, uint64_t size_bytes)
{
    uint64_t nodes_end =
        sizeof view->header + (uint64_t)view->header.node_count * sizeof(struct rootfs_node);
    return view->header.node_count && nodes_end <= view->header.names_offset &&
           view->header.names_offset <= view->header.size_bytes &&
           view->header.size_bytes <= size_bytes;
}

static bool name_ends(const struct rootfs_view *view, const struct rootfs_node *node)
{
    uint64_t room = view->header.size_bytes - view->header.names_offset;
    return node->name < room && memchr(rootfs_name(view, node), 0, room - node->name) != NULL;
}

static bool node_is_sound(const struct rootfs_view *view, uint32_t index)
{
    struct rootfs_node node = rootfs_node(view, index);
    if (!name_ends(view, &node) || (index ? node.parent >= index : node.parent != 0))
        return false;
    if (S_ISDIR(node.mode))
        return node.child_first <= view->header.node_count &&
               node.child_count <= view->header.node_count - node.child_first;
    if (!index || !(S_ISREG(node.mode) || S_ISLNK(node.mode)))
        return false;
    return node.data_offset <= view->header.size_bytes &&
           node.size_bytes <= view->header.size_bytes - node.data_offset;
}

/* Siblings are told apart by the order that lookups rely on. */
static bool follows(const struct rootfs_view *view, uint32_t index)
{
    struct rootfs_node node = rootfs_node(view, index), before = rootfs_node(view, index - 1);
    return index == 1 || before.parent < node.parent ||
           (before.parent == node.parent &&
            strcmp(rootfs_name(view, &before), rootfs_name(view, &node)) < 0);
}

int rootfs_open(struct rootfs_view *view, const uint8_t *bytes, uint64_t size_bytes)
{
    *view = (struct rootfs_view){.bytes = bytes};
    if (size_bytes < sizeof view->header)
        return -1;
    memcpy(&view->header, bytes, sizeof view->header);
    if (view->header.magic != ROOTFS_MAGIC || !names_fit(view, size_bytes))
        return -1;
    for (uint32_t i = 0; i < view->header.node_count; i++)
        if (!node_is_sound(view, i) || (i && !follows(view, i)))
            return -1;
    return S_ISDIR(rootfs_node(view, 0).mode) ? 0 : -1;
}

struct rootfs_node rootfs_node(const struct rootfs_view *view, uint32_t index)
{
    struct rootfs_node node;
    memcpy(&node, view->bytes + sizeof view->header + (uint64_t)index * sizeof node, sizeof node);
    return node;
}

const char *rootfs_name(const struct rootfs_view *view, const struct rootfs_node *node)
{
    return (const char *)view->bytes + view->header.names_offset + node->name;
}
