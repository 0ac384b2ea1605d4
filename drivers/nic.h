/* SPDX-License-Identifier: MIT
 *
 * What drivers of network cards share: buffers to receive into, and the pieces of a
 * frame to send as a card sees them.
 */
#ifndef DRIVERS_NIC_H
#define DRIVERS_NIC_H

#include "drivers/virtqueue.h"
#include "kernel/net.h"

/* ---- nic_buffers.c ---- */

#define NIC_BUFFER_BYTES 2048u /* what a frame of an Ethernet fits in, with a card's header */

struct nic_buffer {
    struct nic_frame frame;  /* first: the stack gives back its address */
    struct nic_buffer *next; /* of the free ones */
    unsigned char *start;
    uint64_t address; /* of the start, for the card */
};

/* Grows as long as the stack holds buffers back, up to what was allowed. */
struct nic_buffers {
    struct nic *nic;
    struct nic_buffer *free;
    struct nic_buffer *unused; /* notes without memory yet */
    unsigned unused_count;
    unsigned count, count_max;
    unsigned lent;    /* to the stack */
    unsigned reserve; /* so many are never lent */
    uint32_t size_bytes;
};

/* size_bytes: NIC_BUFFER_BYTES, or a larger power of two. reserve: what the card must
 * have to go on. False: that does not fit into so much memory. */
bool nic_buffers_init(struct nic_buffers *buffers, struct nic *nic, uint32_t size_bytes,
                      size_t memory_bytes, unsigned reserve);
struct nic_buffer *nic_buffer_make(struct nic_buffers *buffers); /* when there is no free one */
static inline struct nic_buffer *nic_buffer_take(struct nic_buffers *buffers)
{
    struct nic_buffer *buffer = buffers->free;

    if (!buffer)
        return nic_buffer_make(buffers);
    buffers->free = buffer->next;
    return buffer;
}

static inline void nic_buffer_put(struct nic_buffers *buffers, struct nic_buffer *buffer)
{
    buffer->next = buffers->free;
    buffers->free = buffer;
}

/* Hands a frame of so many buffers to the stack, or drops it when the stack has too many
 * already. */
void nic_frame_lend(struct nic_buffers *buffers, struct nic_buffer *first, unsigned count);

void nic_frame_drop(struct nic_buffers *buffers, struct nic_buffer *first);

/* The stack gives one back: it can be used again. */
static inline struct nic_buffer *nic_frame_return(struct nic_buffers *buffers,
                                                  struct nic_frame *frame)
{
    buffers->lent--;
    return (struct nic_buffer *)frame;
}

/* ---- nic_pieces.c ---- */

#define NIC_FRAME_BYTES_MAX (65535u + 14 + 4) /* the largest IP packet in the largest frame */
/* Parts, and where 64 KiB of them cross pages. */
#define NIC_PIECES_MAX      (NIC_PARTS_MAX + 18)

/* How many pieces a frame has for a card, once what is adjacent was joined and what is not
 * in one place was cut; 0: it is no frame. */
unsigned nic_pieces(const struct nic_send *send, struct virtqueue_part *pieces);

/* Copies a frame to a buffer for cards that take fewer pieces. False: it is too long. */
bool nic_frame_copy(const struct nic_send *send, unsigned char *to, uint32_t max_bytes,
                    uint32_t *size_bytes);

#endif
