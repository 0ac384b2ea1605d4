/* SPDX-License-Identifier: MIT
 *
 * A queue of bytes in pages: what is between the ends of a pipe, and of a stream socket.
 */
#ifndef GLUE_PIPE_H
#define GLUE_PIPE_H

#include "libc-glue/events.h"

#pragma GCC visibility push(hidden)

struct byte_queue {
    void **pages; /* taken when they are written first */
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
static inline size_t queue_used(const struct byte_queue *queue)
{
    return queue->tail - queue->head;
}
static inline size_t queue_room(const struct byte_queue *queue)
{
    return (size_t)queue->page_count * BLOCK_BYTES - queue_used(queue);
}

/* broken_pipe.c: EPIPE, and the signal that comes with it */
int broken_pipe(void);

#pragma GCC visibility pop

#endif
