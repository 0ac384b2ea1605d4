/* SPDX-License-Identifier: MIT
 *
 * What is mounted where. The root shows the packed files and keeps changes in memory;
 * with the boot parameter thimble.root=ro it is the packed tree itself, and /tmp and
 * what thimble.writable= names are trees in memory, mounted on it. A mount is a name
 * in a folder: the folder need not have it otherwise.
 */
#include <limits.h>
#include <string.h>

#include "kernel/abi/rootfs.h"
#include "kernel/boot_options.h"
#include "kernel/console.h"
#include "libc-glue/memfs.h"

#define DEVICE_MEMORY 3
#define TREES_MAX     16

static struct tree memory_trees[TREES_MAX];
static int memory_tree_count;
static struct tree *all;

static void mount(struct tree *tree, struct place on, const char *name)
{
    struct tree **last = &all;

    while (*last)
        last = &(*last)->next;
    tree->on = on;
    tree->mount_name = name;
    *last = tree;
}

static struct tree *memory_tree(uintptr_t top)
{
    struct tree *tree;

    if (memory_tree_count == TREES_MAX)
        return NULL;
    tree = &memory_trees[memory_tree_count];
    *tree = (struct tree){
        .ops = &memfs_ops,
        .kind = "memory",
        .device = DEVICE_MEMORY + (dev_t)memory_tree_count++,
        .top = top,
    };
    return tree;
}

/* An empty tree for all to write to. */
static bool mount_memory(struct place on, const char *name)
{
    struct memfs_node *top = memfs_node_new(S_IFDIR | 01777);
    struct tree *tree = top ? memory_tree((uintptr_t)top) : NULL;

    if (!tree)
        return false;
    top->references++;
    mount(tree, on, name);
    return true;
}

/* /tmp as every program expects it: a folder of the root, or a tree of its own. */
static void tmp_make(void)
{
    struct place root = {all, all->top}, made;
    struct name name = name_scan("tmp");
    struct making folder = {.mode = S_IFDIR | 01777};

    if (all->ops->find(root, name, &made) == 0) {
        place_drop(made);
    } else if (!all->read_only) {
        if (all->ops->make(root, name, &folder, &made) == 0)
            place_drop(made);
        return;
    }
    if (all->read_only)
        mount_memory(root, "tmp");
}

/* A folder of the read-only root that can be written all the same. */
static int writable_add(const char *path)
{
    uint32_t number, parent;
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    struct tree *tree;

    if (!slash || (size_t)(slash - path) >= sizeof folder || rootfs_find_path(path, &number) ||
        !S_ISDIR(rootfs_node(number)->mode))
        return -ENOENT;
    memcpy(folder, path, (size_t)(slash - path));
    folder[slash - path] = '\0';
    if (rootfs_find_path(folder, &parent) || !(tree = memory_tree(memfs_packed_handle(number))))
        return -ENOENT;
    mount(tree, (struct place){&rootfs_tree, parent}, slash + 1);
    return 0;
}

static void complain(const char *path)
{
    console_write(CONSOLE_ERR, "thimble: --writable ", 20);
    console_write(CONSOLE_ERR, path, strlen(path));
    console_write(CONSOLE_ERR, ": the image has no such folder\n", 31);
}

static void set_up(void)
{
    if (boot_options.root_read_only)
        mount(&rootfs_tree, (struct place){NULL, 0}, "");
    else
        mount(memory_tree(memfs_packed_handle(0)), (struct place){NULL, 0}, "");
    mount(&device_tree, (struct place){all, all->top}, "dev");
    tmp_make();
    for (unsigned i = 0; all->read_only && i < boot_options.writable_count; i++)
        if (writable_add(boot_options.writable[i]))
            complain(boot_options.writable[i]);
}

struct tree *trees(void)
{
    if (all)
        return all;
    bool were_on = interrupts_off();
    if (!all)
        set_up();
    interrupts_restore(were_on);
    return all;
}

bool tree_add_shared_memory(void)
{
    static bool there;
    bool were_on = interrupts_off();

    trees();
    there = there || mount_memory((struct place){&device_tree, device_tree.top}, "shm");
    interrupts_restore(were_on);
    return there;
}

struct place tree_root(void)
{
    struct tree *root = trees();

    return place_hold((struct place){root, root->top});
}

struct tree *tree_on(struct place dir, struct name name)
{
    struct tree *tree = all->next; /* who has a place has a tree: it is set up */

    while (tree && (!place_is(tree->on, dir) || strncmp(tree->mount_name, name.text, name.length) ||
                    tree->mount_name[name.length]))
        tree = tree->next;
    return tree;
}
