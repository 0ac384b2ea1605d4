/* SPDX-License-Identifier: MIT
 *
 * Nodes of the memory file system: making them, taking over packed ones, freeing
 * them, and the limit for all of it.
 */
#include <string.h>

#include "kernel/abi/rootfs.h"
#include "kernel/boot_options.h"
#include "kernel/time.h"
#include "libc-glue/memfs.h"

#define INDEX_BUCKETS (OBJECT_MAX / sizeof(struct memfs_node *))

size_t memfs_used_bytes;
static uint64_t last_number = 1ull << 32; /* packed nodes have the numbers below */
static struct memfs_node **packed_index;

/* Half of the memory, as on Linux, or what the boot parameter says. */
size_t memfs_limit_bytes(void)
{
    if (boot_options.files_max_bytes)
        return boot_options.files_max_bytes;
    return memory_total_bytes() / 2;
}

bool memfs_charge(size_t size_bytes)
{
    if (memfs_used_bytes + size_bytes > memfs_limit_bytes())
        return false;
    memfs_used_bytes += size_bytes;
    return true;
}

void memfs_discharge(size_t size_bytes)
{
    memfs_used_bytes -= size_bytes;
}

struct timespec time_now(void)
{
    uint64_t ns = clock_realtime_ns();

    return (struct timespec){.tv_sec = (time_t)(ns / 1000000000),
                             .tv_nsec = (long)(ns % 1000000000)};
}

struct memfs_node *memfs_node_new(mode_t mode)
{
    struct memfs_node *node = NULL;

    if (memfs_charge(sizeof *node) && !(node = object_new(sizeof *node)))
        memfs_discharge(sizeof *node);
    if (!node)
        return NULL;
    node->mode = mode;
    node->number = ++last_number;
    node->links = S_ISDIR(mode) ? 2 : 1;
    node->access = node->modify = node->change = time_now();
    return node;
}

static void node_free(struct memfs_node *node)
{
    object_free(node);
    memfs_discharge(sizeof *node);
}

uintptr_t memfs_handle(const struct memfs_node *node)
{
    return node->packed ? memfs_packed_handle(node->packed - 1) : (uintptr_t)node;
}

static struct memfs_node **index_of(uint32_t number)
{
    struct memfs_node **at = &packed_index[number % INDEX_BUCKETS];

    while (*at && (*at)->packed != number + 1)
        at = &(*at)->next_packed;
    return at;
}

struct memfs_node *memfs_node_of(uintptr_t handle)
{
    if (!memfs_is_packed(handle))
        return (struct memfs_node *)handle;
    return packed_index ? *index_of(memfs_packed(handle)) : NULL;
}

uintptr_t memfs_packed_parent(uintptr_t handle)
{
    return memfs_packed_handle(rootfs_node(memfs_packed(handle))->parent);
}

static void fill_from_packed(struct memfs_node *node, uint32_t number)
{
    const struct rootfs_node *packed = rootfs_node(number);

    node->packed = number + 1;
    node->number = number + 1;
    node->access = node->modify = node->change = (struct timespec){.tv_sec = packed->mtime_s};
    node->size_bytes = (off_t)packed->size_bytes;
    if (S_ISREG(packed->mode))
        node->packed_bytes = node->size_bytes;
    if (!S_ISDIR(packed->mode))
        return;
    node->size_bytes = 0;
    node->links = rootfs_folder_links(number);
    node->parent = memfs_packed_handle(packed->parent);
}

struct memfs_node *memfs_take_over(uintptr_t handle)
{
    struct memfs_node *node = memfs_node_of(handle), **slot;

    if (node)
        return node;
    if (!packed_index)
        packed_index = object_new(OBJECT_MAX);
    if (!packed_index)
        return NULL;
    node = memfs_node_new((mode_t)rootfs_node(memfs_packed(handle))->mode);
    if (!node)
        return NULL;
    fill_from_packed(node, memfs_packed(handle));
    slot = index_of(memfs_packed(handle));
    *slot = node;
    return node;
}

static void contents_free(struct memfs_node *node)
{
    if (S_ISREG(node->mode)) {
        memfs_data_free(node);
    } else if (S_ISDIR(node->mode)) {
        memfs_folder_free(node);
    } else if (S_ISLNK(node->mode) && node->target) {
        memfs_discharge((size_t)node->size_bytes + 1);
        object_free(node->target);
        node->target = NULL;
    }
}

/* A packed node that was changed stays, as it must not come back as it was packed. */
void memfs_unused(struct memfs_node *node)
{
    if (node->references)
        return;
    if (node->packed && node->changed) {
        if (!node->links && !S_ISDIR(node->mode))
            contents_free(node);
        return;
    }
    if (node->packed)
        *index_of(node->packed - 1) = node->next_packed;
    else if (node->links)
        return;
    contents_free(node);
    node_free(node);
}
