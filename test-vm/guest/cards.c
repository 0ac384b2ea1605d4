/* SPDX-License-Identifier: MIT
 *
 * Network cards by their drivers' own functions. Built with -I to the top of the tree.
 *     cards list                    what there is
 *     cards exchange FRAMES KIB     two cards, joined by the hypervisor, send each other
 *                                   frames of all sizes and shapes, each with so much memory
 *     cards hold KIB                the second keeps what it gets, and still goes on
 *     cards cost KIB                what a frame costs the driver, in ticks
 *     cards link                    says when the link of the first changes
 */
#include <stdint.h>

#include "check.h"
#include "kernel/memory.h"
#include "kernel/net.h"

/* These names are out of a program's reach but for this. */
#define REACH(part, name) extern __typeof__(name) name __asm__(part "." #name)
void cpu_wait(void);
bool interrupts_off(void);
REACH("kernel", cpu_wait);
REACH("kernel", interrupts_off);
REACH("kernel", memory_page_new);
REACH("drivers", nic_drivers);

enum {
    CARDS_MAX = 4,
    HELD_MAX = 4096,
    FRAMES_MAX = 1 << 20,
    ETHERNET = 14,
    FRAME_MAX = 1514,
    PARTS = 6,
    TURNS = 200,
    COST_FRAMES = 4096,
    BURST = 32
};

struct card {
    struct nic nic;
    unsigned to_send, sent, wanted, got; /* frames */
    unsigned told;                       /* of the link */
    bool is_waiting;                     /* for room */
    volatile unsigned interrupts;
    unsigned keep;         /* frames that are kept, the oldest given back first */
    unsigned kept, oldest; /* in held */
    struct nic_frame *held[HELD_MAX];
    unsigned scarce;
    uint8_t seen[FRAMES_MAX / 8]; /* once each; QEMU's hub does not keep them in order */
};

static struct card cards[CARDS_MAX];
static unsigned card_count;
static uint64_t chance = 88172645463325252u;

static unsigned below(unsigned limit)
{
    chance ^= chance << 13;
    chance ^= chance >> 7;
    chance ^= chance << 17;
    return (unsigned)(chance % limit);
}

/* ---- frames: number n between two cards is always the same one ---- */

static unsigned frame_bytes(unsigned n)
{
    static const unsigned edges[] = {60, 61, 64, 1513, FRAME_MAX};

    return n % 7 < 5 ? edges[n % 7] : 60 + n * 7919 % (FRAME_MAX - 60 + 1);
}

static uint8_t frame_byte(unsigned n, unsigned at)
{
    return (uint8_t)(n * 31 + at * 7 + (at >> 8));
}

static void frame_fill(uint8_t *to, const struct card *from, const struct card *card, unsigned n)
{
    unsigned bytes = frame_bytes(n);

    memcpy(to, card->nic.address, 6);
    memcpy(to + 6, from->nic.address, 6);
    to[12] = 0x88;
    to[13] = 0xb5; /* for experiments */
    memcpy(to + ETHERNET, &n, sizeof n);
    for (unsigned i = ETHERNET + sizeof n; i < bytes; i++)
        to[i] = frame_byte(n, i);
}

/* Cards without an address filter pass on what others say. */
static bool is_ours(const struct card *card, const struct nic_frame *frame)
{
    return frame->size_bytes >= ETHERNET && memcmp(frame->data, card->nic.address, 6) == 0 &&
           frame->data[12] == 0x88 && frame->data[13] == 0xb5;
}

static void frame_check(struct card *card, const struct nic_frame *frame)
{
    uint8_t bytes[4096];
    unsigned size = 0, n;

    for (; frame; frame = frame->next) {
        CHECK(frame->size_bytes > 0 && size + frame->size_bytes <= sizeof bytes);
        memcpy(bytes + size, frame->data, frame->size_bytes);
        size += frame->size_bytes;
    }
    memcpy(&n, bytes + ETHERNET, sizeof n);
    CHECK(n < FRAMES_MAX && !(card->seen[n / 8] & 1 << n % 8));
    card->seen[n / 8] |= (uint8_t)(1 << n % 8);
    CHECK(size == frame_bytes(n));
    for (unsigned i = ETHERNET + sizeof n; i < size; i++)
        CHECK(bytes[i] == frame_byte(n, i));
    card->got++;
}

/* ---- what the stack does ---- */

static void give_back(struct nic *nic, struct nic_frame *frame)
{
    for (struct nic_frame *next; frame; frame = next) {
        next = frame->next;
        memset(frame->owner, 0xa5, sizeof frame->owner);
        nic->driver->give_back(nic, frame);
    }
}

static void received(struct nic *nic, struct nic_frame *frame)
{
    struct card *card = nic->owner;

    CHECK(frame->nic == nic);
    if (!is_ours(card, frame)) {
        give_back(nic, frame);
        return;
    }
    frame_check(card, frame);
    card->scarce += !!(frame->flags & NIC_FRAME_SCARCE);
    if (!card->keep) {
        give_back(nic, frame);
        return;
    }
    card->held[card->kept++ % HELD_MAX] = frame;
    if (card->kept - card->oldest > card->keep)
        give_back(nic, card->held[card->oldest++ % HELD_MAX]);
}

static void sent(struct nic *nic, void *token)
{
    struct card *card = nic->owner;

    free(token);
    card->sent++;
    card->is_waiting = false;
}

static void changed(struct nic *nic)
{
    struct card *card = nic->owner;

    card->told++;
    printf("link is %s\n", nic->link_up ? "up" : "down");
    fflush(stdout);
}

static void interrupted(struct nic *nic)
{
    struct card *card = nic->owner;

    card->interrupts++;
    nic->driver->interrupts_off(nic);
}

static void cards_find(void)
{
    for (const struct nic_driver *const *driver = nic_drivers; *driver; driver++)
        for (unsigned n = 0; card_count < CARDS_MAX; n++) {
            struct card *card = &cards[card_count];
            card->nic.driver = *driver;
            if (!(*driver)->find(&card->nic, n))
                break;
            const uint8_t *a = card->nic.address;
            printf("%s %02x:%02x:%02x:%02x:%02x:%02x mtu %u features %x link %s\n", (*driver)->name,
                   a[0], a[1], a[2], a[3], a[4], a[5], card->nic.mtu, card->nic.features,
                   card->nic.link_up ? "up" : "down");
            card_count++;
        }
}

static void card_start(struct card *card, unsigned kib)
{
    card->nic.received = received;
    card->nic.sent = sent;
    card->nic.changed = changed;
    card->nic.interrupted = interrupted;
    card->nic.owner = card;
    CHECK(card->nic.driver->start(&card->nic, (size_t)kib << 10));
}

/* ---- sending: the frame in one piece of memory, given as some pieces ---- */

static bool send_next(struct card *from, struct card *to)
{
    unsigned n = from->to_send, bytes = frame_bytes(n), at = 0;
    struct nic_part parts[PARTS];
    uint8_t *memory = malloc(FRAME_MAX + 64);
    struct nic_send send = {.parts = parts, .token = memory};

    CHECK(memory);
    uint8_t *frame = memory + below(64);
    frame_fill(frame, from, to, n);
    while (at < bytes) {
        unsigned size = send.part_count == PARTS - 1 ? bytes - at : below(bytes - at + 1);
        parts[send.part_count++] = (struct nic_part){frame + at, size};
        at += size;
    }
    if (!from->nic.driver->send(&from->nic, &send)) {
        free(memory);
        from->is_waiting = true;
        return false;
    }
    from->to_send++;
    return true;
}

/* Sleeps when there is nothing to do for any of them; false when there was no need to. */
static bool rest(unsigned count)
{
    bool nothing = true;

    for (unsigned i = 0; i < count; i++) {
        const struct nic_driver *driver = cards[i].nic.driver;
        nothing &= driver->has_interrupts(&cards[i].nic) && driver->interrupts_on(&cards[i].nic);
    }
    if (nothing)
        cpu_wait();
    return nothing;
}

/* QEMU's e1000 loses frames when it has fewer buffers than there are frames for it. */
static bool may_send(const struct card *from, const struct card *to, unsigned limit)
{
    unsigned seen = to->got + (unsigned)to->nic.dropped_frames;

    return strcmp(to->nic.driver->name, "e1000") != 0 || from->to_send - seen < limit;
}

static unsigned burst_send(struct card *from, struct card *to, unsigned frames)
{
    unsigned begun = from->to_send;

    for (unsigned n = below(BURST); n && from->to_send < frames && may_send(from, to, BURST); n--)
        if (!send_next(from, to))
            break;
    from->nic.driver->flush(&from->nic);
    return from->to_send - begun;
}

/* Both send as they like, poll as they like and sleep now and then. */
static unsigned bursts(struct card *a, struct card *b, unsigned frames)
{
    unsigned rests = 0;

    while (a->got < frames || b->got < frames) {
        unsigned progress = burst_send(a, b, frames) + burst_send(b, a, frames);
        bool under_way = a->to_send > b->got || b->to_send > a->got;
        if (under_way && !below(4))
            rests += rest(2);
        progress += a->nic.driver->poll(&a->nic, 1 + below(64));
        progress += b->nic.driver->poll(&b->nic, 1 + below(64));
        bool can_send = (a->to_send < frames && !a->is_waiting && may_send(a, b, BURST)) ||
                        (b->to_send < frames && !b->is_waiting && may_send(b, a, BURST));
        if (!progress && !can_send)
            rests += rest(2);
    }
    return rests;
}

/* One frame, and sleep until it is there; another one back. */
static unsigned turns(struct card *a, struct card *b, unsigned frames)
{
    unsigned rests = 0;

    while (b->got < frames) {
        CHECK(send_next(a, b));
        a->nic.driver->flush(&a->nic);
        while (b->got < a->to_send)
            if (!b->nic.driver->poll(&b->nic, BURST))
                rests += rest(2);
        a->nic.driver->poll(&a->nic, BURST);
        struct card *other = a;
        a = b;
        b = other;
    }
    return rests;
}

static void exchange(unsigned frames, unsigned kib)
{
    struct card *a = &cards[0], *b = &cards[1];

    CHECK(card_count == 2 && frames <= FRAMES_MAX);
    card_start(a, kib);
    card_start(b, kib);
    unsigned rests = bursts(a, b, frames - TURNS);
    rests += turns(a, b, frames);
    for (unsigned i = 0; i < 1000000 && (a->sent < frames || b->sent < frames); i++) {
        a->nic.driver->poll(&a->nic, 1);
        b->nic.driver->poll(&b->nic, 1);
    }
    CHECK(a->sent == frames && b->sent == frames);
    CHECK(!a->nic.dropped_frames && !b->nic.dropped_frames);
    CHECK(a->nic.received_frames >= frames && a->nic.sent_frames == frames);
    printf("%u frames each way, %s interrupts, rested %s\n", frames,
           a->interrupts + b->interrupts ? "with" : "without", rests ? "yes" : "no");
}

/* All that comes is kept as long as can be: the card goes on with what it has left. */
static void hold(unsigned kib)
{
    struct card *a = &cards[0], *b = &cards[1];
    unsigned frames = 2000;

    CHECK(card_count == 2);
    card_start(a, kib);
    card_start(b, kib);
    b->keep = HELD_MAX;
    while (b->got + b->nic.dropped_frames < frames) {
        while (a->to_send < frames && a->to_send - b->got - b->nic.dropped_frames < BURST &&
               may_send(a, b, 4) && send_next(a, b))
            ;
        a->nic.driver->flush(&a->nic);
        a->nic.driver->poll(&a->nic, BURST);
        if (!b->nic.driver->poll(&b->nic, BURST))
            rest(2);
    }
    printf("%u kept, %u of them with a warning, %lu dropped\n", b->got, b->scarce,
           (unsigned long)b->nic.dropped_frames);
    CHECK(b->nic.dropped_frames > 0 && b->got > 0 && b->scarce > 0 && b->scarce < b->got);
    while (b->oldest < b->kept)
        give_back(&b->nic, b->held[b->oldest++ % HELD_MAX]);
    b->keep = 0;
    b->got = a->to_send;
    for (frames += 1000; b->got < frames;) {
        while (a->to_send < frames && a->to_send - b->got < BURST && send_next(a, b))
            ;
        a->nic.driver->flush(&a->nic);
        a->nic.driver->poll(&a->nic, BURST);
        if (!b->nic.driver->poll(&b->nic, BURST))
            rest(2);
    }
}

/* ---- what the driver costs, in ticks: instructions where QEMU counts them ---- */

static void frame_return(struct nic *nic, struct nic_frame *frame)
{
    struct card *card = nic->owner;

    card->got++;
    nic->driver->give_back(nic, frame);
}

static void frame_sent(struct nic *nic, void *token)
{
    (void)token;
    ((struct card *)nic->owner)->sent++;
}

/* Bursts of so many frames, each of so many parts, in memory as the stack's is. */
static void cost(unsigned burst, unsigned part_count)
{
    static uint8_t *memory;
    struct card *a = &cards[0], *b = &cards[1];
    uint64_t sending = 0, receiving = 0, reclaiming = 0;
    struct nic_part parts[PARTS];
    struct nic_send send = {.parts = parts, .part_count = part_count, .token = parts};

    if (!memory)
        memory = memory_page_new();
    for (unsigned i = 0; i < part_count; i++)
        parts[i] = (struct nic_part){memory + (size_t)512 * i, 200};
    memcpy(memory, b->nic.address, 6);
    memcpy(memory + 6, a->nic.address, 6);
    b->nic.received = frame_return;
    a->nic.sent = frame_sent;
    a->to_send = a->sent = b->got = 0;
    while (b->got < COST_FRAMES) {
        uint64_t begun = __builtin_ia32_rdtsc();
        for (unsigned i = 0; i < burst; i++)
            CHECK(a->nic.driver->send(&a->nic, &send));
        a->nic.driver->flush(&a->nic);
        sending += __builtin_ia32_rdtsc() - begun;
        a->to_send += burst;
        while (b->got < a->to_send) {
            rest(2);
            begun = __builtin_ia32_rdtsc();
            b->nic.driver->poll(&b->nic, burst);
            receiving += __builtin_ia32_rdtsc() - begun;
        }
        begun = __builtin_ia32_rdtsc();
        a->nic.driver->poll(&a->nic, burst);
        reclaiming += __builtin_ia32_rdtsc() - begun;
    }
    printf("bursts of %2u, %u parts: send %u, reclaim %u, receive %u per frame\n", burst,
           part_count, (unsigned)(sending / a->to_send), (unsigned)(reclaiming / a->to_send),
           (unsigned)(receiving / a->to_send));
}

static void costs(unsigned kib)
{
    CHECK(card_count == 2);
    card_start(&cards[0], kib);
    card_start(&cards[1], kib);
    for (unsigned burst = 1; burst <= 32; burst *= 4)
        for (unsigned parts = 1; parts <= 3; parts++)
            cost(burst, parts);
}

static void link(void)
{
    struct card *card = &cards[0];

    card_start(card, 64);
    puts("ready");
    fflush(stdout);
    while (card->told < 2)
        if (!card->nic.driver->poll(&card->nic, BURST) && card->told < 2)
            rest(1);
    CHECK(card->nic.link_up);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "list";
    unsigned kib = (unsigned)atoi(argc > 2 ? argv[argc - 1] : "256");

    interrupts_off(); /* as the drivers want them */
    cards_find();
    if (strcmp(what, "exchange") == 0)
        exchange((unsigned)atoi(argv[2]), kib);
    else if (strcmp(what, "hold") == 0)
        hold(kib);
    else if (strcmp(what, "cost") == 0)
        costs(kib);
    else if (strcmp(what, "link") == 0)
        link();
    return success();
}
