/* SPDX-License-Identifier: MIT
 *
 * virtio-rng: one queue of empty buffers that come back with random bytes (virtio 1.2,
 * section 5.4). The driver to copy from.
 *
 * There is one buffer. What the device brings too late for those who asked is for the
 * next who ask.
 */
#include "drivers/virtio.h"
#include "kernel/device.h"
#include "kernel/entropy.h"
#include "kernel/kernel.h"

#define ANSWER_BYTES 64
#define QUEUE_SIZE   8

static struct virtio_device device;
static struct virtio_queue queue;
static enum { UNTRIED, ABSENT, SILENT, ASKED } state; /* SILENT: it was asked nothing */
static uint8_t answer[ANSWER_BYTES] __attribute__((aligned(ANSWER_BYTES))); /* within a page */

static bool start(void)
{
    if (!virtio_find(&device, VIRTIO_RNG, 0))
        return false;
    if (!virtio_negotiate(&device, 0) || !virtio_queue_start(&device, &queue, 0, QUEUE_SIZE)) {
        virtio_give_up(&device);
        return false;
    }
    virtqueue_interrupts_off(&queue.ring);
    virtio_go(&device);
    return true;
}

static void ask(void)
{
    const struct virtqueue_part part = {device_address(answer), ANSWER_BYTES};
    const struct virtqueue_request request = {.parts = &part, .writes = 1, .token = answer};

    if (virtqueue_add(&queue.ring, &request))
        state = ASKED;
    virtio_publish(&device, &queue);
}

/* Moves up to n bytes of the answer, if there is one; no byte is used twice. */
static size_t answer_take(uint8_t *to, size_t n)
{
    uint32_t written;

    if (!virtqueue_take(&queue.ring, &written))
        return 0;
    state = SILENT;
    n = n < written ? n : written;
    for (size_t i = 0; i < ANSWER_BYTES; i++) {
        if (i < n)
            to[i] = answer[i];
        ((volatile uint8_t *)answer)[i] = 0;
    }
    return n;
}

static size_t rng_read(void *to, size_t n, uint64_t patience_cycles)
{
    uint64_t began = cycles_now();
    size_t have = 0;

    if (state == UNTRIED)
        state = start() ? SILENT : ABSENT;
    if (state == ABSENT)
        return 0;
    do {
        if (state == SILENT)
            ask();
        cpu_relax();
        have += answer_take((uint8_t *)to + have, n - have);
    } while (have < n && !queue.ring.broken && cycles_now() - began < patience_cycles);
    if (queue.ring.broken) {
        virtio_give_up(&device);
        state = ABSENT;
    }
    return have;
}

const struct entropy_device virtio_rng = {
    .name = "virtio-rng",
    .read = rng_read,
};
