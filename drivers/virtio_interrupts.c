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
    for (struct virtio_device *device = heard; device; device = device->next_heard)
        if (device->transport->interrupt_take(device))
            device->handler(device);
}

bool virtio_interrupts(struct virtio_device *device, void (*handler)(struct virtio_device *device))
{
    bool were_on = interrupts_off();
    bool good = device->transport->interrupts(device, interrupted);

    if (good) {
        device->handler = handler;
        device->next_heard = heard;
        heard = device;
    }
    interrupts_restore(were_on);
    return good;
}
