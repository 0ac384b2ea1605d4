/* SPDX-License-Identifier: MIT
 *
 * Virtio, between the drivers of devices above and the transports below: a driver
 * knows no transport and a transport no device. A transport is a file that fills
 * struct virtio_transport and a line in virtio_transports.c.
 *
 * A driver:
 *     virtio_find(&device, type, n)               the nth device of its type
 *     virtio_negotiate(&device, features)         section 3.1.1, steps 1 to 6
 *     virtio_interrupts(&device, handler)         unless it is going to poll
 *     virtio_queue_start(&device, &queue, i, n)   for each of its queues
 *     virtio_go(&device)                          from here on the device may act
 * and virtio_give_up(&device) when something of this failed, or later when a queue
 * is broken.
 */
#ifndef DRIVERS_VIRTIO_H
#define DRIVERS_VIRTIO_H

#include "drivers/virtqueue.h"

enum virtio_type {
    VIRTIO_NET = 1,
    VIRTIO_BLOCK = 2,
    VIRTIO_CONSOLE = 3,
    VIRTIO_RNG = 4,
    VIRTIO_BALLOON = 5,
};

/* Features of every device; virtio_negotiate sees to them. */
#define VIRTIO_F_INDIRECT        (1ull << 28)
#define VIRTIO_F_EVENT_INDEX     (1ull << 29)
#define VIRTIO_F_VERSION_1       (1ull << 32)
#define VIRTIO_F_ACCESS_PLATFORM (1ull << 33)

#define VIRTIO_PLACE_BYTES 96

struct virtio_device {
    const struct virtio_transport *transport;
    uint64_t features; /* agreed on */
    void (*handler)(struct virtio_device *device);
    struct virtio_device *next_heard; /* of those with a handler */
    bool changed; /* its registers may have, as an interrupt said; whoever looks clears it */
    /* where it is: the transport's own structure */
    unsigned char place[VIRTIO_PLACE_BYTES] __attribute__((aligned(8)));
};

struct virtio_queue {
    struct virtqueue ring;
    uint64_t address; /* of the ring, for the device */
    uint32_t align;   /* of its used part */
    uint16_t index;
    uint32_t doorbell; /* the transport's: where to notify */
};

/* What interrupts: `all` asks each device with interrupt_take, and `changed` comes when a
 * device's own registers changed and it has a message of its own for that. */
struct virtio_handlers {
    void (*all)(void);
    void (*changed)(void);
};
enum { VIRTIO_USED = 1, VIRTIO_CHANGED = 2 }; /* as in the interrupt status, 4.1.4.5 */

struct virtio_transport {
    const char *name;
    /* The device of this type after *skip others, which it counts down. */
    bool (*find)(struct virtio_device *device, enum virtio_type type, unsigned *skip);
    uint8_t (*status_read)(struct virtio_device *device);
    void (*status_write)(struct virtio_device *device, uint8_t status); /* 0: reset, and done */
    uint64_t (*features_read)(struct virtio_device *device);
    bool (*features_write)(struct virtio_device *device, uint64_t features);
    /* The device's own registers, of one, two or four bytes; 0 beyond the last. */
    uint32_t (*config_read)(struct virtio_device *device, unsigned offset, unsigned bytes);
    void (*config_write)(struct virtio_device *device, unsigned offset, unsigned bytes,
                         uint32_t value);
    uint32_t (*config_generation)(struct virtio_device *device);
    /* The most entries that queue can have, 0: there is no such queue; *fixed: no fewer. */
    unsigned (*queue_size)(struct virtio_device *device, unsigned index, bool *fixed);
    bool (*queue_start)(struct virtio_device *device, struct virtio_queue *queue);
    void (*notify)(struct virtio_device *device, const struct virtio_queue *queue);
    /* From now on a queue that is started, or a change of the device's own registers,
     * leads to these. False: it cannot; poll. */
    bool (*interrupts)(struct virtio_device *device, const struct virtio_handlers *handlers);
    unsigned (*interrupt_take)(struct virtio_device *device); /* VIRTIO_..., 0: not this one */
};

/* Defined by virtio_transports.c, NULL at the end. */
extern const struct virtio_transport *const virtio_transports[];

bool virtio_find(struct virtio_device *device, enum virtio_type type, unsigned n);
bool virtio_negotiate(struct virtio_device *device, uint64_t wanted);
bool virtio_queue_start(struct virtio_device *device, struct virtio_queue *queue, unsigned index,
                        unsigned size_wanted);
/* The handler runs with interrupts off, on a small stack, when one of the queues has
 * something, or when the device's own registers changed. False: poll. */
bool virtio_interrupts(struct virtio_device *device, void (*handler)(struct virtio_device *device));
void virtio_go(struct virtio_device *device);
void virtio_give_up(struct virtio_device *device);

/* Makes visible what was added to the queue. */
void virtio_publish(struct virtio_device *device, struct virtio_queue *queue);

/* The device's own registers: n of them, each of so many bytes (1, 2, 4; one of eight is
 * two of four), as they were at one moment. */
void virtio_config_read(struct virtio_device *device, unsigned offset, void *to, unsigned bytes,
                        unsigned n);
void virtio_config_write(struct virtio_device *device, unsigned offset, uint32_t value,
                         unsigned bytes);

#endif
