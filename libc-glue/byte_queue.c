/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "libc-glue/pipe.h"

bool queue_init(struct byte_queue *queue, unsigned page_count)
{
    *queue = (struct byte_queue){.page_count = page_count};
    queue->pages = object_new(queue_slots(queue) * sizeof *queue->pages);
    return queue->pages;
}

void queue_free(struct byte_queue *queue)
{
    for (unsigned i = 0; queue->pages && i < queue_slots(queue); i++)
        if (queue->pages[i])
            memory_page_free(queue->pages[i]);
    object_free(queue->pages);
    queue->pages = NULL;
}

static void **slot_of(struct byte_queue *queue, uint64_t at)
{
    return &queue->pages[at / BLOCK_BYTES % queue_slots(queue)];
}

int queue_resize(struct byte_queue *queue, unsigned page_count)
{
    struct byte_queue other;
    uint64_t first = queue->head / BLOCK_BYTES, end = (queue->tail + BLOCK_BYTES - 1) / BLOCK_BYTES;

    if (queue_used(queue) > (size_t)page_count * BLOCK_BYTES)
        return -EBUSY;
    if (!queue_init(&other, page_count))
        return -ENOMEM;
    other.head = queue->head;
    other.tail = queue->tail;
    for (uint64_t i = first; i < end; i++) {
        *slot_of(&other, i * BLOCK_BYTES) = *slot_of(queue, i * BLOCK_BYTES);
        *slot_of(queue, i * BLOCK_BYTES) = NULL;
    }
    queue_free(queue);
    *queue = other;
    return 0;
}

/* The part of the bytes that lies in one page. */
static size_t piece_at(uint64_t at, size_t size_bytes)
{
    size_t room = BLOCK_BYTES - at % BLOCK_BYTES;

    return size_bytes < room ? size_bytes : room;
}

ssize_t queue_put(struct byte_queue *queue, const void *from, size_t size_bytes)
{
    size_t done = 0;

    if (size_bytes > queue_room(queue))
        size_bytes = queue_room(queue);
    if (!memory_probe(from, size_bytes, false))
        return -EFAULT;
    while (done < size_bytes) {
        size_t piece = piece_at(queue->tail, size_bytes - done);
        void **slot = slot_of(queue, queue->tail);
        if (!*slot && !(*slot = memory_page_new()))
            return done ? (ssize_t)done : -ENOMEM;
        memcpy((char *)*slot + queue->tail % BLOCK_BYTES, (const char *)from + done, piece);
        queue->tail += piece;
        done += piece;
    }
    return (ssize_t)done;
}

ssize_t queue_peek(struct byte_queue *queue, size_t offset, void *to, size_t size_bytes)
{
    size_t done = 0;

    if (offset >= queue_used(queue))
        return 0;
    if (size_bytes > queue_used(queue) - offset)
        size_bytes = queue_used(queue) - offset;
    if (!memory_probe(to, size_bytes, true))
        return -EFAULT;
    while (done < size_bytes) {
        uint64_t at = queue->head + offset + done;
        size_t piece = piece_at(at, size_bytes - done);
        memcpy((char *)to + done, (char *)*slot_of(queue, at) + at % BLOCK_BYTES, piece);
        done += piece;
    }
    return (ssize_t)done;
}

/* Pages that were read go back, but the one that is written next. */
void queue_drop(struct byte_queue *queue, size_t size_bytes)
{
    while (size_bytes) {
        size_t piece = piece_at(queue->head, size_bytes);
        void **slot = slot_of(queue, queue->head);
        queue->head += piece;
        size_bytes -= piece;
        if (queue->head % BLOCK_BYTES || queue->head == queue->tail)
            continue;
        memory_page_free(*slot);
        *slot = NULL;
    }
    if (queue->head == queue->tail && queue->head % BLOCK_BYTES) {
        /* Empty: begin at the front of the page again. */
        queue->head = queue->tail = queue->head / BLOCK_BYTES * BLOCK_BYTES;
    }
}

ssize_t queue_take(struct byte_queue *queue, void *to, size_t size_bytes)
{
    ssize_t n = queue_peek(queue, 0, to, size_bytes);

    if (n > 0)
        queue_drop(queue, (size_t)n);
    return n;
}
