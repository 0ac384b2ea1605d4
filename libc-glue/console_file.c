/* SPDX-License-Identifier: MIT
 *
 * The console as a file: standard input, output and error. The number says which of
 * the host's streams a file stands for.
 */
#include "kernel/console.h"
#include "libc-glue/device_files.h"
#include "libc-glue/pthread_glue.h"

/* A signal's handler ends a read that waits, unless it was installed with SA_RESTART. */
static bool is_interrupted(void)
{
    return signals_restart && !signals_restart();
}

ssize_t console_file_read(struct file *file, void *to, size_t size_bytes, off_t *at)
{
    (void)at;
    if (size_bytes == 0)
        return 0;
    if (!memory_probe(to, 1, true))
        return -EFAULT;
    if (terminal_read)
        return terminal_read(file, to, size_bytes);
    if ((file->flags & O_NONBLOCK) && !console_readable())
        return -EAGAIN;
    is_interrupted(); /* what ran before does not count */
    long count = console_read(to, size_bytes, is_interrupted);
    return count < 0 ? -EINTR : count;
}

ssize_t console_file_write(struct file *file, const void *from, size_t size_bytes, off_t *at)
{
    (void)at;
    if (!memory_probe(from, size_bytes, false))
        return -EFAULT;
    console_write(file->number == CONSOLE_ERR ? CONSOLE_ERR : CONSOLE_OUT, from, size_bytes);
    return size_bytes;
}

bool console_file_is_terminal(struct file *file)
{
    return console_is_tty((int)file->number);
}

/* A pipe unless the host's end is a terminal: stdio then buffers whole blocks. */
static int stream_stat(struct file *file, struct stat *status)
{
    status->st_mode = console_file_is_terminal(file) ? S_IFCHR | 0620 : S_IFIFO | 0600;
    status->st_ino = (ino_t)file->number + 1;
    return 0;
}

const struct file_ops console_ops = {
    .read = console_file_read,
    .write = console_file_write,
    .stat = stream_stat,
    .is_terminal = console_file_is_terminal,
    .ready = console_ready,
    .source = console_source,
};

struct file console_files[3] = {
    {.ops = &console_ops, .flags = O_RDWR, .references = 1, .number = CONSOLE_IN},
    {.ops = &console_ops, .flags = O_RDWR, .references = 1, .number = CONSOLE_OUT},
    {.ops = &console_ops, .flags = O_RDWR, .references = 1, .number = CONSOLE_ERR},
};
