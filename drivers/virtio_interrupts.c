/* SPDX-License-Identifier: MIT
 *
 * Interrupts of all virtio devices: they may share a line, so each that listens is
 * asked whether it was the one.
 */
#include "drivers/virtio.h"
#include "kernel/interrupts.h"

static struct virtio_device *heard;

static void interrupted(void)
{
    for (struct virtio_device *device = heard; device; device = device->next_heard) {
        unsigned what = device->transport->interrupt_take(device);
        device->changed |= what & VIRTIO_CHANGED;
        if (what)
            device->handler(device);
    }
}

/* One message for all of them: it comes seldom. */
static void changed(void)
{
    for (struct virtio_device *device = heard; device; device = device->next_heard) {
        device->changed = true;
        device->handler(device);
    }
}

bool virtio_interrupts(struct virtio_device *device, void (*handler)(struct virtio_device *device))
{
    static const struct virtio_handlers handlers = {interrupted, changed};
    bool were_on = interrupts_off();
    bool good = device->transport->interrupts(device, &handlers);

    struct virtio_device *known = heard;
    while (known && known != device)
        known = known->next_heard;
    if (good)
        device->handler = handler;
    if (good && !known) {
        device->next_heard = heard;
        heard = device;
    }
    interrupts_restore(were_on);
    return good;
}
