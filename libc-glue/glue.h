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

/* fd.c: descriptors. A struct file is what POSIX calls an open file description;
 * files.h has what can be done with one. */
struct file;
struct file *fd_get(int fd); /* the caller holds it from here to file_put; NULL: not open */
void file_put(struct file *file);
int fd_close(int fd);
ssize_t fd_read(int fd, void *to, size_t size_bytes);
ssize_t fd_write(int fd, const void *from, size_t size_bytes);
off_t fd_seek(int fd, off_t offset, int whence);
int fd_stat(int fd, struct stat *status);
int fd_is_terminal(int fd);

/* What an inner function returns when somebody wants the thread's attention before it
 * could do anything. The function that the program called takes all it holds apart,
 * lets signal handlers run and then tries again or fails with EINTR. */
#define INTERRUPTED 10000
long interruption_end(long value) __attribute__((weak)); /* events.c: -EINTR, or 0: again */

/* signals.c */
int signal_raise(int signal); /* to this thread */
int signal_kill(int signal);  /* to the process */
void signal_abort(void);      /* unblocks SIGABRT and raises it */

/* abort.c */
_Noreturn void abort_now(void);

#pragma GCC visibility pop

#endif
