/* SPDX-License-Identifier: MIT
 *
 * The split ring. Section numbers are those of virtio 1.2.
 */
#include "drivers/virtqueue_take.h"

#define USED_NO_NOTIFY         1
#define AVAILABLE_NO_INTERRUPT 1

/* 2.7: descriptors, then what is available, then what is used on a boundary of its
 * own; behind them, for us alone, the slots. */
size_t virtqueue_available_offset(unsigned size)
{
    return size * sizeof(struct virtqueue_descriptor);
}

size_t virtqueue_used_offset(unsigned size, size_t align)
{
    size_t end = virtqueue_available_offset(size) + sizeof(struct virtqueue_available) +
                 (size + 1) * sizeof(uint16_t);

    return (end + align - 1) & ~(align - 1);
}

static size_t slots_offset(unsigned size, size_t align)
{
    size_t end = virtqueue_used_offset(size, align) + sizeof(struct virtqueue_used) +
                 size * sizeof(struct virtqueue_used_element) + sizeof(uint16_t);

    return (end + 7) & ~(size_t)7;
}

size_t virtqueue_bytes(unsigned size, size_t align)
{
    return slots_offset(size, align) + size * sizeof(struct virtqueue_slot);
}

void virtqueue_init(struct virtqueue *queue, void *memory, unsigned size, size_t align)
{
    char *at = memory;

    *queue = (struct virtqueue){
        .descriptors = memory,
        .available = (void *)(at + virtqueue_available_offset(size)),
        .used = (void *)(at + virtqueue_used_offset(size, align)),
        .slots = (void *)(at + slots_offset(size, align)),
        .size = (uint16_t)size,
        .free_count = (uint16_t)size,
    };
    queue->used_event = &queue->available->ring[size];
    queue->available_event = (uint16_t *)&queue->used->ring[size];
    for (unsigned i = 0; i < size; i++)
        queue->slots[i].next = (uint16_t)(i + 1);
}

static uint16_t shared_read(const uint16_t *word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static void shared_write(uint16_t *word, uint16_t value)
{
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}

/* Between writing one word and reading another that the device writes. */
static void shared_fence(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static uint32_t room_limit(uint64_t room_bytes)
{
    return room_bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)room_bytes;
}

static void offer(struct virtqueue *queue, unsigned head, void *token, uint32_t room_bytes)
{
    queue->slots[head].token = token;
    queue->slots[head].room_bytes = room_bytes;
    queue->available->ring[queue->available_at++ & (queue->size - 1)] = (uint16_t)head;
    queue->in_flight++;
}

/* 2.7.13.1 and 2.7.13.2 */
static bool add_direct(struct virtqueue *queue, const struct virtqueue_request *request,
                       unsigned parts)
{
    unsigned head = queue->free, at = head;
    uint64_t room_bytes = 0;

    if (parts > queue->free_count)
        return false;
    for (unsigned i = 0; i < parts; i++) {
        const struct virtqueue_part *part = &request->parts[i];
        unsigned next = queue->slots[at].next;
        bool is_last = i + 1 == parts, writes = i >= request->reads;
        room_bytes += writes ? part->size_bytes : 0;
        virtqueue_describe(&queue->descriptors[at], part->address, part->size_bytes,
                           (writes ? VIRTQUEUE_WRITE : 0) | (is_last ? 0 : VIRTQUEUE_NEXT),
                           is_last ? 0 : next);
        at = next;
    }
    queue->free = (uint16_t)at;
    queue->free_count = (uint16_t)(queue->free_count - parts);
    queue->slots[head].count = (uint16_t)parts;
    offer(queue, head, request->token, room_limit(room_bytes));
    return true;
}

/* The one descriptor of a request. */
static bool add_one(struct virtqueue *queue, uint64_t address, uint32_t size_bytes, unsigned flags,
                    void *token, uint32_t room_bytes)
{
    unsigned head = queue->free;

    if (queue->broken || !queue->free_count)
        return false;
    virtqueue_describe(&queue->descriptors[head], address, size_bytes, flags, 0);
    queue->free = queue->slots[head].next;
    queue->free_count--;
    queue->slots[head].count = 1;
    offer(queue, head, token, room_bytes);
    return true;
}

/* 2.7.5.3: all of it in a table, which is the one descriptor in the ring. */
static bool add_indirect(struct virtqueue *queue, const struct virtqueue_request *request,
                         unsigned parts)
{
    uint64_t room_bytes = 0;

    for (unsigned i = 0; i < parts; i++) {
        const struct virtqueue_part *part = &request->parts[i];
        bool is_last = i + 1 == parts, writes = i >= request->reads;
        room_bytes += writes ? part->size_bytes : 0;
        virtqueue_describe(&request->table[i], part->address, part->size_bytes,
                           (writes ? VIRTQUEUE_WRITE : 0) | (is_last ? 0 : VIRTQUEUE_NEXT),
                           is_last ? 0 : i + 1);
    }
    return add_one(queue, request->table_address,
                   parts * (uint32_t)sizeof(struct virtqueue_descriptor), VIRTQUEUE_INDIRECT,
                   request->token, room_limit(room_bytes));
}

bool virtqueue_add(struct virtqueue *queue, const struct virtqueue_request *request)
{
    unsigned parts = (unsigned)request->reads + request->writes;

    if (queue->broken || !parts || !request->token)
        return false;
    if (parts > 1 && queue->indirect && request->table)
        return add_indirect(queue, request, parts);
    return add_direct(queue, request, parts);
}

bool virtqueue_add_buffer(struct virtqueue *queue, uint64_t address, uint32_t size_bytes,
                          void *token)
{
    return add_one(queue, address, size_bytes, VIRTQUEUE_WRITE, token, size_bytes);
}

bool virtqueue_add_table(struct virtqueue *queue, uint64_t table_address, unsigned count,
                         void *token)
{
    return add_one(queue, table_address, count * (uint32_t)sizeof(struct virtqueue_descriptor),
                   VIRTQUEUE_INDIRECT, token, 0);
}

/* 2.7.13.3 and 2.7.13.4 */
bool virtqueue_publish(struct virtqueue *queue)
{
    uint16_t before = queue->published, now = queue->available_at;

    if (before == now)
        return false;
    queue->published = now;
    shared_write(&queue->available->index, now);
    shared_fence();
    if (!queue->event_index)
        return !(shared_read(&queue->used->flags) & USED_NO_NOTIFY);
    uint16_t event = shared_read(queue->available_event);
    return (uint16_t)(now - event - 1) < (uint16_t)(now - before);
}

void virtqueue_slots_free(struct virtqueue *queue, unsigned head)
{
    unsigned last = head, count = queue->slots[head].count;

    for (unsigned i = 1; i < count; i++)
        last = queue->slots[last].next;
    queue->slots[last].next = queue->free;
    queue->free = (uint16_t)head;
    queue->free_count = (uint16_t)(queue->free_count + count);
}

void *virtqueue_take(struct virtqueue *queue, uint32_t *written_bytes)
{
    return virtqueue_take_inline(queue, written_bytes);
}

/* In the order of their numbers. */
void *virtqueue_abandon(struct virtqueue *queue)
{
    queue->broken = true;
    for (unsigned i = 0; i < queue->size; i++) {
        void *token = queue->slots[i].token;
        queue->slots[i].token = NULL;
        if (token)
            return token;
    }
    return NULL;
}

bool virtqueue_interrupts_on(struct virtqueue *queue)
{
    if (queue->event_index)
        shared_write(queue->used_event, queue->used_at);
    else
        shared_write(&queue->available->flags, 0);
    shared_fence();
    return shared_read(&queue->used->index) == queue->used_at;
}

/* With the event index this is an index that was passed long ago. */
void virtqueue_interrupts_off(struct virtqueue *queue)
{
    if (queue->event_index)
        shared_write(queue->used_event, (uint16_t)(queue->used_at - 1));
    else
        shared_write(&queue->available->flags, AVAILABLE_NO_INTERRUPT);
}
