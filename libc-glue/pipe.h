/* SPDX-License-Identifier: MIT
 *
 * A queue of bytes in pages: what is between the ends of a pipe, and of a stream socket.
 */
#ifndef GLUE_PIPE_H
#define GLUE_PIPE_H

#include "libc-glue/events.h"

#pragma GCC visibility push(hidden)

struct byte_queue {
    /* Taken when they are written first. One more than page_count: bytes that begin within a
     * page end in another one even when there is no room left. */
    void **pages;
    unsigned page_count;
    uint64_t head, tail; /* tail - head bytes are in it */
};

/* byte_queue.c. With interrupts off. */
bool queue_init(struct byte_queue *queue, unsigned page_count);
void queue_free(struct byte_queue *queue);
int queue_resize(struct byte_queue *queue, unsigned page_count);
/* How many bytes were moved, or -EFAULT, -ENOMEM when not even one could be. */
ssize_t queue_put(struct byte_queue *queue, const void *from, size_t size_bytes);
ssize_t queue_take(struct byte_queue *queue, void *to, size_t size_bytes);
ssize_t queue_peek(struct byte_queue *queue, size_t offset, void *to, size_t size_bytes);
void queue_drop(struct byte_queue *queue, size_t size_bytes);
static inline unsigned queue_slots(const struct byte_queue *queue)
{
    return queue->page_count + 1;
}
static inline size_t queue_used(const struct byte_queue *queue)
{
    return queue->tail - queue->head;
}
static inline size_t queue_room(const struct byte_queue *queue)
{
    return (size_t)queue->page_count * BLOCK_BYTES - queue_used(queue);
}

struct pipe {
    struct event_source source;
    struct byte_queue bytes;
    unsigned readers, writers;           /* open ends */
    unsigned readers_ever, writers_ever; /* for opening a FIFO, which waits for the other */
    void **home;                         /* of a FIFO: where its node keeps it */
    ino_t number;
};

/* pipe.c, for fifo.c too */
static inline bool pipe_reads(const struct file *file)
{
    return (file->flags & O_ACCMODE) != O_WRONLY;
}
static inline bool pipe_writes(const struct file *file)
{
    return (file->flags & O_ACCMODE) != O_RDONLY;
}
struct pipe *pipe_new(void **home);
void pipe_end_open(struct pipe *pipe, const struct file *file);
ssize_t pipe_read(struct file *file, void *to, size_t size_bytes, off_t *at);
ssize_t pipe_write(struct file *file, const void *from, size_t size_bytes, off_t *at);
int pipe_stat(struct file *file, struct stat *status);
int pipe_control(struct file *file, unsigned long request, void *argument);
unsigned pipe_ready(struct file *file);
struct event_source *pipe_source(struct file *file);
void pipe_release(struct file *file);

/* broken_pipe.c: EPIPE, and the signal that comes with it */
int broken_pipe(void);

#pragma GCC visibility pop

#endif
