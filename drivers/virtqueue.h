/* SPDX-License-Identifier: MIT
 *
 * A virtqueue: the split ring of virtio 1.2, section 2.7, as arithmetic on memory
 * that is shared with a device. It touches no device and no register, so that the
 * host's unit tests run it against a device of their own. Nothing that the device
 * writes is believed: what it may harm is the memory that it was given.
 *
 * The use of it:
 *     virtqueue_add(queue, &request)    for each request; NULL-safe tokens come back
 *     if (virtqueue_publish(queue))     makes them visible, all at once
 *         notify the device             only when it wants to hear of it
 *     while ((token = virtqueue_take(queue, &written_bytes)))
 *         ...                           what the device is done with, in its order
 *     if (!virtqueue_interrupts_on(queue))
 *         look again                    something came just before the interrupt would
 */
#ifndef DRIVERS_VIRTQUEUE_H
#define DRIVERS_VIRTQUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VIRTQUEUE_SIZE_MAX    1024u
#define VIRTQUEUE_ALIGN       4096u /* of the used ring: what old devices insist on */
#define VIRTQUEUE_ALIGN_SMALL 64u   /* what is enough for new ones */

/* What both sides see. */
struct virtqueue_descriptor {
    uint64_t address;
    uint32_t size_bytes;
    uint16_t flags;
    uint16_t next;
};

struct virtqueue_available {
    uint16_t flags;
    uint16_t index;
    uint16_t ring[]; /* size entries; then the used index that is to interrupt us */
};

struct virtqueue_used {
    uint16_t flags;
    uint16_t index;
    struct virtqueue_used_element {
        uint32_t id;
        uint32_t written_bytes;
    } ring[]; /* size entries; then the available index that is to notify the device */
};

_Static_assert(sizeof(struct virtqueue_descriptor) == 16, "virtio 2.7.5");
_Static_assert(sizeof(struct virtqueue_used_element) == 8, "virtio 2.7.8");

/* What we know of each descriptor, where the device does not look. */
struct virtqueue_slot {
    void *token;         /* of the request that begins here, or NULL */
    uint32_t room_bytes; /* what the device may write to this request at the most */
    uint16_t next;       /* the next of the request, or of the free ones */
    uint16_t count;      /* descriptors of the request */
};

struct virtqueue {
    struct virtqueue_descriptor *descriptors;
    struct virtqueue_available *available;
    struct virtqueue_used *used;
    struct virtqueue_slot *slots;
    uint16_t *used_event, *available_event;
    uint16_t size;         /* a power of two */
    uint16_t free;         /* the first free descriptor */
    uint16_t free_count;   /* how many there are */
    uint16_t in_flight;    /* requests with the device */
    uint16_t available_at; /* index of the next request to add */
    uint16_t published;    /* the device sees those before this index */
    uint16_t used_at;      /* index of the next one to take */
    bool event_index;      /* VIRTIO_F_EVENT_IDX was agreed on */
    bool indirect;         /* VIRTIO_F_INDIRECT_DESC was agreed on */
    bool broken;           /* the device broke the rules: nothing of it is taken any more */
};

/* 2.7.5, in two stores: the address, and all else as one word. */
enum { VIRTQUEUE_NEXT = 1, VIRTQUEUE_WRITE = 2, VIRTQUEUE_INDIRECT = 4 };
static inline void virtqueue_describe(struct virtqueue_descriptor *to, uint64_t address,
                                      uint32_t size_bytes, unsigned flags, unsigned next)
{
    uint64_t rest = size_bytes | (uint64_t)flags << 32 | (uint64_t)next << 48;

    to->address = address;
    __builtin_memcpy(&to->size_bytes, &rest, sizeof rest);
}

/* A piece of memory as the device sees it. */
struct virtqueue_part {
    uint64_t address;
    uint32_t size_bytes;
};

struct virtqueue_request {
    const struct virtqueue_part *parts; /* those that the device reads come first */
    uint16_t reads, writes;             /* how many parts of each kind */
    void *token;                        /* not NULL; virtqueue_take returns it */
    /* Room for reads + writes descriptors, for a request that takes only one in the
     * ring, and its address for the device; or NULL. Belongs to the queue until the
     * request is taken. Ignored where the device has no indirect descriptors. */
    struct virtqueue_descriptor *table;
    uint64_t table_address;
};

/* Memory for a queue: cleared, aligned to VIRTQUEUE_ALIGN. align: of the used ring. */
size_t virtqueue_bytes(unsigned size, size_t align);
size_t virtqueue_available_offset(unsigned size);
size_t virtqueue_used_offset(unsigned size, size_t align);
void virtqueue_init(struct virtqueue *queue, void *memory, unsigned size, size_t align);

/* False: there is no room for it now, it is no request, or the queue is broken. */
bool virtqueue_add(struct virtqueue *queue, const struct virtqueue_request *request);
/* The same for one part that the device writes, and for a table of so many entries that
 * is filled already with parts that it reads (virtqueue_describe). */
bool virtqueue_add_buffer(struct virtqueue *queue, uint64_t address, uint32_t size_bytes,
                          void *token);
bool virtqueue_add_table(struct virtqueue *queue, uint64_t table_address, unsigned count,
                         void *token);
/* The number of the next request, below the queue's size, for what belongs to it: no other
 * that is in flight has the same. */
static inline unsigned virtqueue_next(const struct virtqueue *queue)
{
    return queue->free;
}
bool virtqueue_publish(struct virtqueue *queue); /* true: the device wants to be notified */
void *virtqueue_take(struct virtqueue *queue, uint32_t *written_bytes); /* or NULL */

/* Is there nothing to take? */
static inline bool virtqueue_is_quiet(const struct virtqueue *queue)
{
    return __atomic_load_n(&queue->used->index, __ATOMIC_ACQUIRE) == queue->used_at;
}

/* After a reset of the device: what it has not done, one after the other, or NULL. */
void *virtqueue_abandon(struct virtqueue *queue);

/* Interrupts are wanted from the next request on that the device is done with. False:
 * there is one already, and no interrupt may come for it. */
bool virtqueue_interrupts_on(struct virtqueue *queue);
void virtqueue_interrupts_off(struct virtqueue *queue);

#endif
