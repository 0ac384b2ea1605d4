/* SPDX-License-Identifier: MIT
 *
 * virtio-net against a card made here: it reads the rings as virtio 1.2 says, with all
 * that it may offer or not, large queues and small ones, and on demand breaks the rules.
 */
// sources: drivers/virtio.c drivers/virtio_interrupts.c drivers/virtqueue.c
// sources: drivers/virtio_net.c drivers/virtio_net_receive.c drivers/virtio_net_send.c
// sources: drivers/nic_buffers.c drivers/nic_pieces.c
#include "virtio_net_card.h"

/* ---- the stack ---- */

static struct nic nic;
extern const struct nic_driver virtio_net;

static struct sending {
    unsigned char *memory; /* of malloc, or NULL */
    uint32_t size;
    unsigned number;
    bool under_way;
} sendings[UNDER_WAY];

static unsigned char got[FRAME_MAX + 64];
static uint32_t got_bytes, got_flags;
static unsigned frames_got, frames_sent, times_changed, interrupts_seen;
static struct nic_frame *kept[8192];
static unsigned kept_count, keep_max;

static void give_back(struct nic_frame *frame)
{
    for (struct nic_frame *next; frame; frame = next) {
        next = frame->next;
        memset(frame->owner, 0x77, sizeof frame->owner);
        virtio_net.give_back(&nic, frame);
    }
}

static void keep_less(void)
{
    size_t which = random_below(kept_count);
    struct nic_frame *frame = kept[which];

    kept[which] = kept[--kept_count];
    give_back(frame);
}

static void received(struct nic *of, struct nic_frame *frame)
{
    CHECK(of == &nic && frame->nic == &nic);
    got_bytes = 0;
    got_flags = frame->flags;
    for (struct nic_frame *f = frame; f; f = f->next) {
        CHECK(f->size_bytes && got_bytes + f->size_bytes <= sizeof got);
        memcpy(got + got_bytes, f->data, f->size_bytes);
        got_bytes += f->size_bytes;
    }
    frames_got++;
    kept[kept_count++] = frame;
    while (kept_count > keep_max)
        keep_less();
}

static void sent(struct nic *of, void *token)
{
    struct sending *sending = token;

    CHECK(of == &nic && sending >= sendings && sending < sendings + UNDER_WAY &&
          sending->under_way);
    sending->under_way = false;
    free(sending->memory);
    frames_sent++;
}

static void changed(struct nic *of)
{
    CHECK(of == &nic);
    times_changed++;
}

static void interrupted(struct nic *of)
{
    CHECK(of == &nic);
    interrupts_seen++;
}

static bool card_new(struct way way, size_t memory_bytes)
{
    static const uint8_t address[6] = {2, 0, 0, 1, 2, 3};

    if (!arena) {
        arena = mmap(NULL, (size_t)ARENA_PAGES * PAGE, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(arena != MAP_FAILED);
        placement.direct_map = (uintptr_t)arena;
    }
    for (struct sending *s = sendings; s < sendings + UNDER_WAY; s++)
        if (s->under_way)
            free(s->memory);
    memset(sendings, 0, sizeof sendings);
    memset(&device, 0, sizeof device);
    memset(&nic, 0, sizeof nic);
    memset(&in_header, 0, sizeof in_header);
    in_buffers = -1;
    pages_used = 1;
    kept_count = keep_max = frames_got = frames_sent = times_changed = interrupts_seen = 0;
    device.way = way;
    memcpy(device.config, address, sizeof address);
    device.config[6] = 1; /* the link is up */
    device.config[10] = 1400 & 0xff;
    device.config[11] = 1400 >> 8;
    nic.driver = &virtio_net;
    CHECK(virtio_net.find(&nic, 0));
    nic.received = received;
    nic.sent = sent;
    nic.changed = changed;
    nic.interrupted = interrupted;
    return virtio_net.start(&nic, memory_bytes);
}

static struct sending *sending_free(void)
{
    for (struct sending *s = sendings; s < sendings + UNDER_WAY; s++)
        if (!s->under_way)
            return s;
    return NULL;
}

static void pattern(unsigned char *to, uint32_t size, unsigned number)
{
    for (uint32_t i = 0; i < size; i++)
        to[i] = (unsigned char)(number * 37 + i * 3 + (i >> 8));
}

/* A frame in many pieces; some of them where neighbours are none. */
static bool frame_send(uint32_t size, unsigned number, unsigned parts_max, bool scattered,
                       struct nic_send *send)
{
    struct nic_part parts[NIC_PARTS_MAX];
    struct sending *s = sending_free();
    uint32_t at = 0;

    if (!s)
        return false;
    unsigned char *memory = scattered ? malloc(size) : arena + (ARENA_PAGES - 16) * (size_t)PAGE;
    pattern(memory, size, number);
    send->parts = parts;
    send->part_count = 0;
    send->token = s;
    while (at < size) {
        uint32_t n =
            send->part_count + 1 == parts_max ? size - at : (uint32_t)random_below(size - at + 1);
        parts[send->part_count++] = (struct nic_part){memory + at, n};
        at += n;
    }
    *s = (struct sending){scattered ? memory : NULL, size, number, true};
    uint64_t dropped = nic.dropped_frames;
    if (!virtio_net.send(&nic, send)) {
        s->under_way = false;
        free(s->memory);
        return false;
    }
    CHECK(nic.dropped_frames == dropped || !s->under_way);
    return true;
}

static void frame_out_check(unsigned number, uint32_t size)
{
    static unsigned char frame[FRAME_MAX], wanted[FRAME_MAX];
    struct virtio_net_header header;

    CHECK(device_frame_out(frame, &header) == size);
    pattern(wanted, size, number);
    CHECK(memcmp(frame, wanted, size) == 0);
    device_use(NET_QUEUE_OUT, 1);
}

#define MODERN (VIRTIO_F_VERSION_1 | NET_F_MAC | NET_F_STATUS | NET_F_MTU)
#define ALL                                                                                        \
    (MODERN | NET_F_CSUM | NET_F_GUEST_CSUM | NET_F_HOST_TSO4 | NET_F_HOST_TSO6 |                  \
     NET_F_GUEST_TSO4 | NET_F_GUEST_TSO6 | NET_F_MRG_RXBUF | VIRTIO_F_INDIRECT |                   \
     VIRTIO_F_EVENT_INDEX)

static void all_ways(void (*run)(void), size_t memory_bytes)
{
    static const unsigned sizes[] = {16, 32, 256, 1024};
    static const uint64_t optional[] = {VIRTIO_F_VERSION_1, VIRTIO_F_EVENT_INDEX, VIRTIO_F_INDIRECT,
                                        NET_F_MRG_RXBUF, NET_F_ANY_LAYOUT};

    for (unsigned size = 0; size < 4; size++)
        for (unsigned way = 0; way < 64; way++) {
            uint64_t features = ALL | NET_F_ANY_LAYOUT;
            for (unsigned i = 0; i < 5; i++)
                if (way & 1 << i)
                    features &= ~optional[i];
            CHECK(card_new((struct way){features, sizes[size], sizes[(size + way) % 4], way & 32},
                           memory_bytes));
            run();
        }
}

/* ---- a card that keeps the rules ---- */

static unsigned in_number, out_first, out_number;
static uint32_t out_sizes[UNDER_WAY];

static void out_some(void)
{
    for (size_t n = random_below(8); n; n--) {
        struct nic_send send = {0};
        uint32_t size = 60 + (uint32_t)random_below(1400 + 14 - 60 + 1);
        if (!frame_send(size, out_number, 1 + (unsigned)random_below(NIC_PARTS_MAX),
                        random_below(2), &send))
            break;
        out_sizes[out_number++ % UNDER_WAY] = size;
        virtio_net.flush(&nic); /* frames of the arena share their memory */
        frame_out_check(out_first, out_sizes[out_first % UNDER_WAY]);
        out_first++;
    }
}

static void in_some(void)
{
    static unsigned char frame[FRAME_MAX];

    for (size_t n = random_below(8); n; n--) {
        uint32_t size = 60 + (uint32_t)random_below(1400 + 14 - 60 + 1);
        if (nic.features & NIC_LARGE_IN && !random_below(16))
            size = 60 + (uint32_t)random_below(65535 + 14 - 60 + 1);
        pattern(frame, size, in_number);
        in_header.flags = (uint8_t)random_below(2) * NET_DATA_VALID;
        if (!device_frame_in(frame, size))
            break;
        unsigned before = frames_got;
        virtio_net.poll(&nic, 1);
        CHECK(frames_got == before + 1 && got_bytes == size && memcmp(got, frame, size) == 0);
        CHECK(!!(got_flags & NIC_FRAME_CHECKED) == !!in_header.flags);
        in_number++;
    }
}

static void traffic(void)
{
    unsigned held[] = {0, 0, 5};

    in_number = out_number = out_first = 0;
    for (unsigned round = 0; round < 60; round++) {
        keep_max = held[random_below(3)];
        while (kept_count > keep_max)
            keep_less();
        out_some();
        in_some();
        if (!random_below(4))
            virtio_net.poll(&nic, 8);
    }
    virtio_net.poll(&nic, 8);
    virtio_net.poll(&nic, 8);
    CHECK(frames_sent == out_number && out_number > 60 && in_number > 40);
    CHECK(nic.sent_frames == out_number && nic.received_frames == in_number && !nic.dropped_frames);
}

static void traffic_all(void)
{
    all_ways(traffic, 1 << 20);
}

/* Who sleeps after interrupts_on said so is woken by the next thing; one that came before is told.
 */
static void sleep_all_run(void)
{
    static unsigned char frame[60];

    if (!device.way.has_interrupts)
        return;
    for (unsigned round = 0; round < 200; round++) {
        bool early = random_below(2);
        virtio_net.interrupts_off(&nic);
        if (early) {
            unsigned before = interrupts_seen;
            CHECK(device_frame_in(frame, sizeof frame));
            CHECK(interrupts_seen == before);
            CHECK(!virtio_net.interrupts_on(&nic));
            CHECK(virtio_net.poll(&nic, 8) == 1);
        }
        CHECK(virtio_net.interrupts_on(&nic));
        unsigned before = interrupts_seen;
        CHECK(device_frame_in(frame, sizeof frame));
        CHECK(interrupts_seen == before + 1);
        CHECK(virtio_net.poll(&nic, 8) == 1);
    }
}

static void sleep_all(void)
{
    all_ways(sleep_all_run, 256 << 10);
}

/* The queue to send is full: who waits is woken when there is room. */
static void full_run(void)
{
    struct nic_send send = {0};
    unsigned frames = 0;

    for (unsigned round = 0; round < 20; round++) {
        virtio_net.interrupts_off(&nic);
        while (frame_send(100, 7, 1 + round % 3, true, &send))
            frames++;
        CHECK(device_ready(NET_QUEUE_OUT)); /* a full queue was made visible */
        if (!device.way.has_interrupts)
            CHECK(!virtio_net.has_interrupts(&nic));
        CHECK(virtio_net.interrupts_on(&nic));
        unsigned before = interrupts_seen, sent_before = frames_sent;
        frame_out_check(7, 100);
        CHECK(!device.way.has_interrupts || interrupts_seen == before + 1);
        CHECK(!virtio_net.interrupts_on(&nic)); /* there is room */
        while (device_ready(NET_QUEUE_OUT))
            frame_out_check(7, 100);
        virtio_net.poll(&nic, 1);
        CHECK(frames_sent > sent_before && frames_sent == frames);
    }
}

static void full_all(void)
{
    all_ways(full_run, 256 << 10);
}

/* The stack keeps everything: it is warned, then frames are dropped, and what small frames
 * there are come in again as soon as it gives back. */
static void hold_run(void)
{
    static unsigned char frame[1000];
    unsigned warned = 0, last = 0;

    keep_max = 8192;
    for (unsigned n = 0; n < 2000; n++) {
        CHECK(device_frame_in(frame, sizeof frame));
        unsigned before = frames_got;
        CHECK(virtio_net.poll(&nic, 1) == 1);
        warned += frames_got > before && got_flags & NIC_FRAME_SCARCE;
        last = frames_got;
    }
    CHECK(nic.dropped_frames && warned && warned < last && last + nic.dropped_frames == 2000);
    while (kept_count)
        keep_less();
    keep_max = 0;
    for (unsigned n = 0; n < 500; n++) {
        CHECK(device_frame_in(frame, sizeof frame));
        CHECK(virtio_net.poll(&nic, 1) == 1 && frames_got == ++last);
    }
}

static void hold_all(void)
{
    all_ways(hold_run, 64 << 10);
    all_ways(hold_run, 512 << 10);
}

/* There is no memory for more buffers and the stack has those there are. A card that has
 * too little room for a frame sleeps then, and is told when it has, though nobody polls. */
static void frames_wait(void)
{
    static unsigned char frame[65000], small[1000];

    for (unsigned large = 0; large < 2; large++) {
        pages_allowed = 36; /* two thirds of what large frames ought to have */
        CHECK(
            card_new((struct way){large ? ALL : ALL & ~NET_F_MRG_RXBUF, 256, 256, true}, 1 << 20));
        CHECK(!!(nic.features & NIC_LARGE_IN) == large);
        uint32_t bytes = large ? sizeof frame : sizeof small;
        unsigned waited = 0;
        for (unsigned round = 0; round < 50; round++) {
            keep_max = 8192;
            for (size_t n = random_below(100); n; n--) {
                device_frame_in(small, sizeof small);
                virtio_net.poll(&nic, 1);
            }
            keep_max = 0;
            if (!device_frame_in(frame, bytes)) {
                unsigned before = device.notified[NET_QUEUE_IN];
                while (kept_count)
                    keep_less();
                CHECK(device.notified[NET_QUEUE_IN] > before);
                CHECK(device_frame_in(frame, bytes));
                waited++;
            }
            while (kept_count)
                keep_less();
            virtio_net.poll(&nic, 8);
            CHECK(got_bytes == bytes);
        }
        printf("  %u of 50 frames waited, %lu were dropped\n", waited,
               (unsigned long)nic.dropped_frames);
        CHECK(nic.dropped_frames > 0 && (!large || waited > 10));
        CHECK(pages_used == pages_allowed);
        pages_allowed = ARENA_PAGES;
    }
}

static void large_out(void)
{
    static unsigned char frame[FRAME_MAX];
    struct virtio_net_header header;

    for (unsigned indirect = 0; indirect < 2; indirect++)
        for (unsigned number = 0; number < 200; number++) {
            struct nic_send send = {.checksum_start = 34,
                                    .checksum_offset = 16,
                                    .segment_bytes = 1400,
                                    .header_bytes = 54,
                                    .ip6 = number & 1};
            uint32_t size = 2000 + (uint32_t)random_below(65549 - 2000 + 1);
            if (!number)
                CHECK(card_new(
                    (struct way){indirect ? ALL : ALL & ~VIRTIO_F_INDIRECT, 256, 128, true},
                    1 << 20));
            CHECK(nic.features & NIC_SEGMENT_IP4 && nic.features & NIC_SEGMENT_IP6);
            CHECK(frame_send(size, number, NIC_PARTS_MAX, number & 2, &send));
            virtio_net.flush(&nic);
            CHECK(device_frame_out(frame, &header) == size);
            device_use(NET_QUEUE_OUT, 1);
            CHECK(header.flags == NET_NEEDS_CHECKSUM && header.checksum_start == 34);
            CHECK(header.checksum_offset == 16 && header.segment_bytes == 1400);
            CHECK(header.header_bytes == 54 && header.kind == (number & 1 ? 4 : 1));
        }
}

/* What is too long, has nothing in it or too many pieces for anything is dropped, at once. */
static void odd_frames(void)
{
    struct nic_part endless[2] = {{sendings, UINT32_MAX}, {sendings, UINT32_MAX}};
    struct nic_send send = {.parts = endless};

    CHECK(card_new((struct way){ALL, 256, 256, true}, 1 << 20));
    for (unsigned count = 0; count <= 2; count++) {
        sendings[0].under_way = true;
        send.token = &sendings[0];
        send.part_count = count;
        CHECK(virtio_net.send(&nic, &send) && !sendings[0].under_way);
    }
    CHECK(nic.dropped_frames == 3 && !nic.sent_frames);
}

static void features(void)
{
    CHECK(card_new((struct way){ALL, 256, 256, true}, 1 << 20));
    CHECK(nic.mtu == 1400 && nic.link_up && nic.address[5] == 3);
    CHECK(nic.features == (NIC_CHECKSUM_OUT | NIC_CHECKSUM_IN | NIC_SEGMENT_IP4 | NIC_SEGMENT_IP6 |
                           NIC_LARGE_IN | NIC_LINK));
    CHECK(card_new((struct way){ALL, 256, 256, true}, 64 << 10)); /* little memory */
    CHECK(!(nic.features & NIC_LARGE_IN) && nic.features & NIC_SEGMENT_IP4);
    CHECK(card_new((struct way){ALL, 32, 64, true}, 1 << 20)); /* small queues */
    CHECK(!(nic.features & (NIC_LARGE_IN | NIC_SEGMENT_IP4)));
    CHECK(card_new((struct way){ALL & ~NET_F_MRG_RXBUF, 256, 256, true}, 1 << 20));
    CHECK(!(nic.features & NIC_LARGE_IN));
    CHECK(card_new((struct way){ALL & ~(NET_F_CSUM | NET_F_GUEST_CSUM), 256, 256, true}, 1 << 20));
    CHECK(nic.features == NIC_LINK);
    CHECK(card_new((struct way){VIRTIO_F_VERSION_1, 256, 256, false}, 1 << 20));
    CHECK(nic.features == 0 && nic.mtu == 1500 && nic.address[0] % 4 == 2);
    CHECK(!card_new((struct way){ALL, 256, 256, true}, 4096)); /* memory for nothing */
    CHECK(!card_new((struct way){ALL, 0, 256, true}, 1 << 20));
    pages_allowed = 30;
    card_new((struct way){ALL, 256, 256, true}, 1 << 20); /* whatever comes of it */
    pages_allowed = ARENA_PAGES;
}

static void link_state(void)
{
    CHECK(card_new((struct way){ALL, 256, 256, true}, 1 << 20));
    for (unsigned n = 1; n <= 4; n++) {
        device.config[6] ^= 1;
        CHECK(virtio_net.interrupts_on(&nic));
        unsigned before = interrupts_seen;
        device_interrupt(VIRTIO_CHANGED);
        CHECK(interrupts_seen == before + 1 && !virtio_net.interrupts_on(&nic));
        virtio_net.poll(&nic, 8);
        CHECK(times_changed == n && nic.link_up == !(n & 1));
    }
    CHECK(card_new((struct way){ALL, 256, 256, false}, 1 << 20)); /* by looking now and then */
    device.config[6] = 0;
    for (unsigned n = 0; n < 5000; n++)
        virtio_net.poll(&nic, 8);
    CHECK(times_changed == 1 && !nic.link_up);
}

/* ---- a card that breaks them ---- */

static void expect_given_up(void)
{
    struct nic_send send = {0};

    virtio_net.poll(&nic, 100);
    CHECK(!nic.link_up && times_changed == 1 && device.status == 128);
    for (struct sending *s = sendings; s < sendings + UNDER_WAY; s++)
        CHECK(!s->under_way);
    CHECK(frame_send(100, 1, 2, true, &send)); /* dropped */
    for (struct sending *s = sendings; s < sendings + UNDER_WAY; s++)
        CHECK(!s->under_way);
    virtio_net.flush(&nic);
    CHECK(!virtio_net.poll(&nic, 100) && virtio_net.interrupts_on(&nic));
    while (kept_count)
        keep_less();
}

static void card_with_sendings(uint64_t features)
{
    struct nic_send send = {0};
    static unsigned char frame[100];

    CHECK(card_new((struct way){features, 256, 256, true}, 1 << 20));
    for (unsigned n = 0; n < 20; n++)
        CHECK(frame_send(1414, n, 1 + n % 5, true, &send));
    virtio_net.flush(&nic);
    keep_max = 5;
    for (unsigned n = 0; n < 5; n++)
        CHECK(device_frame_in(frame, sizeof frame) && virtio_net.poll(&nic, 1) == 1);
}

static void bad_rings(void)
{
    for (unsigned index = 0; index < 2; index++) {
        card_with_sendings(ALL);
        struct view v = view_of(index);
        v.used->ring[v.used->index % v.size] = (struct virtqueue_used_element){0x12345, 8};
        v.used->index++;
        expect_given_up();
        card_with_sendings(ALL & ~VIRTIO_F_EVENT_INDEX);
        view_of(index).used->index += 1000;
        expect_given_up();
    }
}

/* How many buffers a frame takes must be told right; too little for a header is no frame. */
static void bad_counts(void)
{
    static unsigned char frame[100];
    static const int counts[] = {0, 257, 65535};

    for (unsigned i = 0; i < 3; i++) {
        card_with_sendings(ALL);
        in_buffers = counts[i];
        CHECK(device_frame_in(frame, sizeof frame));
        expect_given_up();
    }
    card_with_sendings(ALL);
    CHECK(device_frame_in(frame, sizeof frame));
    struct view v = view_of(NET_QUEUE_IN);
    v.used->ring[(v.used->index - 1u) % v.size].written_bytes = 11;
    expect_given_up();
}

/* A header that says what was not agreed on costs its frame, and no more. */
static void bad_headers(void)
{
    static unsigned char frame[100];
    static const struct virtio_net_header headers[] = {
        {.kind = 2},
        {.kind = 3},
        {.kind = 0x81},
        {.kind = 0xff},
        {.flags = NET_NEEDS_CHECKSUM, .checksum_start = 90, .checksum_offset = 9},
        {.flags = NET_NEEDS_CHECKSUM, .checksum_start = 65535, .checksum_offset = 65535},
    };

    card_with_sendings(ALL);
    for (unsigned i = 0; i < sizeof headers / sizeof *headers; i++) {
        in_header = headers[i];
        CHECK(device_frame_in(frame, sizeof frame));
        CHECK(virtio_net.poll(&nic, 9) == 1 && frames_got == 5 && nic.dropped_frames == i + 1);
    }
    in_header = (struct virtio_net_header){.kind = 1};
    CHECK(device_frame_in(frame, sizeof frame) && virtio_net.poll(&nic, 9) == 1 && frames_got == 6);
    in_header = (struct virtio_net_header){.flags = 1, .checksum_start = 34, .checksum_offset = 16};
    CHECK(device_frame_in(frame, sizeof frame) && virtio_net.poll(&nic, 9) == 1 && frames_got == 7);
    CHECK(got_flags == NIC_FRAME_CHECKED);
    card_with_sendings(ALL & ~(NET_F_GUEST_TSO4 | NET_F_GUEST_CSUM));
    in_header = (struct virtio_net_header){.kind = 1};
    CHECK(device_frame_in(frame, sizeof frame));
    CHECK(virtio_net.poll(&nic, 9) == 1 && nic.dropped_frames == 1);
    in_header = (struct virtio_net_header){.flags = NET_DATA_VALID};
    CHECK(device_frame_in(frame, sizeof frame) && virtio_net.poll(&nic, 9) == 1 && frames_got == 6);
    CHECK(got_flags == 0);
    frames_got = 0; /* too short for an Ethernet's header */
    in_header = (struct virtio_net_header){0};
    CHECK(device_frame_in(frame, 13) && virtio_net.poll(&nic, 9) == 1 && frames_got == 0);
}

/* More buffers than the largest frame takes: all of them go back, and the next is good. */
static void long_frames(void)
{
    static unsigned char frame[100];

    card_with_sendings(ALL);
    in_buffers = 60;
    CHECK(device_frame_in(frame, sizeof frame));
    for (unsigned n = 0; n < 59; n++) {
        virtio_net.poll(&nic, 9);
        CHECK(device_frame_in(frame, sizeof frame));
    }
    CHECK(virtio_net.poll(&nic, 90) == 1 && nic.dropped_frames == 1 && frames_got == 5);
    in_buffers = -1;
    CHECK(device_frame_in(frame, sizeof frame) && virtio_net.poll(&nic, 9) == 1 && frames_got == 6);
    in_buffers = 3; /* one of them is empty */
    CHECK(device_frame_in(frame, sizeof frame) && device_frame_in(frame, sizeof frame));
    struct view v = view_of(NET_QUEUE_IN);
    v.used->ring[(v.used->index - 1u) % v.size].written_bytes = 0;
    CHECK(device_frame_in(frame, sizeof frame));
    CHECK(virtio_net.poll(&nic, 90) == 1 && nic.dropped_frames == 2 && frames_got == 6);
}

/* Anything at all, anywhere that it may write. */
static void noise(void)
{
    static unsigned char frame[3000];

    for (unsigned round = 0; round < 3000; round++) {
        unsigned size = 16u << random_below(4);
        uint64_t features = ALL;
        for (unsigned i = 0; i < 3; i++)
            features &= ~(random_below(2) << random_below(36));
        features |= VIRTIO_F_VERSION_1;
        if (!card_new((struct way){features, size, size, random_below(2)}, 512 << 10))
            continue;
        keep_max = (unsigned)random_below(40);
        for (unsigned step = 0; step < 40 && device.queues[0]; step++) {
            struct nic_send send = {0};
            in_header.flags = (uint8_t)random_next();
            in_header.kind = (uint8_t)random_below(6);
            in_header.checksum_start = (uint16_t)random_below(3000);
            in_buffers = random_below(4) ? -1 : (int)random_below(70);
            frame_send(60 + (uint32_t)random_below(1400), step, 1 + (unsigned)random_below(20),
                       true, &send);
            virtio_net.flush(&nic);
            device_frame_in(frame, 1 + (uint32_t)random_below(sizeof frame));
            if (!random_below(10)) {
                struct view v = view_of((unsigned)random_below(2));
                uint8_t *used = (uint8_t *)v.used;
                used[random_below(6 + 8 * v.size)] = (uint8_t)(random_next() % (2 * size));
            }
            virtio_net.poll(&nic, (unsigned)random_below(10));
            if (!random_below(3))
                virtio_net.interrupts_on(&nic);
        }
        while (kept_count)
            keep_less();
    }
}

UNIT_MAIN(TEST(features), TEST(traffic_all), TEST(sleep_all), TEST(full_all), TEST(hold_all),
          TEST(frames_wait), TEST(large_out), TEST(odd_frames), TEST(link_state), TEST(bad_rings),
          TEST(bad_counts), TEST(bad_headers), TEST(long_frames), TEST(noise))
