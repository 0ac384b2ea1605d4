/* SPDX-License-Identifier: MIT
 *
 * The memory file system, by file. A tree of it may stand on a folder of the packed
 * tree: then it shows what is packed, and keeps what differs. Names, attributes and
 * single pages are taken over when they are changed, nothing before.
 *
 * A node's number for the layers above (struct place) is the packed node's, times two
 * plus one, if it began as one, whether it has been taken over or not; else the
 * address of struct memfs_node. Everything runs with interrupts off.
 */
#ifndef GLUE_MEMFS_H
#define GLUE_MEMFS_H

#include "libc-glue/files.h"
#include "libc-glue/memfs_names.h"
#include "libc-glue/memfs_pages.h"

#pragma GCC visibility push(hidden)

struct memfs_node;
struct memfs_entry {
    struct named named; /* in the folder's index; first */
    struct memfs_entry *next, *previous;
    struct memfs_node *folder;
    struct memfs_node *node; /* NULL: hides a packed name, and is in no list */
    uint64_t sequence;       /* ascending in the folder's list: where a reader stopped */
    bool over_packed;        /* the packed folder has this name, too */
};

struct memfs_orphan { /* a page that is the file's no more, but still mapped somewhere */
    struct memfs_orphan *next;
    void *page;
};

struct memfs_reader { /* an open folder */
    struct memfs_node *node;
    struct memfs_entry *last; /* read last, or one before it */
    struct memfs_reader *next;
};

struct memfs_node {
    /* Of nodes that began in memory: all who hold it. Of packed ones: who has it open;
     * they are kept for good once they have been changed. */
    unsigned references;
    unsigned links;
    mode_t mode;
    uid_t owner;
    gid_t group;
    uint32_t packed; /* the packed node's number plus one, or 0 */
    bool changed;    /* differs from the packed one */
    uint64_t number;
    struct timespec access, modify, change;
    off_t size_bytes;
    union {
        struct {
            struct page_tree pages;
            off_t packed_bytes; /* so many are still those of the image, where no page is */
            unsigned lenders;   /* open files whose pages are mapped */
            struct memfs_orphan *orphans;
        };
        struct {
            struct named *names;
            struct memfs_entry *first, *last, *entry; /* entry: its own, NULL if it is packed */
            uintptr_t parent;
            uint64_t sequence;
            unsigned visible;       /* entries that do not hide */
            unsigned packed_hidden; /* packed names that an entry stands for */
            struct memfs_reader *readers;
        };
        char *target;
        void *object; /* of a FIFO or socket */
    };
    struct memfs_node *next_packed; /* in the index of packed nodes */
};

/* memfs_nodes.c */
bool memfs_charge(size_t size_bytes); /* against the limit */
void memfs_discharge(size_t size_bytes);
extern size_t memfs_used_bytes;
size_t memfs_limit_bytes(void);
struct memfs_node *memfs_node_new(mode_t mode);
struct memfs_node *memfs_node_of(uintptr_t handle);   /* NULL: as packed */
struct memfs_node *memfs_take_over(uintptr_t handle); /* NULL: no memory */
uintptr_t memfs_handle(const struct memfs_node *node);
uintptr_t memfs_packed_parent(uintptr_t handle);
void memfs_unused(struct memfs_node *node); /* frees what nobody can reach any more */
static inline uint32_t memfs_packed(uintptr_t handle)
{
    return (uint32_t)(handle >> 1);
}
static inline bool memfs_is_packed(uintptr_t handle)
{
    return handle & 1;
}
static inline uintptr_t memfs_packed_handle(uint32_t number)
{
    return (uintptr_t)number << 1 | 1;
}

/* memfs_folders.c */
bool memfs_child(uintptr_t dir, struct name name, uintptr_t *child);
int memfs_attach(struct memfs_node *folder, struct name name, struct memfs_node *node,
                 struct timespec now);
int memfs_detach(struct memfs_node *folder, struct name name, struct timespec now);
bool memfs_is_empty(const struct memfs_node *folder);
int memfs_folder_open(struct memfs_node *node, struct file *file);
void memfs_folder_free(struct memfs_node *node);

/* memfs_data.c */
extern const struct file_ops memfs_file_ops;
int memfs_resize(struct memfs_node *node, off_t size_bytes);
void memfs_data_free(struct memfs_node *node);

/* memfs_tree.c */
extern const struct tree_ops memfs_ops;
void memfs_release(struct file *file);

/* memfs_changes.c */
int memfs_remove(struct place dir, struct name name, bool folder);
int memfs_rename(struct place from_dir, struct name from, struct place to_dir, struct name to,
                 unsigned flags);
int memfs_link(struct place place, struct place dir, struct name name);
int memfs_make(struct place dir, struct name name, const struct making *what, struct place *made);

/* pipe.c, in programs that make FIFOs */
int fifo_open(struct file *file, void **home) __attribute__((weak));

#pragma GCC visibility pop

#endif
