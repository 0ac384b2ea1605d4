/* SPDX-License-Identifier: MIT
 *
 * New open files and their numbers.
 */
#define _GNU_SOURCE
#include "libc-glue/files.h"

int fd_limit = FD_LIMIT_START; /* RLIMIT_NOFILE */
uint64_t fd_close_on_exec[FD_MAX / 64];

struct file *file_new(const struct file_ops *ops, int flags)
{
    struct file *file = object_new(sizeof *file);

    if (file) {
        file->ops = ops;
        file->flags = flags & (O_ACCMODE | O_APPEND | O_NONBLOCK | O_ASYNC | O_SYNC | O_PATH);
        file->references = 1;
    }
    return file;
}

void file_free(struct file *file)
{
    place_drop(file->place);
    object_free(file);
}

static void close_on_exec_set(int fd, bool on)
{
    uint64_t bit = 1ul << (fd % 64);

    if (on)
        fd_close_on_exec[fd / 64] |= bit;
    else
        fd_close_on_exec[fd / 64] &= ~bit;
}

static int number_find(int from)
{
    for (int fd = from; fd < fd_limit; fd++)
        if (!fd_file(fd))
            return fd;
    return -EMFILE;
}

static int number_give(struct file *file, int fd, int flags)
{
    struct file **slot = fd_slot(fd);

    if (!slot) {
        fd_chunks[fd / FD_CHUNK] = object_new(FD_CHUNK * sizeof *slot);
        slot = fd_slot(fd);
    }
    if (!slot)
        return -ENFILE;
    *slot = file;
    close_on_exec_set(fd, flags & O_CLOEXEC);
    return fd;
}

/* The table is changed with interrupts off: threads share it. */
int fd_install(struct file *file, int from, int flags)
{
    bool were_on = interrupts_off();
    bool lowest = from <= fd_lowest_free;
    int fd = number_find(lowest ? fd_lowest_free : from);

    if (fd >= 0)
        fd = number_give(file, fd, flags);
    if (fd >= 0 && lowest)
        fd_lowest_free = fd + 1;
    interrupts_restore(were_on);
    return fd;
}

int fd_install_at(struct file *file, int fd, int flags, struct file **before)
{
    bool were_on = interrupts_off();

    *before = fd_file(fd);
    fd = number_give(file, fd, flags);
    interrupts_restore(were_on);
    return fd;
}

int fd_room(void)
{
    int fd = number_find(fd_lowest_free);

    return fd < 0 ? fd : 0;
}

int fd_install_new(struct file *file, int flags)
{
    int fd = fd_install(file, 0, flags);

    if (fd < 0)
        file_put(file);
    return fd;
}
