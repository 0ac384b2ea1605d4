/* SPDX-License-Identifier: MIT
 *
 * The console as a file: standard input, output and error, and /dev/console.
 * The node says which of the host's streams a file stands for.
 */
#include <fcntl.h>

#include "kernel/console.h"
#include "libc-glue/glue.h"
#include "libc-glue/pthread_glue.h"

/* A signal's handler ends a read that waits, unless it was installed with SA_RESTART. */
static bool is_interrupted(void)
{
    return signals_restart && !signals_restart();
}

static ssize_t console_file_read(struct file *file, void *to, size_t size_bytes, off_t *at)
{
    (void)at;
    if (size_bytes == 0)
        return 0;
    if ((file->flags & O_NONBLOCK) && !console_readable())
        return -EAGAIN;
    is_interrupted(); /* what ran before does not count */
    long count = console_read(to, size_bytes, is_interrupted);
    return count < 0 ? -EINTR : count;
}

static ssize_t console_file_write(struct file *file, const void *from, size_t size_bytes, off_t *at)
{
    (void)at;
    console_write(file->node == CONSOLE_ERR ? CONSOLE_ERR : CONSOLE_OUT, from, size_bytes);
    return size_bytes;
}

static bool console_file_is_terminal(struct file *file)
{
    return console_is_tty((int)file->node);
}

/* A pipe unless the host's end is a terminal: stdio then buffers whole blocks. */
static int console_file_stat(struct file *file, struct stat *status)
{
    status->st_mode = console_file_is_terminal(file) ? S_IFCHR | 0620 : S_IFIFO | 0600;
    status->st_ino = file->node + 1;
    return 0;
}

const struct file_ops console_ops = {
    .read = console_file_read,
    .write = console_file_write,
    .stat = console_file_stat,
    .is_terminal = console_file_is_terminal,
};

struct file console_files[3] = {
    {.ops = &console_ops, .flags = O_RDWR, .references = 1, .node = CONSOLE_IN},
    {.ops = &console_ops, .flags = O_RDWR, .references = 1, .node = CONSOLE_OUT},
    {.ops = &console_ops, .flags = O_RDWR, .references = 1, .node = CONSOLE_ERR},
};
