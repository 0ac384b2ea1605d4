/* SPDX-License-Identifier: MIT
 *
 * From a device that was found to one that works, in the order of virtio 1.2,
 * section 3.1.1, whatever carries it.
 */
#include "drivers/virtio.h"
#include "kernel/device.h"

#define STATUS_ACKNOWLEDGE 1
#define STATUS_DRIVER      2
#define STATUS_DRIVER_OK   4
#define STATUS_FEATURES_OK 8
#define STATUS_FAILED      128

#define CONFIG_TRIES 10 /* a device that goes on changing is taken as it is */

bool virtio_find(struct virtio_device *device, enum virtio_type type, unsigned n)
{
    for (const struct virtio_transport *const *t = virtio_transports; *t; t++) {
        *device = (struct virtio_device){.transport = *t};
        if ((*t)->find(device, type, &n))
            return true;
    }
    return false;
}

static void status_add(struct virtio_device *device, uint8_t bit)
{
    const struct virtio_transport *t = device->transport;

    t->status_write(device, t->status_read(device) | bit);
}

/* A device behind an address translation insists on ACCESS_PLATFORM; the addresses
 * are the same, since the guest sets up no translation. */
bool virtio_negotiate(struct virtio_device *device, uint64_t wanted)
{
    const struct virtio_transport *t = device->transport;

    t->status_write(device, 0);
    status_add(device, STATUS_ACKNOWLEDGE);
    status_add(device, STATUS_DRIVER);
    wanted |=
        VIRTIO_F_VERSION_1 | VIRTIO_F_EVENT_INDEX | VIRTIO_F_INDIRECT | VIRTIO_F_ACCESS_PLATFORM;
    device->features = wanted & t->features_read(device);
    if (!t->features_write(device, device->features))
        return false;
    if (!(device->features & VIRTIO_F_VERSION_1))
        return true; /* 3.1.2: a legacy device is not asked whether it agrees */
    status_add(device, STATUS_FEATURES_OK);
    return t->status_read(device) & STATUS_FEATURES_OK;
}

static unsigned power_of_two_below(unsigned n)
{
    while (n & (n - 1))
        n &= n - 1;
    return n;
}

/* An old device has its ring aligned to pages and of its own size. */
bool virtio_queue_start(struct virtio_device *device, struct virtio_queue *queue, unsigned index,
                        unsigned size_wanted)
{
    bool fixed = false;
    unsigned size = device->transport->queue_size(device, index, &fixed);
    bool modern = device->features & VIRTIO_F_VERSION_1;

    if (!fixed && size > size_wanted)
        size = size_wanted;
    if (!fixed)
        size = power_of_two_below(size);
    if (!size || size > VIRTQUEUE_SIZE_MAX || size & (size - 1))
        return false;
    *queue = (struct virtio_queue){
        .index = (uint16_t)index,
        .align = modern ? VIRTQUEUE_ALIGN_SMALL : VIRTQUEUE_ALIGN,
    };
    void *memory = device_memory(virtqueue_bytes(size, queue->align), &queue->address);
    if (!memory)
        return false;
    virtqueue_init(&queue->ring, memory, size, queue->align);
    queue->ring.event_index = device->features & VIRTIO_F_EVENT_INDEX;
    queue->ring.indirect = device->features & VIRTIO_F_INDIRECT;
    return device->transport->queue_start(device, queue);
}

void virtio_go(struct virtio_device *device)
{
    status_add(device, STATUS_DRIVER_OK);
}

/* The reset makes it let go of our memory. */
void virtio_give_up(struct virtio_device *device)
{
    device->transport->status_write(device, 0);
    device->transport->status_write(device, STATUS_FAILED);
}

void virtio_publish(struct virtio_device *device, struct virtio_queue *queue)
{
    if (virtqueue_publish(&queue->ring))
        device->transport->notify(device, queue);
}

/* 2.5.1, and 4.1.3.1: a register is read as wide as it is. */
void virtio_config_read(struct virtio_device *device, unsigned offset, void *to, unsigned bytes,
                        unsigned n)
{
    const struct virtio_transport *t = device->transport;

    for (int tries = 0; tries < CONFIG_TRIES; tries++) {
        uint32_t before = t->config_generation(device);
        for (unsigned i = 0; i < n; i++) {
            uint32_t value = t->config_read(device, offset + i * bytes, bytes);
            __builtin_memcpy((char *)to + i * bytes, &value, bytes);
        }
        if (t->config_generation(device) == before)
            return;
    }
}

void virtio_config_write(struct virtio_device *device, unsigned offset, uint32_t value,
                         unsigned bytes)
{
    device->transport->config_write(device, offset, bytes, value);
}
