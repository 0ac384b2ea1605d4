/* SPDX-License-Identifier: MIT
 *
 * The glue's table of contents: what its files offer to each other, by file.
 * POSIX names are declared by the C library's headers instead. All of this is
 * hidden: the build puts these names out of a program's reach.
 *
 * Inner functions return a value or -errno; errno itself is set in one place,
 * result(), on the way out to the program.
 */
#ifndef GLUE_GLUE_H
#define GLUE_GLUE_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "libc-glue/param.h"

#pragma GCC visibility push(hidden)

/* What a POSIX function returns for an inner result. */
static inline long result(long value)
{
    if (value >= 0)
        return value;
    errno = (int)-value;
    return -1;
}

/* fd.c: descriptors. A struct file is what POSIX calls an open file description. */
struct file;
struct file_ops {
    bool seekable; /* then at is never NULL, and stat tells the size */
    ssize_t (*read)(struct file *file, void *to, size_t size_bytes, off_t *at);
    ssize_t (*write)(struct file *file, const void *from, size_t size_bytes, off_t *at);
    int (*stat)(struct file *file, struct stat *status);
    bool (*is_terminal)(struct file *file);
    /* For mmap, called from page faults (kernel/mapping.h): the bytes of a page. They are
     * a whole page, which can be shared; or begin anywhere else, and never change. NULL:
     * a hole, or no memory. writing: not a hole. */
    void *(*page)(struct file *file, uint64_t index, bool writing);
};
struct file {
    const struct file_ops *ops;         /* members may be NULL: not possible with this file */
    int flags;                          /* O_ACCMODE, O_APPEND, O_NONBLOCK */
    unsigned references;                /* descriptors that stand for it */
    void (*release)(struct file *file); /* after the last of them; NULL: nothing to do */
    off_t position;
    const struct file_system *system; /* both for the file system's use */
    uint32_t node;
};
struct file *fd_file(int fd); /* NULL when it is not open */
struct file *fd_get(int fd);  /* the caller holds it from here to file_put */
void file_put(struct file *file);
int fd_install(struct file *file, int from); /* lowest free number >= from */
int fd_close(int fd);
extern bool fd_close_on_exec[]; /* kept for programs that ask; there is no exec */
ssize_t fd_read(int fd, void *to, size_t size_bytes);
ssize_t fd_write(int fd, const void *from, size_t size_bytes);
ssize_t file_read_at(struct file *file, void *to, size_t size_bytes, off_t *at);
ssize_t file_write_at(struct file *file, const void *from, size_t size_bytes, off_t *at);
off_t fd_seek(int fd, off_t offset, int whence);
int fd_stat(int fd, struct stat *status);
int fd_is_terminal(int fd);

/* console_file.c: what descriptors 0, 1 and 2 are at start */
extern struct file console_files[3];
extern const struct file_ops console_ops;

/* path.c: names to places */
struct place {
    const struct file_system *system;
    uint32_t node;
};
enum { PATH_NOFOLLOW = 1 }; /* a symbolic link at the end stands for itself */
int path_find(int dir_fd, const char *path, int flags, struct place *found);
int path_find_new(int dir_fd, const char *path, struct place *found);
struct place path_parent(struct place place);
int path_of(struct place place, char *to, size_t size_bytes); /* length with NUL */
extern struct place path_cwd;

/* A kind of file tree. Nodes are numbers; 0 is the tree's top folder. */
struct file_system {
    const char *mount_name; /* its name in the root folder; NULL: it is the root */
    bool read_only;
    int (*find)(uint32_t dir, const char *name, size_t name_length, uint32_t *node);
    uint32_t (*parent)(uint32_t node);
    const char *(*name)(uint32_t node);
    int (*stat)(uint32_t node, struct stat *status);
    /* The child at index, or -ENOENT behind the last. */
    int (*child)(uint32_t dir, uint32_t index, uint32_t *node);
    const char *(*link_target)(uint32_t node, size_t *length);
    int (*open)(uint32_t node, struct file *file);
};
extern const struct file_system rootfs;          /* rootfs.c */
extern const struct file_system device_files;    /* device_files.c */
extern const struct file_system *const mounts[]; /* path.c: all but the root; NULL ends */

/* files.c */
int file_open(int dir_fd, const char *path, int flags); /* the descriptor */

/* signals.c */
int signal_raise(int signal); /* to this thread */
int signal_kill(int signal);  /* to the process */
void signal_abort(void);      /* unblocks SIGABRT and raises it */

/* abort.c */
_Noreturn void abort_now(void);

#pragma GCC visibility pop

#endif
