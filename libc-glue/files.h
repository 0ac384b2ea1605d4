/* SPDX-License-Identifier: MIT
 *
 * Open files and the trees they come from, for the files that make up this layer.
 *
 * Locking: one processor, so what must not be disturbed runs with interrupts off, and
 * is short: a step of a path, a piece of data. Who waits does so with nothing half
 * done, and holds what it needs by counting references.
 */
#ifndef GLUE_FILES_H
#define GLUE_FILES_H

#include <dirent.h>
#include <fcntl.h>
#include <time.h>

#include "kernel/interrupts.h"
#include "kernel/memory.h"
#include "libc-glue/glue.h"

#pragma GCC visibility push(hidden)

struct event_source;
struct epoll_item;
struct socket_ops;
struct statvfs;
struct tree;

struct name { /* part of a path: not ended by NUL */
    const char *text;
    size_t length;
    uint32_t hash;
};

/* A place in the tree of names. Nodes mean something only to their own tree. */
struct place {
    struct tree *tree; /* NULL: nowhere */
    uintptr_t node;
};

/* Members may be NULL: not possible with this kind of file. */
struct file_ops {
    bool seekable; /* then at is never NULL, and stat tells the size */
    ssize_t (*read)(struct file *file, void *to, size_t size_bytes, off_t *at);
    ssize_t (*write)(struct file *file, const void *from, size_t size_bytes, off_t *at);
    int (*stat)(struct file *file, struct stat *status);
    bool (*is_terminal)(struct file *file);
    /* The next offset from `from` on with data, or with a hole. */
    off_t (*find)(struct file *file, off_t from, bool hole);
    /* fallocate: 0 or -errno. */
    int (*allocate)(struct file *file, int mode, off_t from, off_t size_bytes);
    /* ioctl. -ENOTTY: not known. */
    int (*control)(struct file *file, unsigned long request, void *argument);
    /* Folders: 1 and the entry at file->position, which moves on; 0 at the end. */
    int (*entry)(struct file *file, struct dirent *entry);
    /* Readiness: POLLIN and its like as they are now, and who tells when that changes.
     * Without them a file is always ready. */
    unsigned (*ready)(struct file *file);
    struct event_source *(*source)(struct file *file);
    /* For mmap, called from page faults (kernel/mapping.h): the bytes of a page. They are
     * a whole page, which can be shared; or begin anywhere else, and never change. NULL:
     * a hole, or no memory. writing: not a hole. */
    void *(*page)(struct file *file, uint64_t index, bool writing);
    /* Bytes from there on that never change and never go away, so that whoever sends them
     * needs no copy: at most *size_bytes, which becomes how many. NULL: none there. */
    const void *(*lasting)(struct file *file, off_t at, size_t *size_bytes);
    int (*opened)(struct file *file);   /* what open() waits for: 0 or -errno */
    void (*release)(struct file *file); /* nobody has it any more */
    const struct socket_ops *socket;
};

struct file {
    const struct file_ops *ops;
    int flags;           /* O_ACCMODE, O_APPEND, O_NONBLOCK and what fcntl may set */
    unsigned references; /* descriptors that stand for it, and calls under way */
    off_t position;
    struct place place; /* held; of files that have a name */
    union {             /* for the ops */
        void *object;
        intptr_t number;
    };
    struct epoll_item *watched_by;
    bool locked; /* file_locks.c: has, or had, locks */
    bool mapped; /* memfs: pages of it have been lent */
};

/* fd.c */
#define FD_CHUNK 512 /* descriptors; the first chunk is always there, and not among these */
extern struct file **fd_chunks[FD_MAX / FD_CHUNK];
extern int fd_lowest_free;         /* none below is free */
extern unsigned fd_console_closed; /* bits of descriptors 0 to 2 */
struct file **fd_slot(int fd);     /* NULL: no such number, or no chunk for it yet */
struct file *fd_file(int fd);      /* both with interrupts off */
ssize_t file_read_at(struct file *file, void *to, size_t size_bytes, off_t *at);
ssize_t file_write_at(struct file *file, const void *from, size_t size_bytes, off_t *at);
int file_stat(struct file *file, struct stat *status);

/* Runs a call that may wait, as often as a signal handler with SA_RESTART ends it. */
#define RESTARTING(call)                                                                           \
    ({                                                                                             \
        long value_;                                                                               \
        do                                                                                         \
            value_ = (call);                                                                       \
        while (value_ == -INTERRUPTED && (value_ = interruption_end(value_)) == 0);                \
        value_;                                                                                    \
    })

/* st_dev of what is in no tree. */
enum { DEVICE_PIPES = 100, DEVICE_EVENTS, DEVICE_SOCKETS };

/* fd_install.c */
struct file *file_new(const struct file_ops *ops, int flags); /* NULL: no memory */
void file_free(struct file *file);                            /* what file_new made */
int fd_install(struct file *file, int from, int flags); /* lowest free number; takes it over */
int fd_room(void);                                      /* 0, or -EMFILE: no number is free */
int fd_install_new(struct file *file, int flags);       /* the same; frees it when that fails */
/* At that number; *before is what was there, for the caller to put. */
int fd_install_at(struct file *file, int fd, int flags, struct file **before);
extern uint64_t fd_close_on_exec[FD_MAX / 64]; /* kept for programs that ask; there is no exec */
extern int fd_limit;

/* user_memory.c: memory that the program says is its own: 0 or -EFAULT */
int user_write(void *to, const void *from, size_t size_bytes);
int user_read(void *to, const void *from, size_t size_bytes);
long user_text(const char *text, size_t max); /* the length */

/* objects.c: memory for what must be made while another thread is stopped in malloc() */
void *object_new(size_t size_bytes);  /* cleared; at most OBJECT_MAX bytes */
void *object_take(size_t size_bytes); /* not cleared, aligned to 16 */
void object_free(void *object);
void *object_take_undisturbed(size_t size_bytes); /* both: with interrupts off */
void object_free_undisturbed(void *object);
#define OBJECT_MAX 4096

/* console_file.c: what descriptors 0, 1 and 2 are at start */
extern struct file console_files[3];
extern const struct file_ops console_ops;

/* A kind of file tree. Functions that give a place give it held. What is missing
 * cannot be done: -EROFS in a tree that is read_only, else -EPERM. */
struct attributes {
    bool set_mode, set_owner, set_group, set_access, set_change, set_size;
    mode_t mode;
    uid_t owner;
    gid_t group;
    struct timespec access, change;
    off_t size;
};
struct making {
    mode_t mode; /* with the kind */
    const char *target;
    void *object; /* of a socket */
};
struct tree_ops {
    int (*find)(struct place dir, struct name name, struct place *found);
    struct place (*parent)(struct place dir); /* of a folder below the tree's top */
    int (*name)(struct place place, char *to, size_t size_bytes); /* its length */
    mode_t (*mode)(struct place place);
    int (*stat)(struct place place, struct stat *status);
    ssize_t (*link_target)(struct place place, char *to, size_t size_bytes);
    int (*open)(struct place place, struct file *file); /* fills in ops and object */
    void (*hold)(struct place place);
    void (*drop)(struct place place);
    int (*make)(struct place dir, struct name name, const struct making *what, struct place *made);
    int (*link)(struct place place, struct place dir, struct name name);
    int (*remove)(struct place dir, struct name name, bool folder);
    int (*rename)(struct place from_dir, struct name from, struct place to_dir, struct name to,
                  unsigned flags);
    int (*change)(struct place place, const struct attributes *wanted);
    void **(*object)(struct place place); /* where a socket's is kept; NULL: none */
    void (*usage)(struct tree *tree, struct statvfs *status);
};
struct tree {
    const struct tree_ops *ops;
    const char *kind; /* for who lists what is mounted */
    dev_t device;
    bool read_only;
    uintptr_t top; /* the node */
    /* Where it is mounted; the root is nowhere. */
    struct place on;
    const char *mount_name;
    struct tree *next;
};

/* path.c */
enum {
    PATH_NOFOLLOW = 1, /* a symbolic link at the end stands for itself */
    PATH_PARENT = 2,   /* stop before the last name */
    PATH_CREATE = 4,   /* the last name need not be there */
    PATH_EMPTY = 8,    /* "" is the folder, or file, itself */
    PATH_FOLDER = 16,  /* tell also the folder and the name of what is no folder */
};
struct path_end {
    struct place place;  /* what was found, or the folder for it */
    struct name name;    /* PATH_PARENT, and missing: the last name; "" for the root */
    struct place folder; /* PATH_FOLDER: where name is */
    bool slash;          /* ... and a slash came after it */
    bool missing;        /* PATH_CREATE: it is not there */
    char *text;          /* path.c's */
};
int path_walk(int dir_fd, const char *path, int flags, struct path_end *end);
void path_end(struct path_end *end); /* gives back what path_walk made, place too */
int path_find(int dir_fd, const char *path, int flags, struct place *found); /* held */
extern struct place path_cwd;
static inline struct place place_hold(struct place place)
{
    if (place.tree && place.tree->ops->hold)
        place.tree->ops->hold(place);
    return place;
}
static inline void place_drop(struct place place)
{
    if (place.tree && place.tree->ops->drop)
        place.tree->ops->drop(place);
}
static inline bool place_is(struct place a, struct place b)
{
    return a.tree == b.tree && a.node == b.node;
}
/* Of a folder. The length with NUL; drops the place. */
int path_of(struct place place, char *to, size_t size_bytes);
struct place path_parent(struct place place); /* drops it, gives another */

struct name name_scan(const char *text); /* up to a slash or the end */

/* trees.c: what is mounted where */
struct tree *trees(void); /* the root first; set up when first asked for */
struct place tree_root(void);
struct tree *tree_on(struct place dir, struct name name);
bool tree_add_shared_memory(void);           /* /dev/shm; false: no memory */
extern struct tree rootfs_tree, device_tree; /* rootfs.c, device_files.c */

/* rootfs.c, for memfs too: the packed tree's nodes are numbers from 0 */
struct rootfs_node;
const struct rootfs_node *rootfs_node(uint32_t node);
const char *rootfs_name(uint32_t node);
const char *rootfs_data(uint32_t node);
int rootfs_find_node(uint32_t dir, struct name name, uint32_t *found);
int rootfs_find_path(const char *path, uint32_t *found);
unsigned rootfs_folder_links(uint32_t node);

/* files.c */
int file_open(int dir_fd, const char *path, int flags, mode_t mode); /* the descriptor */

/* umask.c */
mode_t umask_apply(mode_t mode);

/* file_changes.c */
int file_make(int dir_fd, const char *path, const struct making *what);
enum { RENAME_NOREPLACE_FLAG = 1, RENAME_EXCHANGE_FLAG = 2 };

/* file_attributes.c */
int place_change(struct place place, const struct attributes *wanted);

/* file_locks.c */
int lock_control(struct file *file, int command, struct flock *wanted);
void locks_release(struct file *file, bool descriptor_only) __attribute__((weak));

/* epoll.c */
void epoll_forget(struct file *file) __attribute__((weak));

/* times.c */
struct timespec time_now(void);

#pragma GCC visibility pop

#endif
