/* SPDX-License-Identifier: MIT
 *
 * Interrupts of virtio devices, by the drivers' own functions: asks virtio-rng a
 * hundred times and sleeps until it answers. Built with -I to the top of the tree.
 *     interrupted [DEVICES]     takes turns between so many of them
 */
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "drivers/virtio.h"

/* These names are out of a program's reach but for this. */
#define REACH(part, name) extern __typeof__(name) name __asm__(part "." #name)
void cpu_wait(void);
bool interrupts_off(void);
uint64_t device_address(const void *at);
REACH("kernel", cpu_wait);
REACH("kernel", interrupts_off);
REACH("kernel", device_address);
REACH("drivers", virtio_find);
REACH("drivers", virtio_negotiate);
REACH("drivers", virtio_interrupts);
REACH("drivers", virtio_queue_start);
REACH("drivers", virtio_go);
REACH("drivers", virtio_publish);
REACH("drivers", virtqueue_add);
REACH("drivers", virtqueue_take);
REACH("drivers", virtqueue_interrupts_on);

#define QUESTIONS   100
#define DEVICES_MAX 4

static struct source {
    struct virtio_device device;
    struct virtio_queue queue;
    uint8_t bytes[64] __attribute__((aligned(64)));
    volatile unsigned interrupts;
} sources[DEVICES_MAX];

static void handle(struct virtio_device *device)
{
    struct source *source = (struct source *)device; /* its first member */

    source->interrupts++;
}

/* Asks and sleeps: without an interrupt this does not end. */
static void ask(struct source *source)
{
    struct virtqueue_part part = {device_address(source->bytes), sizeof source->bytes};
    struct virtqueue_request request = {.parts = &part, .writes = 1, .token = source};
    uint32_t written = 0;
    unsigned before = source->interrupts;

    CHECK(virtqueue_interrupts_on(&source->queue.ring));
    CHECK(virtqueue_add(&source->queue.ring, &request));
    virtio_publish(&source->device, &source->queue);
    while (source->interrupts == before)
        cpu_wait();
    CHECK(virtqueue_take(&source->queue.ring, &written) == source);
    CHECK(written > 0 && written <= sizeof source->bytes);
}

int main(int argc, char **argv)
{
    unsigned devices = argc > 1 ? (unsigned)atoi(argv[1]) : 1;

    CHECK(devices >= 1 && devices <= DEVICES_MAX);
    interrupts_off(); /* cpu_wait wants them so */
    for (unsigned i = 0; i < devices; i++) {
        struct source *source = &sources[i];
        CHECK(virtio_find(&source->device, VIRTIO_RNG, i));
        CHECK(virtio_negotiate(&source->device, 0));
        CHECK(virtio_interrupts(&source->device, handle));
        CHECK(virtio_queue_start(&source->device, &source->queue, 0, 8));
        virtio_go(&source->device);
    }
    for (unsigned i = 0; i < QUESTIONS; i++)
        ask(&sources[i % devices]);
    printf("%u questions, %u devices, %s\n", QUESTIONS, devices, sources[0].device.transport->name);
    return success();
}
