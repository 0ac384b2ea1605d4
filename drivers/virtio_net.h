/* SPDX-License-Identifier: MIT
 *
 * What the files of virtio-net share: virtio_net.c (the card), virtio_net_receive.c and
 * virtio_net_send.c (its two queues). Section numbers are those of virtio 1.2.
 */
#ifndef DRIVERS_VIRTIO_NET_H
#define DRIVERS_VIRTIO_NET_H

#include "drivers/nic.h"
#include "drivers/virtio.h"

#define NET_F_CSUM       (1ull << 0)
#define NET_F_GUEST_CSUM (1ull << 1)
#define NET_F_MTU        (1ull << 3)
#define NET_F_MAC        (1ull << 5)
#define NET_F_GUEST_TSO4 (1ull << 7)
#define NET_F_GUEST_TSO6 (1ull << 8)
#define NET_F_HOST_TSO4  (1ull << 11)
#define NET_F_HOST_TSO6  (1ull << 12)
#define NET_F_MRG_RXBUF  (1ull << 15)
#define NET_F_STATUS     (1ull << 16)
#define NET_F_ANY_LAYOUT (1ull << 27)

enum { NET_QUEUE_IN, NET_QUEUE_OUT };

/* 5.1.6: before each frame. */
struct virtio_net_header {
    uint8_t flags;
    uint8_t kind; /* of large frames */
    uint16_t header_bytes;
    uint16_t segment_bytes;
    uint16_t checksum_start;
    uint16_t checksum_offset;
    uint16_t buffers; /* absent from the short form */
};
#define NET_HEADER_LONG  12u
#define NET_HEADER_SHORT 10u
_Static_assert(sizeof(struct virtio_net_header) == NET_HEADER_LONG, "virtio 5.1.6");

enum { NET_NEEDS_CHECKSUM = 1, NET_DATA_VALID = 2 };
enum { NET_KIND_WHOLE = 0, NET_KIND_TCP4 = 1, NET_KIND_TCP6 = 4 };

#define NET_TABLE_ENTRIES 3 /* of a frame to send, in its indirect table */

/* What the card reads of a frame to send, besides the frame. */
struct virtio_net_preface {
    struct virtio_net_header header;
    uint32_t unused;
    struct virtqueue_descriptor table[NET_TABLE_ENTRIES]; /* the first is the header */
};

struct virtio_net {
    struct virtio_device device; /* first: handlers get its address */
    struct nic *nic;
    uint32_t header_bytes;
    uint64_t looked_cycles; /* when the link was looked at */
    bool has_interrupts, is_given_up;

    /* virtio_net_receive.c */
    struct virtio_queue in;
    struct nic_buffers buffers;
    unsigned in_parts;               /* descriptors per buffer */
    unsigned in_wanted, in_max;      /* buffers in the ring, now and at the most */
    unsigned in_shown_min;           /* of them: as long as the card sees so many it gets no more */
    unsigned in_largest;             /* buffers of the largest frame */
    struct nic_buffer *first, *last; /* of the frame that is coming; NULL: it is dropped */
    unsigned arrived, missing;       /* its buffers */
    uint32_t in_flags;               /* those of headers that were agreed on */
    bool merges, polling;

    /* virtio_net_send.c */
    struct virtio_queue out;
    struct virtio_net_preface *prefaces; /* as many as there are places in the queue */
    uint64_t prefaces_address;
    void *copied; /* whose frame the copy is, or NULL */
    unsigned char *copy;
    uint64_t copy_address;
    uint32_t copy_bytes;
    bool wants_room;
};

static inline struct virtio_net *virtio_net_of(const struct nic *nic)
{
    return nic->card;
}

/* How much of the largest frame that can come, its header included. */
uint32_t virtio_net_largest_in(const struct virtio_net *card);

bool virtio_net_receive_start(struct virtio_net *card, size_t memory_bytes);
void virtio_net_receive_go(struct virtio_net *card);
unsigned virtio_net_receive(struct virtio_net *card, unsigned frames_max);
void virtio_net_give_back(struct nic *nic, struct nic_frame *frame);

bool virtio_net_send_start(struct virtio_net *card);
bool virtio_net_send(struct nic *nic, const struct nic_send *send);
void virtio_net_flush(struct nic *nic);
void virtio_net_reclaim(struct virtio_net *card);   /* what the card is done with */
void virtio_net_send_stop(struct virtio_net *card); /* after a reset: says sent to all */

#endif
