/* SPDX-License-Identifier: MIT
 *
 * FIFOs: pipes with a name.
 */
#include "libc-glue/pipe.h"

/* Opening one end waits for the other; it need not be there any more afterwards. */
static int fifo_opened(struct file *file)
{
    struct pipe *pipe = file->object;
    unsigned *other = pipe_reads(file) ? &pipe->writers : &pipe->readers;
    unsigned *other_ever = pipe_reads(file) ? &pipe->writers_ever : &pipe->readers_ever;
    unsigned ever = (unsigned)file->position, turn; /* as it was before anybody saw us */
    int error = 0;

    if (pipe_reads(file) && pipe_writes(file))
        return 0;
    if (file->flags & O_NONBLOCK)
        return *other || pipe_reads(file) ? 0 : -ENXIO;
    while (!error && (turn = pipe->source.turn, !*other && *other_ever == ever))
        error = source_wait(&pipe->source, pipe_writes(file), turn, WAIT_FOREVER);
    return error;
}

static const struct file_ops fifo_ops = {
    .read = pipe_read,
    .write = pipe_write,
    .stat = pipe_stat,
    .control = pipe_control,
    .ready = pipe_ready,
    .source = pipe_source,
    .opened = fifo_opened,
    .release = pipe_release,
};

/* With interrupts off. */
int fifo_open(struct file *file, void **home)
{
    struct pipe *pipe = *home ? *home : pipe_new(home);

    if (!pipe)
        return -ENOMEM;
    file->ops = &fifo_ops;
    file->object = pipe;
    file->position = pipe_reads(file) ? pipe->writers_ever : pipe->readers_ever;
    pipe_end_open(pipe, file);
    source_changed(&pipe->source, POLLHUP | POLLOUT | POLLIN); /* to those who wait to open */
    return 0;
}

int mkfifoat(int dir_fd, const char *path, mode_t mode)
{
    struct making what = {.mode = S_IFIFO | umask_apply(mode & 07777)};

    return (int)result(file_make(dir_fd, path, &what));
}

int mkfifo(const char *path, mode_t mode)
{
    return mkfifoat(AT_FDCWD, path, mode);
}
