/* SPDX-License-Identifier: MIT
 *
 * virtqueue_take as it is, for those who call it for every frame of a network.
 */
#ifndef DRIVERS_VIRTQUEUE_TAKE_H
#define DRIVERS_VIRTQUEUE_TAKE_H

#include "drivers/virtqueue.h"

/* virtqueue.c: the descriptors of a request are free again. */
void virtqueue_slots_free(struct virtqueue *queue, unsigned head);

/* 2.7.14. The device's word is read once: it could change while we look at it. */
static inline void *virtqueue_take_inline(struct virtqueue *queue, uint32_t *written_bytes)
{
    unsigned at = queue->used_at;
    unsigned ready = (uint16_t)(__atomic_load_n(&queue->used->index, __ATOMIC_ACQUIRE) - at);

    if (!ready || queue->broken)
        return NULL;
    volatile struct virtqueue_used_element *element = &queue->used->ring[at & (queue->size - 1u)];
    uint32_t id = element->id, written = element->written_bytes;
    struct virtqueue_slot *slot = &queue->slots[id < queue->size ? id : 0];
    void *token = slot->token;
    if (ready > queue->in_flight || id >= queue->size || !token) {
        queue->broken = true;
        return NULL;
    }
    *written_bytes = written < slot->room_bytes ? written : slot->room_bytes;
    slot->token = NULL;
    if (slot->count == 1) {
        slot->next = queue->free;
        queue->free = (uint16_t)id;
        queue->free_count++;
    } else {
        virtqueue_slots_free(queue, id);
    }
    queue->used_at = (uint16_t)(at + 1);
    queue->in_flight--;
    return token;
}

#endif
