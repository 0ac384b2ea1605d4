/* SPDX-License-Identifier: MIT
 *
 * The split ring against a device made of threads of thought: it reads the shared
 * memory as virtio 1.2 says, does requests in any order, and on demand breaks each
 * rule that a device can break.
 */
// sources: drivers/virtqueue.c
#include "drivers/virtqueue.h"
#include "unit.h"

enum { NEXT = 1, WRITE = 2, INDIRECT = 4, PARTS_MAX = 6, REQUESTS = 64, ROUNDS = 100000 };

/* A request: its bytes are what the device has to sum up, its last part has the sum. */
struct request {
    uint8_t bytes[PARTS_MAX][8];
    struct virtqueue_part parts[PARTS_MAX];
    struct virtqueue_descriptor table[PARTS_MAX];
    uint16_t reads, writes;
    unsigned sum;
    bool in_flight;
};

/* The device's side: what it has taken and not given back yet. */
static struct {
    uint16_t seen, size;
    uint16_t heads[REQUESTS];
    unsigned count;
    unsigned notified, notifications_lost;
} device;

static struct virtqueue queue;
static struct request requests[REQUESTS];
static void *memory;
static unsigned interrupts;

static void queue_new(unsigned size, size_t align, bool event_index, bool indirect)
{
    size_t bytes = virtqueue_bytes(size, align);

    free(memory);
    memory = NULL; /* not a byte more than that: ASan sees who goes there */
    CHECK(posix_memalign(&memory, VIRTQUEUE_ALIGN, bytes) == 0);
    memset(memory, 0, bytes);
    virtqueue_init(&queue, memory, size, align);
    queue.event_index = event_index;
    queue.indirect = indirect;
    memset(&device, 0, sizeof device);
    memset(requests, 0, sizeof requests);
    device.size = (uint16_t)size;
    interrupts = 0;
}

static struct request *request_free(void)
{
    for (int i = 0; i < REQUESTS; i++)
        if (!requests[i].in_flight)
            return &requests[i];
    return NULL;
}

static bool request_add(bool with_table)
{
    struct request *r = request_free();

    if (!r)
        return false;
    r->reads = (uint16_t)random_below(PARTS_MAX);
    r->writes = (uint16_t)(1 + random_below((size_t)(PARTS_MAX - r->reads)));
    r->sum = 0;
    for (int i = 0; i < r->reads + r->writes; i++) {
        r->parts[i] = (struct virtqueue_part){(uintptr_t)r->bytes[i], 8};
        for (int k = 0; k < 8; k++) {
            r->bytes[i][k] = (uint8_t)random_next();
            r->sum += i < r->reads ? r->bytes[i][k] : 0;
        }
    }
    struct virtqueue_request request = {
        .parts = r->parts,
        .reads = r->reads,
        .writes = r->writes,
        .token = r,
        .table = with_table ? r->table : NULL,
        .table_address = (uintptr_t)r->table,
    };
    r->in_flight = virtqueue_add(&queue, &request);
    return r->in_flight;
}

/* What is available, in the order it came. */
static void device_fetch(void)
{
    struct virtqueue_available *available = queue.available;

    while (device.seen != available->index) {
        CHECK(device.count < REQUESTS);
        uint16_t head = available->ring[device.seen++ % device.size];
        CHECK(head < device.size);
        device.heads[device.count++] = head;
    }
}

/* Walks a chain as a device does; returns how many bytes it may have written. */
static uint32_t device_do(uint16_t head)
{
    const struct virtqueue_descriptor *table = queue.descriptors, *at = &table[head];
    unsigned sum = 0, length = 1, limit = device.size;
    uint32_t written = 0;
    bool writing = false;

    if (at->flags & INDIRECT) {
        CHECK(at->flags == INDIRECT && at->size_bytes % sizeof *at == 0);
        limit = at->size_bytes / sizeof *at;
        at = table = (const void *)(uintptr_t)at->address;
    }
    for (;; at = &table[at->next], length++) {
        uint8_t *bytes = (uint8_t *)(uintptr_t)at->address;
        CHECK(length <= limit && !(at->flags & INDIRECT));
        CHECK(!writing || at->flags & WRITE); /* what is read comes first */
        writing = at->flags & WRITE;
        for (uint32_t i = 0; i < at->size_bytes; i++) {
            if (writing)
                bytes[i] = 0x5a;
            else
                sum += bytes[i];
        }
        written += writing ? at->size_bytes : 0;
        if (!(at->flags & NEXT)) {
            memcpy(bytes, &sum, sizeof sum);
            break;
        }
        CHECK(at->next < limit);
    }
    return written;
}

static void device_use(uint16_t head, uint32_t written)
{
    struct virtqueue_used *used = queue.used;

    used->ring[used->index % device.size] = (struct virtqueue_used_element){head, written};
    uint16_t before = used->index++;
    bool wanted = queue.event_index ? *queue.used_event == before : !(queue.available->flags & 1);
    interrupts += wanted;
}

/* Gives back any one of those it has. */
static void device_work(void)
{
    if (!device.count)
        return;
    size_t which = random_below(device.count);
    uint16_t head = device.heads[which];

    device.heads[which] = device.heads[--device.count];
    device_use(head, device_do(head));
}

/* Sleeps, with the event index: is to be notified of what comes next. */
static void device_sleep(void)
{
    if (queue.event_index)
        *queue.available_event = device.seen;
    else
        queue.used->flags = 0;
}

static bool take_one(void)
{
    uint32_t written = 0;
    struct request *r = virtqueue_take(&queue, &written);

    if (!r)
        return false;
    CHECK(r >= requests && r < requests + REQUESTS && r->in_flight);
    unsigned sum, last = r->reads + r->writes - 1u;
    memcpy(&sum, r->bytes[last], sizeof sum);
    CHECK(sum == r->sum && written == r->writes * 8u);
    r->in_flight = false;
    return true;
}

static void all_ways(void (*run)(void))
{
    static const unsigned sizes[] = {1, 2, 8, 16, 256, 1024};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (unsigned way = 0; way < 8; way++) {
            queue_new(sizes[i], way & 1 ? VIRTQUEUE_ALIGN : VIRTQUEUE_ALIGN_SMALL, way & 2,
                      way & 4);
            run();
        }
}

static void layout(void)
{
    /* a queue of 256 entries, as virtio 1.2 section 2.7.2 computes it */
    CHECK(virtqueue_available_offset(256) == 4096);
    CHECK(virtqueue_used_offset(256, 4096) == 8192);
    CHECK(virtqueue_bytes(256, 4096) >= 8192 + 6 + 8 * 256);
    CHECK(virtqueue_used_offset(8, 64) == 192);
}

/* Everything that is put in comes out once, in any order, for a long time: indices wrap. */
static void traffic(void)
{
    unsigned rounds = device.size == 8 ? ROUNDS : ROUNDS / 20;

    for (unsigned round = 0; round < rounds; round++) {
        for (size_t n = random_below(4); n && request_add(random_below(2)); n--)
            ;
        if (random_below(2))
            virtqueue_publish(&queue);
        device_fetch();
        for (size_t n = random_below(4); n; n--)
            device_work();
        for (size_t n = random_below(4); n && take_one(); n--)
            ;
        CHECK(!queue.broken);
    }
    virtqueue_publish(&queue);
    device_fetch();
    while (device.count)
        device_work();
    while (take_one())
        ;
    CHECK(queue.in_flight == 0 && queue.free_count == queue.size);
}

static void traffic_all(void)
{
    all_ways(traffic);
}

/* No notification is lost, and a device that is awake gets none. */
static void notifications(void)
{
    if (device.size < 8)
        return;
    for (unsigned round = 0; round < 70000 / device.size; round++) {
        device_sleep();
        unsigned added = 0;
        while (added < 1 + random_below(3) && request_add(true))
            added++;
        CHECK(virtqueue_publish(&queue) == (added > 0));
        CHECK(!virtqueue_publish(&queue)); /* nothing new */
        if (!queue.event_index)
            queue.used->flags = 1; /* awake */
        if (queue.event_index && request_add(true))
            CHECK(!virtqueue_publish(&queue)); /* its index has been passed */
        else if (request_add(true))
            CHECK(!virtqueue_publish(&queue));
        device_fetch();
        while (device.count)
            device_work();
        while (take_one())
            ;
    }
}

static void notifications_all(void)
{
    all_ways(notifications);
}

/* A small queue does not take every request. */
static void request_add_one(void)
{
    while (!request_add(true))
        ;
}

/* Interrupts come when they are on, do not when they are off, and what arrives in
 * between is told. */
static void interruptions(void)
{
    for (unsigned round = 0; round < 70000 / device.size; round++) {
        virtqueue_interrupts_off(&queue);
        interrupts = 0;
        request_add_one();
        virtqueue_publish(&queue);
        device_fetch();
        device_work();
        CHECK(interrupts == 0);
        CHECK(!virtqueue_interrupts_on(&queue)); /* one is there */
        CHECK(take_one());
        CHECK(virtqueue_interrupts_on(&queue));
        request_add_one();
        virtqueue_publish(&queue);
        device_fetch();
        device_work();
        CHECK(interrupts == 1);
        CHECK(take_one());
    }
}

static void interruptions_all(void)
{
    all_ways(interruptions);
}

static void full(void)
{
    unsigned parts = 0;
    struct virtqueue_part part = {(uintptr_t)memory, 1};
    struct virtqueue_request request = {.parts = &part, .writes = 1, .token = &part};
    struct virtqueue_request nothing = {.parts = &part, .token = &part};
    struct virtqueue_request nobody = {.parts = &part, .writes = 1};

    CHECK(!virtqueue_add(&queue, &nothing) && !virtqueue_add(&queue, &nobody));
    while (virtqueue_add(&queue, &request))
        parts++;
    CHECK(parts == queue.size && queue.free_count == 0 && !queue.broken);
    virtqueue_publish(&queue);
    device_use(0, 1);
    uint32_t written;
    CHECK(virtqueue_take(&queue, &written) == &part && queue.free_count == 1);
    CHECK(virtqueue_add(&queue, &request) && !virtqueue_add(&queue, &request));
}

static void full_all(void)
{
    all_ways(full);
}

/* ---- a device that does not keep the rules ---- */

static void one_in_flight(void)
{
    queue_new(8, 64, true, false);
    CHECK(request_add(false));
    virtqueue_publish(&queue);
    device_fetch();
}

static void expect_broken(void)
{
    uint32_t written;

    CHECK(!virtqueue_take(&queue, &written) && queue.broken);
    CHECK(!virtqueue_take(&queue, &written)); /* and stays so */
    CHECK(!request_add(false));
}

static void bad_numbers(void)
{
    static const uint32_t numbers[] = {8, 9, 255, 65535, 65536, 0x10000000, UINT32_MAX};

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        one_in_flight();
        queue.used->ring[0] = (struct virtqueue_used_element){numbers[i], 8};
        queue.used->index++;
        expect_broken();
    }
}

/* One that was never given, one in the middle of a request, one given back twice. */
static void bad_requests(void)
{
    one_in_flight();
    device_use((uint16_t)((device.heads[0] + PARTS_MAX + 1) % 8), 8);
    expect_broken();

    queue_new(8, 64, false, false);
    struct virtqueue_part parts[2] = {{(uintptr_t)memory, 1}, {(uintptr_t)memory, 1}};
    struct virtqueue_request request = {.parts = parts, .reads = 1, .writes = 1, .token = parts};
    CHECK(virtqueue_add(&queue, &request));
    virtqueue_publish(&queue);
    device_fetch();
    device_use(queue.descriptors[device.heads[0]].next, 1);
    expect_broken();

    queue_new(8, 64, false, false);
    CHECK(virtqueue_add(&queue, &request) && virtqueue_add(&queue, &request));
    virtqueue_publish(&queue);
    device_fetch();
    device_use(device.heads[0], 1);
    device_use(device.heads[0], 1);
    uint32_t written;
    CHECK(virtqueue_take(&queue, &written) == parts);
    expect_broken();
}

/* It claims to have done more than it was given. */
static void bad_index(void)
{
    static const uint16_t steps[] = {2, 8, 9, 32767, 32768, 65535};

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        one_in_flight();
        queue.used->ring[0] = (struct virtqueue_used_element){device.heads[0], 8};
        queue.used->index = (uint16_t)(queue.used->index + steps[i]);
        expect_broken();
    }
    queue_new(8, 64, false, false); /* nothing was given at all */
    queue.used->index = 1;
    expect_broken();
}

/* No length is believed beyond what there was room for. */
static void bad_length(void)
{
    uint32_t written;

    one_in_flight();
    struct request *r = &requests[0];
    device_use(device.heads[0], UINT32_MAX);
    CHECK(virtqueue_take(&queue, &written) == r && written == r->writes * 8u);
    one_in_flight();
    device_use(device.heads[0], 0);
    CHECK(virtqueue_take(&queue, &written) == &requests[0] && written == 0);
}

/* It writes into descriptors: our own notes are elsewhere. */
static void bad_descriptors(void)
{
    for (int round = 0; round < 1000; round++) {
        one_in_flight();
        uint16_t head = device.heads[0];
        for (size_t i = 0; i < 8 * sizeof *queue.descriptors; i++)
            ((uint8_t *)queue.descriptors)[i] = (uint8_t)random_next();
        queue.available->index = (uint16_t)random_next();
        device_use(head, 8);
        uint32_t written;
        CHECK(virtqueue_take(&queue, &written) == &requests[0]);
        CHECK(queue.free_count == 8);
        requests[0].in_flight = false;
        while (request_add(false))
            ;
        CHECK(queue.free_count < PARTS_MAX);
    }
}

/* Anything at all in what it may write: never beyond our own memory (ASan sees that),
 * and no token that is not with it. */
static void noise(void)
{
    for (int round = 0; round < 3000; round++) {
        unsigned size = 1u << random_below(5);
        queue_new(size, 64, random_below(2), random_below(2));
        for (int step = 0; step < 50; step++) {
            request_add(random_below(2));
            virtqueue_publish(&queue);
            uint8_t *used = (uint8_t *)queue.used;
            for (size_t n = random_below(4); n; n--)
                used[random_below(6 + 8 * size)] = (uint8_t)(random_next() % (2 * size));
            uint32_t written;
            struct request *r = virtqueue_take(&queue, &written);
            CHECK(!r || (r->in_flight && written <= r->writes * 8u));
            if (r)
                r->in_flight = false;
            virtqueue_interrupts_on(&queue);
        }
    }
}

UNIT_MAIN(TEST(layout), TEST(traffic_all), TEST(notifications_all), TEST(interruptions_all),
          TEST(full_all), TEST(bad_numbers), TEST(bad_requests), TEST(bad_index), TEST(bad_length),
          TEST(bad_descriptors), TEST(noise))
