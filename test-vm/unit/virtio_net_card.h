/* SPDX-License-Identifier: MIT
 *
 * A virtio-net card made of memory, and what its driver needs of the kernel, for
 * virtio_net_test.c. It reads the rings where the driver told it that they are.
 */
#ifndef TEST_VIRTIO_NET_CARD_H
#define TEST_VIRTIO_NET_CARD_H

#include <sys/mman.h>

#include "drivers/virtio_net.h"
#include "kernel/device.h"
#include "kernel/kernel.h"
#include "kernel/memory.h"
#include "unit.h"

enum { PAGE = 4096, ARENA_PAGES = 8192, FRAME_MAX = 65550, PARTS = 8, UNDER_WAY = 2048 };

/* ---- the kernel: memory that is seen in one piece, and memory that is not ---- */

struct placement placement;
static unsigned char *arena;
static size_t pages_used = 1, pages_allowed = ARENA_PAGES;

static void *pages_take(size_t n)
{
    void *memory = arena + pages_used * PAGE;

    if (pages_used + n > pages_allowed)
        return NULL;
    pages_used += n;
    return memory;
}

void *device_memory(size_t size_bytes, uint64_t *address)
{
    void *memory = pages_take((size_bytes + PAGE - 1) / PAGE);

    if (!memory)
        return NULL;
    memset(memory, 0, (size_bytes + PAGE - 1) / PAGE * PAGE);
    *address = (uint64_t)((unsigned char *)memory - arena);
    return memory;
}

void *memory_page_new(void)
{
    void *page = pages_take(1);

    return page ? memset(page, 0xdb, PAGE) : NULL;
}

uint64_t memory_page_physical(const void *page)
{
    return (uint64_t)((const unsigned char *)page - arena);
}

/* Outside of the arena no two neighbouring pages are neighbours for the card. */
#define FAR(at) ((uint64_t)1 << 62 | ((uint64_t)(at) / PAGE & 1) << 61)
size_t device_piece(const void *at, size_t size_bytes, uint64_t *address)
{
    size_t left = PAGE - (uintptr_t)at % PAGE;

    CHECK((const unsigned char *)at < arena ||
          (const unsigned char *)at >= arena + ARENA_PAGES * PAGE);
    *address = (uintptr_t)at | FAR(at);
    return left < size_bytes ? left : size_bytes;
}

static unsigned char *device_pointer(uint64_t address)
{
    if (address >> 62)
        return (unsigned char *)(uintptr_t)(address & ~((uint64_t)7 << 61));
    CHECK(address >= PAGE && address < (uint64_t)ARENA_PAGES * PAGE);
    return arena + address;
}

bool interrupts_off(void)
{
    return false;
}

void interrupts_restore(bool on)
{
    (void)on;
}

uint64_t entropy_word(void)
{
    return 0x1122334455667788;
}

uint64_t cycles_now(void)
{
    static uint64_t now;

    return now += 1 << 20;
}

/* ---- the card ---- */

struct way {
    uint64_t features;
    unsigned size_in, size_out;
    bool has_interrupts;
};

static struct {
    struct way way;
    uint64_t features;
    uint8_t status, config[12];
    struct virtio_queue *queues[2];
    uint16_t seen[2];
    const struct virtio_handlers *handlers;
    unsigned pending, interrupts, notified[2];
    bool asleep[2];
} device;

static bool fake_find(struct virtio_device *of, enum virtio_type type, unsigned *skip)
{
    (void)of;
    return type == VIRTIO_NET && !(*skip)--;
}

static uint8_t fake_status_read(struct virtio_device *of)
{
    (void)of;
    return device.status;
}

static void fake_status_write(struct virtio_device *of, uint8_t status)
{
    (void)of;
    device.status = status;
    if (!status)
        memset(device.queues, 0, sizeof device.queues);
}

static uint64_t fake_features_read(struct virtio_device *of)
{
    (void)of;
    return device.way.features;
}

static bool fake_features_write(struct virtio_device *of, uint64_t features)
{
    (void)of;
    CHECK(!(features & ~device.way.features));
    device.features = features;
    return true;
}

static uint32_t fake_config_read(struct virtio_device *of, unsigned offset, unsigned bytes)
{
    uint32_t value = 0;

    (void)of;
    CHECK(offset + bytes <= sizeof device.config);
    memcpy(&value, device.config + offset, bytes);
    return value;
}

static uint32_t fake_generation(struct virtio_device *of)
{
    (void)of;
    return 0;
}

static unsigned fake_queue_size(struct virtio_device *of, unsigned index, bool *fixed)
{
    (void)of;
    *fixed = !(device.features & VIRTIO_F_VERSION_1);
    return index ? device.way.size_out : device.way.size_in;
}

static bool fake_queue_start(struct virtio_device *of, struct virtio_queue *queue)
{
    (void)of;
    CHECK(queue->index < 2);
    device.queues[queue->index] = queue;
    device.seen[queue->index] = 0;
    device.asleep[queue->index] = true;
    return true;
}

static void fake_notify(struct virtio_device *of, const struct virtio_queue *queue)
{
    (void)of;
    CHECK(device.status & 4); /* not before the driver is ready */
    device.notified[queue->index]++;
    device.asleep[queue->index] = false;
}

static bool fake_interrupts(struct virtio_device *of, const struct virtio_handlers *handlers)
{
    (void)of;
    device.handlers = handlers;
    return device.way.has_interrupts;
}

static unsigned fake_interrupt_take(struct virtio_device *of)
{
    unsigned what = device.pending;

    (void)of;
    device.pending = 0;
    return what;
}

static const struct virtio_transport fake = {
    .name = "fake",
    .find = fake_find,
    .status_read = fake_status_read,
    .status_write = fake_status_write,
    .features_read = fake_features_read,
    .features_write = fake_features_write,
    .config_read = fake_config_read,
    .config_generation = fake_generation,
    .queue_size = fake_queue_size,
    .queue_start = fake_queue_start,
    .notify = fake_notify,
    .interrupts = fake_interrupts,
    .interrupt_take = fake_interrupt_take,
};
const struct virtio_transport *const virtio_transports[] = {&fake, NULL};

/* Device's view of a ring: from its address, not from what the driver remembers. */
struct view {
    struct virtqueue_descriptor *descriptors;
    struct virtqueue_available *available;
    struct virtqueue_used *used;
    unsigned size;
};

static struct view view_of(unsigned index)
{
    const struct virtio_queue *queue = device.queues[index];
    unsigned size = queue->ring.size;

    return (struct view){
        .descriptors = (void *)device_pointer(queue->address),
        .available = (void *)device_pointer(queue->address + virtqueue_available_offset(size)),
        .used = (void *)device_pointer(queue->address + virtqueue_used_offset(size, queue->align)),
        .size = size,
    };
}

static void device_interrupt(unsigned what)
{
    device.pending |= what;
    device.interrupts++;
    if (device.way.has_interrupts)
        device.handlers->all();
}

/* What was used up to here becomes visible; true: that is to interrupt. */
static void device_use(unsigned index, uint16_t count)
{
    struct view v = view_of(index);
    uint16_t before = v.used->index, now = (uint16_t)(before + count);

    v.used->index = now;
    if (!count)
        return;
    uint16_t event = v.available->ring[v.size];
    bool wanted = device.features & VIRTIO_F_EVENT_INDEX
                      ? (uint16_t)(now - event - 1) < (uint16_t)(now - before)
                      : !(v.available->flags & 1);
    if (wanted)
        device_interrupt(VIRTIO_USED);
}

/* It has looked and there is nothing, or not enough: it wants a notification. */
static void device_sleep(unsigned index)
{
    struct view v = view_of(index);

    v.used->flags = 0;
    memcpy(&v.used->ring[v.size], &v.available->index, sizeof(uint16_t));
    device.asleep[index] = true;
}

static void device_wake(unsigned index)
{
    struct view v = view_of(index);

    v.used->flags = 1;
    device.asleep[index] = false;
}

static unsigned device_ready(unsigned index)
{
    return (uint16_t)(view_of(index).available->index - device.seen[index]);
}

struct span {
    unsigned char *at;
    uint32_t size;
    bool writable;
};

/* The chain that is next; checks what a device may rely on. */
static unsigned device_chain(unsigned index, unsigned nth, struct span *spans, unsigned max,
                             uint16_t *head)
{
    struct view v = view_of(index);
    unsigned count = 0, limit = v.size;

    *head = v.available->ring[(device.seen[index] + nth) % v.size];
    CHECK(*head < v.size);
    const struct virtqueue_descriptor *table = v.descriptors, *at = &table[*head];
    if (at->flags & VIRTQUEUE_INDIRECT) {
        CHECK(device.features & VIRTIO_F_INDIRECT && at->flags == VIRTQUEUE_INDIRECT);
        limit = at->size_bytes / sizeof *at;
        at = table = (void *)device_pointer(at->address);
    }
    for (;; at = &table[at->next]) {
        CHECK(count < max && count < limit && at->size_bytes);
        CHECK(!(at->address >> 62) || at->address % PAGE + at->size_bytes <= PAGE);
        spans[count++] =
            (struct span){device_pointer(at->address), at->size_bytes, at->flags & VIRTQUEUE_WRITE};
        if (!(at->flags & VIRTQUEUE_NEXT))
            break;
        CHECK(at->next < limit);
    }
    CHECK(count <= v.size);
    return count;
}

static uint32_t header_bytes(void)
{
    return device.features & (VIRTIO_F_VERSION_1 | NET_F_MRG_RXBUF) ? 12 : 10;
}

/* A header that breaks the rules, on demand. */
static struct virtio_net_header in_header;
static int in_buffers; /* -1: the right number */

static uint32_t span_write(const struct span *span, uint32_t at, const unsigned char *from,
                           uint32_t n)
{
    uint32_t room = span->size - at;

    CHECK(span->writable);
    n = n < room ? n : room;
    memcpy(span->at + at, from, n);
    return n;
}

/* A frame comes in: true, or there is no room for it now. */
static bool device_frame_in(const unsigned char *frame, uint32_t size)
{
    bool merging = device.features & NET_F_MRG_RXBUF;
    uint32_t left = size, h = header_bytes(), room = 0;
    unsigned buffers = 0, ready = device_ready(NET_QUEUE_IN);
    struct span spans[4], first[4];
    uint16_t head;

    for (unsigned i = 0; i < ready && room < size + h; i++) {
        unsigned n = device_chain(NET_QUEUE_IN, i, spans, 4, &head);
        for (unsigned k = 0; k < n; k++)
            room += spans[k].size;
        if (!merging)
            break;
    }
    if (room < size + h) {
        if (!merging && room)
            return true; /* dropped */
        device_sleep(NET_QUEUE_IN);
        return false;
    }
    device_wake(NET_QUEUE_IN);
    struct view v = view_of(NET_QUEUE_IN);
    while (!buffers || left) {
        unsigned n = device_chain(NET_QUEUE_IN, buffers, spans, 4, &head);
        uint32_t written = 0, skip = buffers ? 0 : h;
        if (!buffers)
            memcpy(first, spans, sizeof first);
        for (unsigned k = 0; k < n; k++) {
            uint32_t at = skip < spans[k].size ? skip : spans[k].size;
            uint32_t here = span_write(&spans[k], at, frame + (size - left), left);
            written += at + here;
            skip -= at;
            left -= here;
        }
        v.used->ring[(uint16_t)(v.used->index + buffers) % v.size] =
            (struct virtqueue_used_element){head, written};
        buffers++;
    }
    in_header.buffers = (uint16_t)(in_buffers < 0 ? (int)buffers : in_buffers);
    if (!(device.features & (VIRTIO_F_VERSION_1 | NET_F_ANY_LAYOUT | NET_F_MRG_RXBUF)))
        CHECK(first[0].size == h); /* old cards */
    CHECK(first[0].size >= h);
    memcpy(first[0].at, &in_header, h);
    device.seen[NET_QUEUE_IN] = (uint16_t)(device.seen[NET_QUEUE_IN] + buffers);
    device_use(NET_QUEUE_IN, (uint16_t)buffers);
    return true;
}

/* A frame goes out: its size, or 0. */
static uint32_t device_frame_out(unsigned char *frame, struct virtio_net_header *header)
{
    struct span spans[1024];
    uint16_t head;
    uint32_t size = 0;

    if (!device_ready(NET_QUEUE_OUT)) {
        device_sleep(NET_QUEUE_OUT);
        return 0;
    }
    device_wake(NET_QUEUE_OUT);
    unsigned n = device_chain(NET_QUEUE_OUT, 0, spans, 1024, &head);
    CHECK(spans[0].size == header_bytes() && n >= 2);
    memset(header, 0, sizeof *header);
    memcpy(header, spans[0].at, header_bytes());
    for (unsigned i = 0; i < n; i++) {
        CHECK(!spans[i].writable);
        if (!i)
            continue;
        CHECK(size + spans[i].size <= FRAME_MAX);
        memcpy(frame + size, spans[i].at, spans[i].size);
        size += spans[i].size;
    }
    struct view v = view_of(NET_QUEUE_OUT);
    v.used->ring[v.used->index % v.size] = (struct virtqueue_used_element){head, 0};
    device.seen[NET_QUEUE_OUT]++;
    return size;
}

#endif
