/* SPDX-License-Identifier: MIT
 *
 * Names of the memory file system: made, linked, moved and removed.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "libc-glue/memfs.h"

#define LINKS_MAX 65000

/* The folder that is to change, taken over. Nothing can be made in a removed one. */
static struct memfs_node *folder_of(struct place dir, int *error)
{
    struct memfs_node *folder = memfs_take_over(dir.node);

    *error = !folder ? -ENOSPC : !folder->links ? -ENOENT : 0;
    return folder;
}

/* What a new node gets from the folder it is made in. */
static void inherit(struct memfs_node *node, const struct memfs_node *folder)
{
    if (!(folder->mode & S_ISGID))
        return;
    node->group = folder->group;
    if (S_ISDIR(node->mode))
        node->mode |= S_ISGID;
}

static int target_set(struct memfs_node *node, const char *target)
{
    size_t length = strlen(target);

    if (memfs_charge(length + 1) && !(node->target = object_new(length + 1)))
        memfs_discharge(length + 1);
    if (!node->target)
        return -ENOSPC;
    memcpy(node->target, target, length);
    node->size_bytes = (off_t)length;
    return 0;
}

static void discard(struct memfs_node *node)
{
    node->links = node->references = 0;
    memfs_unused(node);
}

static int make(struct place dir, struct name name, const struct making *what, struct place *made)
{
    int error;
    uintptr_t child;
    struct memfs_node *folder = folder_of(dir, &error), *node;

    if (error)
        return error;
    if (name.length && memfs_child(dir.node, name, &child))
        return -EEXIST;
    node = memfs_node_new(what->mode);
    if (!node)
        return -ENOSPC;
    inherit(node, folder);
    if (S_ISLNK(what->mode))
        error = target_set(node, what->target);
    else if (S_ISSOCK(what->mode))
        node->object = what->object;
    if (!error && name.length)
        error = memfs_attach(folder, name, node, node->change);
    else if (!error)
        node->links = 0; /* a file without a name: O_TMPFILE */
    if (error) {
        discard(node);
        return error;
    }
    node->references++;
    *made = (struct place){dir.tree, (uintptr_t)node};
    return 0;
}

int memfs_make(struct place dir, struct name name, const struct making *what, struct place *made)
{
    bool were_on = interrupts_off();
    int error = make(dir, name, what, made);

    interrupts_restore(were_on);
    return error;
}

/* After a name went: the node's count, and its end when that was the last. */
static void unlink_node(struct memfs_node *node, struct timespec now)
{
    node->links = S_ISDIR(node->mode) ? 0 : node->links - 1;
    node->changed = true;
    node->change = now;
    memfs_unused(node);
}

static int remove_name(struct place dir, struct name name, bool folder_wanted)
{
    int error;
    uintptr_t child;
    struct memfs_node *folder = folder_of(dir, &error), *node;

    if (error)
        return error;
    if (!memfs_child(dir.node, name, &child))
        return -ENOENT;
    node = memfs_take_over(child);
    if (!node)
        return -ENOSPC;
    if (folder_wanted != S_ISDIR(node->mode))
        return folder_wanted ? -ENOTDIR : -EISDIR;
    if (folder_wanted && !memfs_is_empty(node))
        return -ENOTEMPTY;
    struct timespec now = time_now();
    error = memfs_detach(folder, name, now);
    if (!error)
        unlink_node(node, now);
    return error;
}

int memfs_remove(struct place dir, struct name name, bool folder)
{
    bool were_on = interrupts_off();
    int error = remove_name(dir, name, folder);

    interrupts_restore(were_on);
    return error;
}

static int link_new(struct place place, struct place dir, struct name name)
{
    int error;
    uintptr_t child;
    struct memfs_node *folder = folder_of(dir, &error);
    struct memfs_node *node = error ? NULL : memfs_take_over(place.node);

    if (error)
        return error;
    if (memfs_child(dir.node, name, &child))
        return -EEXIST;
    if (!node)
        return -ENOSPC;
    if (S_ISDIR(node->mode))
        return -EPERM;
    if (!node->links)
        return -ENOENT;
    if (node->links >= LINKS_MAX)
        return -EMLINK;
    struct timespec now = time_now();
    error = memfs_attach(folder, name, node, now);
    if (error)
        return error;
    node->links++;
    node->changed = true;
    node->change = now;
    return 0;
}

int memfs_link(struct place place, struct place dir, struct name name)
{
    bool were_on = interrupts_off();
    int error = link_new(place, dir, name);

    interrupts_restore(were_on);
    return error;
}

/* Is the folder the other one, or above it? */
static bool is_above(uintptr_t folder, uintptr_t other, uintptr_t top)
{
    while (other != folder && other != top) {
        const struct memfs_node *node = memfs_node_of(other);
        uintptr_t parent = node ? node->parent : memfs_packed_parent(other);
        if (parent == other)
            return false;
        other = parent;
    }
    return other == folder;
}

struct move {
    struct memfs_node *from_dir, *to_dir;
    struct name from, to;
    struct memfs_node *node, *replaced; /* replaced: NULL when there is nothing */
};

/* What speaks against it, in the order in which Linux finds it. */
static int move_check(const struct move *move)
{
    const struct memfs_node *node = move->node, *replaced = move->replaced;

    if (!replaced)
        return 0;
    if (S_ISDIR(node->mode) != S_ISDIR(replaced->mode))
        return S_ISDIR(node->mode) ? -ENOTDIR : -EISDIR;
    if (S_ISDIR(replaced->mode) && !memfs_is_empty(replaced))
        return -ENOTEMPTY;
    return 0;
}

/* The new name comes first: if there is no memory for it, nothing has changed but
 * that the replaced one is gone from a full file system. */
static int move_do(const struct move *move)
{
    struct timespec now = time_now();
    int error;

    if (move->replaced) {
        error = memfs_detach(move->to_dir, move->to, now);
        if (error)
            return error;
        unlink_node(move->replaced, now);
    }
    error = memfs_attach(move->to_dir, move->to, move->node, now);
    if (!error)
        error = memfs_detach(move->from_dir, move->from, now);
    move->node->changed = true;
    move->node->change = now;
    return error;
}

static int swap_do(const struct move *move)
{
    struct timespec now = time_now();
    int error = memfs_detach(move->from_dir, move->from, now);

    if (!error)
        error = memfs_detach(move->to_dir, move->to, now);
    if (!error)
        error = memfs_attach(move->from_dir, move->from, move->replaced, now);
    if (!error)
        error = memfs_attach(move->to_dir, move->to, move->node, now);
    move->node->changed = move->replaced->changed = true;
    move->node->change = move->replaced->change = now;
    return error;
}

static int move_fill(struct move *move, struct place from_dir, struct place to_dir, unsigned flags)
{
    uintptr_t from, to;
    int error;

    if (!memfs_child(from_dir.node, move->from, &from))
        return -ENOENT;
    bool replaces = memfs_child(to_dir.node, move->to, &to);
    if (replaces && flags & RENAME_NOREPLACE_FLAG)
        return -EEXIST;
    if (!replaces && flags & RENAME_EXCHANGE_FLAG)
        return -ENOENT;
    if (is_above(from, to_dir.node, to_dir.tree->top))
        return -EINVAL;
    if (replaces && is_above(to, from_dir.node, from_dir.tree->top))
        return flags & RENAME_EXCHANGE_FLAG ? -EINVAL : -ENOTEMPTY;
    move->from_dir = folder_of(from_dir, &error);
    if (!error)
        move->to_dir = folder_of(to_dir, &error);
    if (error)
        return error;
    move->node = memfs_take_over(from);
    move->replaced = replaces ? memfs_take_over(to) : NULL;
    return !move->node || (replaces && !move->replaced) ? -ENOSPC : 0;
}

int memfs_rename(struct place from_dir, struct name from, struct place to_dir, struct name to,
                 unsigned flags)
{
    bool were_on = interrupts_off();
    struct move move = {.from = from, .to = to};
    int error = move_fill(&move, from_dir, to_dir, flags);

    if (!error && move.node != move.replaced) {
        if (flags & RENAME_EXCHANGE_FLAG)
            error = swap_do(&move);
        else if (!(error = move_check(&move)))
            error = move_do(&move);
    }
    interrupts_restore(were_on);
    return error;
}
