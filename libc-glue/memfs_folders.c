/* SPDX-License-Identifier: MIT
 *
 * Folders of the memory file system: names, and reading them in an order that
 * changes do not disturb.
 */
#include <string.h>

#include "kernel/abi/rootfs.h"
#include "libc-glue/memfs.h"

/* Positions of a reader: ".", "..", the packed children, and from here on the
 * entries, by their sequence. */
#define PACKED_FROM  2
#define ENTRIES_FROM (1ll << 33)

static struct memfs_entry *entry_find(const struct memfs_node *folder, struct name name)
{
    return (struct memfs_entry *)names_find(folder->names, name.text, name.length, name.hash);
}

static bool packed_child(uintptr_t dir, struct name name, uint32_t *number)
{
    return memfs_is_packed(dir) && rootfs_find_node(memfs_packed(dir), name, number) == 0;
}

bool memfs_child(uintptr_t dir, struct name name, uintptr_t *child)
{
    const struct memfs_node *folder = memfs_node_of(dir);
    const struct memfs_entry *entry = folder ? entry_find(folder, name) : NULL;
    uint32_t number;

    if (entry && !entry->node)
        return false;
    if (entry)
        *child = memfs_handle(entry->node);
    else if (packed_child(dir, name, &number))
        *child = memfs_packed_handle(number);
    else
        return false;
    return true;
}

static size_t entry_bytes(const struct memfs_entry *entry)
{
    return sizeof *entry + entry->named.length;
}

static struct memfs_entry *entry_new(struct memfs_node *folder, struct name name)
{
    struct memfs_entry *entry = NULL;
    size_t size_bytes = sizeof *entry + name.length;
    uint32_t number;

    if (memfs_charge(size_bytes) && !(entry = object_new(size_bytes)))
        memfs_discharge(size_bytes);
    if (!entry)
        return NULL;
    memcpy(entry + 1, name.text, name.length);
    entry->named.text = (char *)(entry + 1);
    entry->named.length = name.length;
    entry->named.hash = name.hash;
    entry->folder = folder;
    entry->over_packed = packed_child(memfs_handle(folder), name, &number);
    folder->packed_hidden += entry->over_packed;
    names_add(&folder->names, &entry->named);
    return entry;
}

static void entry_free(struct memfs_entry *entry)
{
    size_t size_bytes = entry_bytes(entry);

    names_remove(&entry->folder->names, &entry->named);
    object_free(entry);
    memfs_discharge(size_bytes);
}

static void touch(struct memfs_node *folder, struct timespec now)
{
    folder->changed = true;
    folder->modify = folder->change = now;
}

static void show(struct memfs_entry *entry, struct memfs_node *node)
{
    struct memfs_node *folder = entry->folder;

    entry->node = node;
    entry->sequence = ++folder->sequence;
    entry->previous = folder->last;
    entry->next = NULL;
    *(folder->last ? &folder->last->next : &folder->first) = entry;
    folder->last = entry;
    folder->visible++;
}

/* Readers that stand on it step back. */
static void unshow(struct memfs_entry *entry)
{
    struct memfs_node *folder = entry->folder;

    for (struct memfs_reader *reader = folder->readers; reader; reader = reader->next)
        if (reader->last == entry)
            reader->last = entry->previous;
    *(entry->previous ? &entry->previous->next : &folder->first) = entry->next;
    *(entry->next ? &entry->next->previous : &folder->last) = entry->previous;
    entry->node = NULL;
    folder->visible--;
}

/* A folder in memory is held by those in it. */
static void parent_leave(struct memfs_node *node)
{
    struct memfs_node *parent = (struct memfs_node *)node->parent;

    if (!node->parent || memfs_is_packed(node->parent))
        return;
    node->parent = 0;
    parent->references--;
    memfs_unused(parent);
}

int memfs_attach(struct memfs_node *folder, struct name name, struct memfs_node *node,
                 struct timespec now)
{
    struct memfs_entry *entry = entry_find(folder, name);

    if (!entry)
        entry = entry_new(folder, name);
    if (!entry)
        return -ENOSPC;
    show(entry, node);
    touch(folder, now);
    if (S_ISDIR(node->mode)) {
        node->entry = entry;
        folder->links++;
        if (!folder->packed)
            folder->references++;
        parent_leave(node);
        node->parent = memfs_handle(folder);
    }
    return 0;
}

/* Takes the name away; a packed name needs an entry that hides it. */
int memfs_detach(struct memfs_node *folder, struct name name, struct timespec now)
{
    struct memfs_entry *entry = entry_find(folder, name);
    uint32_t number;
    bool was_folder;

    if (!entry) {
        if (!packed_child(memfs_handle(folder), name, &number))
            return -ENOENT;
        if (!entry_new(folder, name))
            return -ENOSPC;
        was_folder = S_ISDIR(rootfs_node(number)->mode);
    } else {
        was_folder = S_ISDIR(entry->node->mode);
        if (was_folder && entry->node->entry == entry)
            entry->node->entry = NULL;
        unshow(entry);
        if (!entry->over_packed)
            entry_free(entry);
    }
    touch(folder, now);
    if (was_folder)
        folder->links--;
    return 0;
}

bool memfs_is_empty(const struct memfs_node *folder)
{
    unsigned packed = folder->packed ? rootfs_node(folder->packed - 1)->child_count : 0;

    return folder->visible == 0 && folder->packed_hidden == packed;
}

/* What is left of an empty folder, and its hold on the one above. */
void memfs_folder_free(struct memfs_node *node)
{
    while (node->names)
        entry_free((struct memfs_entry *)node->names);
    parent_leave(node);
}

/* ---- open folders ---- */

static int entry_fill(struct dirent *to, struct name name, uint64_t number, mode_t mode)
{
    to->d_ino = number;
    to->d_type = IFTODT(mode);
    to->d_reclen = sizeof *to;
    memcpy(to->d_name, name.text, name.length);
    to->d_name[name.length] = '\0';
    return 1;
}

static uint64_t number_of(uintptr_t handle)
{
    const struct memfs_node *node = memfs_node_of(handle);

    return node ? node->number : memfs_packed(handle) + 1;
}

/* The next packed child that no entry stands for. */
static int packed_next(struct file *file, const struct memfs_node *folder, struct dirent *to)
{
    const struct rootfs_node *packed = rootfs_node(folder->packed - 1);

    while (file->position < ENTRIES_FROM) {
        uint32_t index = (uint32_t)(file->position - PACKED_FROM);
        if (index >= packed->child_count)
            break;
        uint32_t number = packed->child_first + index;
        struct name name = name_scan(rootfs_name(number));
        file->position++;
        if (!entry_find(folder, name))
            return entry_fill(to, name, number + 1, (mode_t)rootfs_node(number)->mode);
    }
    return 0;
}

static int entry_next(struct file *file, struct memfs_reader *reader, struct dirent *to)
{
    const struct memfs_node *folder = reader->node;
    uint64_t sequence = (uint64_t)(file->position - ENTRIES_FROM);
    struct memfs_entry *at = reader->last;

    if (!at || at->sequence >= sequence)
        at = folder->first;
    while (at && at->sequence < sequence)
        at = at->next;
    if (!at)
        return 0;
    reader->last = at;
    file->position = ENTRIES_FROM + (off_t)at->sequence + 1;
    return entry_fill(to, (struct name){at->named.text, at->named.length, 0}, at->node->number,
                      at->node->mode);
}

static int folder_entry(struct file *file, struct dirent *to)
{
    struct memfs_reader *reader = file->object;
    bool were_on = interrupts_off();
    const struct memfs_node *folder = reader->node;
    int found = 0;

    if (file->position == 0)
        found = entry_fill(to, name_scan("."), folder->number, S_IFDIR);
    else if (file->position == 1)
        found = entry_fill(to, name_scan(".."), number_of(folder->parent), S_IFDIR);
    if (found)
        file->position++;
    if (!found && folder->packed)
        found = packed_next(file, folder, to);
    if (!found) {
        if (file->position < ENTRIES_FROM)
            file->position = ENTRIES_FROM;
        found = entry_next(file, reader, to);
    }
    interrupts_restore(were_on);
    return found;
}

static ssize_t folder_read(struct file *file, void *to, size_t size_bytes, off_t *at)
{
    (void)file, (void)to, (void)size_bytes, (void)at;
    return -EISDIR;
}

static int folder_stat(struct file *file, struct stat *status)
{
    return memfs_ops.stat(file->place, status);
}

static void folder_release(struct file *file)
{
    struct memfs_reader *reader = file->object;
    bool were_on = interrupts_off();
    struct memfs_reader **at = &reader->node->readers;

    while (*at != reader)
        at = &(*at)->next;
    *at = reader->next;
    file->object = reader->node;
    object_free(reader);
    interrupts_restore(were_on);
    memfs_release(file);
}

static const struct file_ops folder_ops = {
    .seekable = true,
    .read = folder_read,
    .stat = folder_stat,
    .entry = folder_entry,
    .release = folder_release,
};

int memfs_folder_open(struct memfs_node *node, struct file *file)
{
    struct memfs_reader *reader = object_new(sizeof *reader);

    if (!reader)
        return -ENOMEM;
    reader->node = node;
    reader->next = node->readers;
    node->readers = reader;
    file->ops = &folder_ops;
    file->object = reader;
    return 0;
}
