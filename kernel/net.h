/* SPDX-License-Identifier: MIT
 *
 * The waist between network cards (drivers/) and who speaks protocols (the glue): frames
 * in, frames out, and what a card can take off the processor. Frames begin with the
 * Ethernet header and end before the checksum that cards see to.
 *
 * Nothing here waits, and everything is called with interrupts off. Memory of a received
 * frame is the card's and lent to the stack until it gives it back; memory of a frame to
 * send is the stack's and lent to the card until it says `sent`. No byte is copied on
 * either way.
 */
#ifndef KERNEL_NET_H
#define KERNEL_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NIC_ADDRESS_BYTES 6
#define NIC_PARTS_MAX     48 /* pieces of one frame to send */
#define NIC_OWNER_BYTES   64

/* What a card can do. */
enum {
    NIC_CHECKSUM_OUT = 1 << 0, /* nic_send.checksum_start */
    NIC_CHECKSUM_IN = 1 << 1,  /* sets NIC_FRAME_CHECKED */
    NIC_SEGMENT_IP4 = 1 << 2,  /* nic_send.segment_bytes, TCP over IPv4 */
    NIC_SEGMENT_IP6 = 1 << 3,
    NIC_LARGE_IN = 1 << 4, /* received frames may be larger than the MTU: up to 64 KiB */
    NIC_LINK = 1 << 5,     /* knows whether its link is up */
};

/* A buffer with a received frame, or with a piece of one. */
struct nic_frame {
    unsigned char owner[NIC_OWNER_BYTES] __attribute__((aligned(16))); /* for the stack's use */
    struct nic *nic;
    struct nic_frame *next; /* the rest of this frame */
    unsigned char *data;
    uint32_t size_bytes; /* in this buffer */
    uint32_t flags;      /* of the first buffer */
};
enum {
    /* The checksums of TCP and UDP are right; or are not filled in, because the frame
     * never left this computer. */
    NIC_FRAME_CHECKED = 1 << 0,
    /* Buffers run short: copy what has to be kept, and give this back now. When too many
     * are kept all the same, frames are dropped. */
    NIC_FRAME_SCARCE = 1 << 1,
};

struct nic_part {
    const void *data;
    uint32_t size_bytes;
};

struct nic_send {
    const struct nic_part *parts;
    unsigned part_count; /* at most NIC_PARTS_MAX */
    /* The card puts the checksum of what begins at _start to _start + _offset, where the
     * pseudo header's is already. 0: nothing to do. */
    uint16_t checksum_start, checksum_offset;
    /* A TCP frame with this many header bytes to be cut into segments with so much data
     * each; 0: it is one. Goes with the checksum. */
    uint16_t segment_bytes, header_bytes;
    bool ip6;
    void *token; /* not NULL; what `sent` is called with */
};

struct nic {
    const struct nic_driver *driver;
    /* Filled in by the driver's find. */
    unsigned char address[NIC_ADDRESS_BYTES];
    unsigned mtu;      /* bytes after the Ethernet header: 1500 unless the card says otherwise */
    unsigned features; /* of the card, NIC_... */
    bool link_up;      /* changes; `changed` tells */
    void *card;        /* the driver's own */
    /* Filled in by the stack before start. They may send and give frames back. */
    void (*received)(struct nic *nic, struct nic_frame *frame);
    void (*sent)(struct nic *nic, void *token);
    void (*changed)(struct nic *nic); /* the link */
    /* An interrupt has come, on a small stack: take note, and poll from elsewhere. */
    void (*interrupted)(struct nic *nic);
    void *owner;                                           /* the stack's own */
    uint64_t sent_frames, received_frames, dropped_frames; /* the driver counts */
};

struct nic_driver {
    const char *name;
    /* The nth card of this kind, reset and not started. False: no such card, or it cannot
     * be used. */
    bool (*find)(struct nic *nic, unsigned n);
    /* Receives into at most so much memory from here on. False: the card is given up.
     * Features and MTU are final afterwards: with little memory there are fewer. */
    bool (*start)(struct nic *nic, size_t buffer_bytes);
    /* Takes the frame over until `sent`, which may be called before this returns: what
     * the card cannot send is dropped. False: no room now; it will have some when
     * something has been sent. Nothing needs to go out before the flush. */
    bool (*send)(struct nic *nic, const struct nic_send *send);
    void (*flush)(struct nic *nic);
    /* Hands up to so many frames to `received`, and all that is done to `sent`; gives the
     * card its buffers back, all at once. How many frames there were. */
    unsigned (*poll)(struct nic *nic, unsigned frames_max);
    /* One buffer of a frame (not those after it). */
    void (*give_back)(struct nic *nic, struct nic_frame *frame);
    /* Interrupts when something comes, or when there is room again. False: there is
     * something already, poll. A card without interrupts says so with has_interrupts. */
    bool (*interrupts_on)(struct nic *nic);
    void (*interrupts_off)(struct nic *nic);
    bool (*has_interrupts)(struct nic *nic);
    /* From here on frames for groups come in as well, all of them. NULL: they do anyhow. */
    void (*groups)(struct nic *nic);
};

/* Defined by drivers/net_devices.c, NULL at the end, best first. */
extern const struct nic_driver *const nic_drivers[];

#endif
