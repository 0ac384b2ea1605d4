/* SPDX-License-Identifier: MIT
 *
 * Pipes.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "libc-glue/pipe.h"
#include "libc-glue/pthread_glue.h"

#define PIPE_PAGES     16 /* as on Linux: 64 KiB */
#define PIPE_PAGES_MAX 256

static ino_t last_number;

struct pipe *pipe_new(void **home)
{
    struct pipe *pipe = object_new(sizeof *pipe);

    if (pipe && !queue_init(&pipe->bytes, PIPE_PAGES)) {
        object_free(pipe);
        pipe = NULL;
    }
    if (!pipe)
        return NULL;
    pipe->home = home;
    pipe->number = ++last_number;
    if (home)
        *home = pipe;
    return pipe;
}

static void pipe_free(struct pipe *pipe)
{
    if (pipe->home)
        *pipe->home = NULL;
    queue_free(&pipe->bytes);
    object_free(pipe);
}

/* -EAGAIN: there is nothing yet. */
static ssize_t take(struct pipe *pipe, void *to, size_t size_bytes, unsigned *turn)
{
    bool were_on = interrupts_off();
    bool was_full = queue_room(&pipe->bytes) < PIPE_BUF;
    ssize_t n = queue_take(&pipe->bytes, to, size_bytes);

    if (n == 0 && pipe->writers)
        n = -EAGAIN;
    if (was_full && queue_room(&pipe->bytes) >= PIPE_BUF)
        source_changed(&pipe->source, POLLOUT | POLLWRNORM);
    if (n > 0 && queue_used(&pipe->bytes))
        wake(&pipe->source.in, 1); /* some is left for another reader */
    *turn = pipe->source.turn;
    interrupts_restore(were_on);
    return n;
}

ssize_t pipe_read(struct file *file, void *to, size_t size_bytes, off_t *at)
{
    struct pipe *pipe = file->object;
    unsigned turn;
    ssize_t n;
    int error;

    (void)at;
    if (size_bytes == 0)
        return 0;
    while ((n = take(pipe, to, size_bytes, &turn)) == -EAGAIN && !(file->flags & O_NONBLOCK)) {
        error = source_wait(&pipe->source, false, turn, WAIT_FOREVER);
        if (error)
            return error;
    }
    return n;
}

/* Up to PIPE_BUF bytes go in one piece. -EAGAIN: there is no room yet. */
static ssize_t put(struct pipe *pipe, const void *from, size_t size_bytes, bool whole,
                   unsigned *turn)
{
    bool were_on = interrupts_off();
    size_t room = queue_room(&pipe->bytes);
    ssize_t n = -EAGAIN;

    if (!pipe->readers)
        n = -EPIPE;
    else if (room && (room >= size_bytes || !whole))
        n = queue_put(&pipe->bytes, from, size_bytes);
    if (n > 0)
        source_changed(&pipe->source, POLLIN | POLLRDNORM);
    if (n > 0 && queue_room(&pipe->bytes) >= PIPE_BUF)
        wake(&pipe->source.out, 1);
    *turn = pipe->source.turn;
    interrupts_restore(were_on);
    return n;
}

ssize_t pipe_write(struct file *file, const void *from, size_t size_bytes, off_t *at)
{
    struct pipe *pipe = file->object;
    bool whole = size_bytes <= PIPE_BUF;
    size_t done = 0;
    unsigned turn;
    ssize_t n = 0;

    (void)at;
    while (done < size_bytes && n >= 0) {
        n = put(pipe, (const char *)from + done, size_bytes - done, whole, &turn);
        if (n > 0)
            done += (size_t)n;
        else if (n == -EAGAIN && !(file->flags & O_NONBLOCK))
            n = source_wait(&pipe->source, true, turn, WAIT_FOREVER);
    }
    if (n == -EPIPE && !done)
        return broken_pipe();
    return done ? (ssize_t)done : n;
}

int pipe_stat(struct file *file, struct stat *status)
{
    const struct pipe *pipe = file->object;

    if (file->place.tree)
        return file->place.tree->ops->stat(file->place, status);
    status->st_mode = S_IFIFO | 0600;
    status->st_ino = pipe->number;
    status->st_dev = DEVICE_PIPES;
    return 0;
}

unsigned pipe_ready(struct file *file)
{
    const struct pipe *pipe = file->object;
    unsigned events = 0;

    if (pipe_reads(file)) {
        if (queue_used(&pipe->bytes))
            events |= POLLIN | POLLRDNORM;
        if (!pipe->writers && pipe->writers_ever)
            events |= POLLHUP;
    }
    if (pipe_writes(file)) {
        if (queue_room(&pipe->bytes) >= PIPE_BUF)
            events |= POLLOUT | POLLWRNORM;
        if (!pipe->readers)
            events |= POLLERR;
    }
    return events;
}

struct event_source *pipe_source(struct file *file)
{
    struct pipe *pipe = file->object;

    return &pipe->source;
}

static int size_set(struct pipe *pipe, unsigned long size_bytes)
{
    unsigned pages = 1;
    int error;

    if (size_bytes > (unsigned long)PIPE_PAGES_MAX * BLOCK_BYTES)
        return size_bytes > 1ul << 31 ? -EINVAL : -EPERM;
    while ((unsigned long)pages * BLOCK_BYTES < size_bytes)
        pages *= 2;
    bool were_on = interrupts_off();
    error = queue_resize(&pipe->bytes, pages);
    if (!error)
        source_changed(&pipe->source, POLLOUT | POLLWRNORM);
    interrupts_restore(were_on);
    return error ? error : (int)(pages * BLOCK_BYTES);
}

int pipe_control(struct file *file, unsigned long request, void *argument)
{
    struct pipe *pipe = file->object;
    int used = (int)queue_used(&pipe->bytes);

    switch (request) {
    case FIONREAD:
        return user_write(argument, &used, sizeof used);
    case F_GETPIPE_SZ:
        return (int)(pipe->bytes.page_count * BLOCK_BYTES);
    case F_SETPIPE_SZ:
        return size_set(pipe, (unsigned long)argument);
    default:
        return -ENOTTY;
    }
}

void pipe_end_open(struct pipe *pipe, const struct file *file)
{
    pipe->readers += pipe_reads(file);
    pipe->writers += pipe_writes(file);
    pipe->readers_ever += pipe_reads(file);
    pipe->writers_ever += pipe_writes(file);
}

void pipe_release(struct file *file)
{
    struct pipe *pipe = file->object;
    bool were_on = interrupts_off();

    pipe->readers -= pipe_reads(file);
    pipe->writers -= pipe_writes(file);
    if (pipe->readers || pipe->writers)
        source_changed(&pipe->source, POLLHUP | POLLERR | POLLIN | POLLOUT);
    else
        pipe_free(pipe);
    interrupts_restore(were_on);
    file_free(file);
}

static const struct file_ops pipe_ops = {
    .read = pipe_read,
    .write = pipe_write,
    .stat = pipe_stat,
    .control = pipe_control,
    .ready = pipe_ready,
    .source = pipe_source,
    .release = pipe_release,
};

/* ---- pipes ---- */

static struct file *end_new(struct pipe *pipe, int flags)
{
    struct file *file = file_new(&pipe_ops, flags);

    if (file) {
        file->object = pipe;
        pipe_end_open(pipe, file);
    }
    return file;
}

static int ends_install(struct file *reading, struct file *writing, int flags, int fds[2])
{
    fds[0] = fd_install_new(reading, flags);
    if (fds[0] < 0) {
        file_put(writing);
        return fds[0];
    }
    fds[1] = fd_install_new(writing, flags);
    if (fds[1] < 0)
        fd_close(fds[0]);
    return fds[1] < 0 ? fds[1] : 0;
}

static int pipe_make(int to[2], int flags)
{
    struct pipe *pipe;
    struct file *reading, *writing;
    int fds[2], error;

    if (flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT))
        return -EINVAL;
    pipe = pipe_new(NULL);
    reading = pipe ? end_new(pipe, O_RDONLY | flags) : NULL;
    if (!reading) {
        if (pipe)
            pipe_free(pipe);
        return -ENFILE;
    }
    writing = end_new(pipe, O_WRONLY | flags);
    if (!writing) {
        file_put(reading);
        return -ENFILE;
    }
    error = ends_install(reading, writing, flags, fds);
    if (!error && user_write(to, fds, sizeof fds)) {
        fd_close(fds[0]);
        fd_close(fds[1]);
        error = -EFAULT;
    }
    return error;
}

int pipe(int fds[2])
{
    return (int)result(pipe_make(fds, 0));
}

int pipe2(int fds[2], int flags)
{
    return (int)result(pipe_make(fds, flags));
}
