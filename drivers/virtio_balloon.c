/* SPDX-License-Identifier: MIT
 *
 * virtio-balloon, of which only the reporting of free pages is used (virtio 1.2, section
 * 5.5.6.7): what is reported is the host's until somebody touches it again.
 */
#include "drivers/virtio.h"
#include "kernel/device.h"
#include "kernel/kernel.h"
#include "kernel/memory_return.h"

#define F_STATISTICS (1ull << 1)
#define F_HINTING    (1ull << 3)
#define F_REPORTING  (1ull << 5)

#define RANGES_MAX      32
#define PATIENCE_CYCLES (1ull << 32) /* one to four seconds: the host may be short of memory */

static struct virtio_device device;
static struct virtio_queue queue;
static enum { UNTRIED, ABSENT, READY } state;

/* Queues are counted by what the device has, whether we use it or not: inflating and
 * deflating, then statistics, hinting, reporting. */
static unsigned reporting_queue(uint64_t offered)
{
    return 2 + !!(offered & F_STATISTICS) + !!(offered & F_HINTING);
}

static bool start(void)
{
    if (!virtio_find(&device, VIRTIO_BALLOON, 0))
        return false;
    uint64_t offered = device.transport->features_read(&device);
    bool good = virtio_negotiate(&device, F_REPORTING) && device.features & F_REPORTING &&
                virtio_queue_start(&device, &queue, reporting_queue(offered), RANGES_MAX) &&
                queue.ring.size >= RANGES_MAX;
    if (!good) {
        virtio_give_up(&device);
        return false;
    }
    virtqueue_interrupts_off(&queue.ring);
    virtio_go(&device);
    return true;
}

/* After a reset it lets go of the pages: who asked can have them back at once. */
static bool report(const struct idle_range *ranges, unsigned count)
{
    struct virtqueue_part parts[RANGES_MAX];
    struct virtqueue_request request = {.parts = parts, .token = &queue};
    uint64_t began = cycles_now();
    uint32_t written;

    if (state == UNTRIED)
        state = start() ? READY : ABSENT;
    if (state == ABSENT)
        return false;
    for (; request.writes < count; request.writes++)
        parts[request.writes] = (struct virtqueue_part){ranges[request.writes].address,
                                                        ranges[request.writes].size_bytes};
    if (!virtqueue_add(&queue.ring, &request))
        return false;
    virtio_publish(&device, &queue);
    while (!virtqueue_take(&queue.ring, &written)) {
        if (queue.ring.broken || cycles_now() - began > PATIENCE_CYCLES) {
            virtio_give_up(&device);
            state = ABSENT;
            return false;
        }
        cpu_relax();
    }
    return true;
}

const struct memory_device virtio_balloon = {
    .name = "virtio-balloon",
    .ranges_max = RANGES_MAX,
    .report = report,
};
