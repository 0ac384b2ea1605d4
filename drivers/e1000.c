/* SPDX-License-Identifier: MIT
 *
 * Intel's 8254x gigabit cards, as QEMU, VMware and VirtualBox imitate them: a ring of
 * descriptors each way, a line to interrupt by, and checksums that the card puts in.
 * Section numbers are those of Intel's software developer's manual for the family (2.5).
 *
 * The card cuts large frames as well, but wants another sum in their header than the one
 * that kernel/net.h speaks of: they are not offered.
 */
#include "drivers/nic.h"
#include "drivers/pci.h"
#include "kernel/device.h"
#include "kernel/kernel.h"

#define VENDOR_INTEL    0x8086
#define REGISTERS_BYTES 0x20000

/* 13.4; as words of four bytes */
enum {
    CTRL = 0x0000 / 4,
    STATUS = 0x0008 / 4,
    ICR = 0x00c0 / 4, /* why it interrupts; cleared by reading */
    IMS = 0x00d0 / 4,
    IMC = 0x00d8 / 4,
    RCTL = 0x0100 / 4,
    TCTL = 0x0400 / 4,
    TIPG = 0x0410 / 4,
    RDBAL = 0x2800 / 4, /* base: two words, then bytes, head, tail */
    TDBAL = 0x3800 / 4,
    RXCSUM = 0x5000 / 4,
    MTA = 0x5200 / 4,
    RAL = 0x5400 / 4,
    RAH = 0x5404 / 4,
};
enum { RING_BYTES = 2, RING_HEAD = 4, RING_TAIL = 6 }; /* from its base */

#define CTRL_ASDE       (1u << 5)
#define CTRL_SLU        (1u << 6)
#define CTRL_RST        (1u << 26)
#define STATUS_LU       (1u << 1)
#define CAUSE_TXDW      (1u << 0)
#define CAUSE_LSC       (1u << 2)
#define CAUSE_RXDMT0    (1u << 4)
#define CAUSE_RXO       (1u << 6)
#define CAUSE_RXT0      (1u << 7)
#define RCTL_EN         (1u << 1)
#define RCTL_BAM        (1u << 15)
#define RCTL_MPE        (1u << 4)
#define RCTL_SECRC      (1u << 26)
#define TCTL_EN         (1u << 1)
#define TCTL_PSP        (1u << 3)
#define TCTL_COLLISIONS (0x0fu << 4 | 0x40u << 12)  /* 13.4.33 */
#define TIPG_COPPER     (10u | 8u << 10 | 6u << 20) /* 13.4.34 */
#define RXCSUM_IP_TCP   (3u << 8)
#define RAH_VALID       (1u << 31)
#define MTA_WORDS       128
#define RESET_TRIES     100000

#define IN_COUNT     64 /* both multiples of 8 */
#define OUT_COUNT    128
#define IN_SHOWN_MIN (IN_COUNT / 2)
#define MTU          1500

/* 3.2.3 */
struct in_descriptor {
    uint64_t address;
    uint16_t size_bytes;
    uint16_t checksum;
    uint8_t status;
    uint8_t errors;
    uint16_t special;
};
enum { IN_DONE = 1, IN_END = 2, IN_IGNORE_SUMS = 4, IN_TCP_SUM = 0x20 };

/* 3.3.6 and 3.3.7: words, whose meaning depends on their kind */
struct out_descriptor {
    uint64_t address; /* or where checksums begin, end and go */
    uint32_t command; /* and the size */
    uint32_t status;
};
#define OUT_DATA     (1u << 20)
#define OUT_EXTENDED (0x20u << 24)
#define OUT_END      (0x01u << 24)
#define OUT_FCS      (0x02u << 24)
#define OUT_REPORT   (0x08u << 24)
#define OUT_DONE     1u
#define OUT_TCP_SUM  (0x02u << 8)

_Static_assert(sizeof(struct in_descriptor) == 16, "3.2.3");
_Static_assert(sizeof(struct out_descriptor) == 16, "3.3.3");

struct e1000 {
    struct pci_device pci;
    volatile uint32_t *registers;
    struct nic *nic;
    struct e1000 *next_heard;
    bool has_interrupts, is_given_up, changed, wants_room, polling;

    volatile struct in_descriptor *in;
    struct nic_buffers buffers;
    struct nic_buffer *in_buffers[IN_COUNT];
    unsigned in_at, in_end, in_shown; /* the next to look at, to fill; the card has up to here */
    bool in_skipping;                 /* pieces of a frame that is none */

    volatile struct out_descriptor *out;
    void *tokens[OUT_COUNT]; /* of frames that end here */
    unsigned out_at, out_end, out_shown;
    uint32_t out_context; /* where the card puts checksums now */
};

static struct e1000 *heard;

static struct e1000 *card_of(const struct nic *nic)
{
    return nic->card;
}

static bool is_wanted(const struct pci_device *pci, void *argument)
{
    static const uint16_t ids[] = {0x100e, 0x100f, 0x100c}; /* 82540EM, 82545EM, 82544GC */
    unsigned *skip = argument, i = 0;

    while (i < sizeof ids / sizeof *ids && pci->id != ids[i])
        i++;
    return pci->vendor == VENDOR_INTEL && i < sizeof ids / sizeof *ids && !(*skip)--;
}

/* 14.3 and 4.6.1 */
static void reset(struct e1000 *card)
{
    volatile uint32_t *r = card->registers;

    r[IMC] = UINT32_MAX;
    r[RCTL] = r[TCTL] = 0;
    r[CTRL] |= CTRL_RST;
    for (int i = 0; r[CTRL] & CTRL_RST && i < RESET_TRIES; i++)
        ;
    r[IMC] = UINT32_MAX;
    (void)r[ICR];
}

static bool find(struct nic *nic, unsigned n)
{
    struct pci_device pci;
    uint64_t address;
    bool is_port = false;

    if (!pci_find(&pci, is_wanted, &n))
        return false;
    struct e1000 *card = device_memory(sizeof *card, &address);
    uint64_t bar = pci_bar(&pci, 0, &is_port);
    if (!card || !bar || is_port)
        return false;
    pci_enable(&pci);
    *card = (struct e1000){.pci = pci, .nic = nic};
    card->registers = device_registers(bar, REGISTERS_BYTES);
    if (!card->registers)
        return false;
    reset(card);
    uint64_t own = card->registers[RAL] | (uint64_t)card->registers[RAH] << 32;
    __builtin_memcpy(nic->address, &own, NIC_ADDRESS_BYTES);
    card->registers[CTRL] |= CTRL_SLU | CTRL_ASDE;
    nic->card = card;
    nic->mtu = MTU;
    nic->features = NIC_CHECKSUM_OUT | NIC_CHECKSUM_IN | NIC_LINK;
    nic->link_up = card->registers[STATUS] & STATUS_LU;
    return true;
}

static void interrupted(void)
{
    for (struct e1000 *card = heard; card; card = card->next_heard) {
        uint32_t causes = card->registers[ICR];
        card->changed |= !!(causes & CAUSE_LSC);
        if (causes && !card->is_given_up)
            card->nic->interrupted(card->nic);
    }
}

static void listen(struct e1000 *card)
{
    card->has_interrupts = pci_line_enable(&card->pci, interrupted);
    if (card->has_interrupts) {
        card->next_heard = heard;
        heard = card;
    }
}

static void ring_start(volatile uint32_t *ring, uint64_t address, uint32_t size_bytes)
{
    ring[0] = (uint32_t)address;
    ring[1] = (uint32_t)(address >> 32);
    ring[RING_BYTES] = size_bytes;
    ring[RING_HEAD] = 0;
    ring[RING_TAIL] = 0;
}

/* ---- receiving ---- */

/* A card may not have all of the ring: head and tail alike mean that it has nothing. */
static void refill(struct e1000 *card)
{
    struct nic_buffer *buffer;

    while ((card->in_end + 1) % IN_COUNT != card->in_at &&
           (buffer = nic_buffer_take(&card->buffers))) {
        card->in_buffers[card->in_end] = buffer;
        card->in[card->in_end].address = buffer->address;
        card->in[card->in_end].status = 0;
        card->in_end = (card->in_end + 1) % IN_COUNT;
    }
    if (card->in_shown == card->in_end)
        return;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    card->in_shown = card->in_end;
    card->registers[RDBAL + RING_TAIL] = card->in_end;
}

static void refill_when_few(struct e1000 *card)
{
    if ((card->in_shown - card->in_at) % IN_COUNT < IN_SHOWN_MIN && !card->is_given_up)
        refill(card);
}

/* The card is set to drop what does not fit in one buffer. False: it wrote more. */
static bool buffer_take(struct e1000 *card, struct nic_buffer *buffer, unsigned size_bytes,
                        unsigned status)
{
    bool is_whole = status & IN_END && !card->in_skipping;

    card->in_skipping = !(status & IN_END);
    if (size_bytes > NIC_BUFFER_BYTES)
        return false;
    buffer->frame.data = buffer->start;
    buffer->frame.size_bytes = size_bytes;
    buffer->frame.next = NULL;
    buffer->frame.flags =
        (status & (IN_TCP_SUM | IN_IGNORE_SUMS)) == IN_TCP_SUM ? NIC_FRAME_CHECKED : 0;
    if (is_whole && size_bytes)
        nic_frame_lend(&card->buffers, buffer, 1);
    else
        nic_frame_drop(&card->buffers, buffer);
    return true;
}

static bool has_come(const struct e1000 *card)
{
    return card->in_at != card->in_shown && card->in[card->in_at].status & IN_DONE;
}

/* False: the card is broken. */
static bool receive(struct e1000 *card, unsigned frames_max, unsigned *frames)
{
    bool good = true;

    card->polling = true;
    for (; good && *frames < frames_max && has_come(card); ++*frames) {
        unsigned at = card->in_at, status = card->in[at].status;
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        unsigned size_bytes = card->in[at].size_bytes;
        if (card->in[at].errors)
            status &= ~(unsigned)IN_TCP_SUM;
        card->in_at = (at + 1) % IN_COUNT;
        good = buffer_take(card, card->in_buffers[at], size_bytes, status);
    }
    card->polling = false;
    refill_when_few(card);
    return good;
}

static void give_back(struct nic *nic, struct nic_frame *frame)
{
    struct e1000 *card = card_of(nic);

    nic_buffer_put(&card->buffers, nic_frame_return(&card->buffers, frame));
    if (!card->polling)
        refill_when_few(card);
}

/* ---- sending ---- */

static unsigned out_room(const struct e1000 *card)
{
    return (card->out_at - card->out_end - 1) % OUT_COUNT;
}

static bool has_gone(const struct e1000 *card, unsigned at)
{
    return card->out[at].status & OUT_DONE;
}

/* Descriptors that end no frame have no token; the end of it says when they are done. */
static void reclaim(struct e1000 *card)
{
    for (unsigned at = card->out_at; at != card->out_shown; at = (at + 1) % OUT_COUNT) {
        void *token = card->tokens[at];
        if (!token)
            continue;
        if (!has_gone(card, at))
            return;
        card->tokens[at] = NULL;
        card->out_at = (at + 1) % OUT_COUNT;
        card->wants_room = false;
        card->nic->sent(card->nic, token);
    }
}

static void out_add(struct e1000 *card, uint64_t address, uint32_t command, uint32_t status,
                    void *token)
{
    volatile struct out_descriptor *to = &card->out[card->out_end];

    to->address = address;
    to->command = command;
    to->status = status;
    card->tokens[card->out_end] = token;
    card->out_end = (card->out_end + 1) % OUT_COUNT;
}

/* 3.3.6: from where to the end, and to where. */
static void context_add(struct e1000 *card, const struct nic_send *send)
{
    uint32_t start = send->checksum_start, to = start + send->checksum_offset;
    uint32_t context = start | to << 8;

    if (!start || card->out_context == context)
        return;
    card->out_context = context;
    out_add(card, (uint64_t)context << 32 | context, OUT_EXTENDED, 0, NULL);
}

static void flush(struct nic *nic)
{
    struct e1000 *card = card_of(nic);

    if (card->is_given_up || card->out_shown == card->out_end)
        return;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    card->out_shown = card->out_end;
    card->registers[TDBAL + RING_TAIL] = card->out_end;
}

static bool send(struct nic *nic, const struct nic_send *send)
{
    struct e1000 *card = card_of(nic);
    struct virtqueue_part pieces[NIC_PIECES_MAX];
    unsigned count = nic_pieces(send, pieces);

    if (!count || card->is_given_up || send->checksum_start + send->checksum_offset > UINT8_MAX) {
        nic->dropped_frames++;
        nic->sent(nic, send->token);
        return true;
    }
    if (out_room(card) <= count)
        reclaim(card);
    if (out_room(card) <= count) {
        flush(nic);
        card->wants_room = true;
        return false;
    }
    context_add(card, send);
    for (unsigned i = 0; i < count; i++) {
        bool is_last = i + 1 == count;
        out_add(card, pieces[i].address,
                pieces[i].size_bytes | OUT_DATA | OUT_EXTENDED | OUT_FCS |
                    (is_last ? OUT_END | OUT_REPORT : 0),
                send->checksum_start ? OUT_TCP_SUM : 0, is_last ? send->token : NULL);
    }
    nic->sent_frames++;
    return true;
}

/* ---- the card ---- */

static bool start(struct nic *nic, size_t buffer_bytes)
{
    struct e1000 *card = card_of(nic);
    volatile uint32_t *r = card->registers;
    uint64_t in_address, out_address;

    card->in = device_memory(IN_COUNT * sizeof *card->in, &in_address);
    card->out = device_memory(OUT_COUNT * sizeof *card->out, &out_address);
    if (!card->in || !card->out ||
        !nic_buffers_init(&card->buffers, nic, NIC_BUFFER_BYTES, buffer_bytes, 1)) {
        card->is_given_up = true;
        return false;
    }
    listen(card);
    r[RAL] = *(uint32_t *)nic->address;
    r[RAH] = *(uint16_t *)(nic->address + 4) | RAH_VALID;
    for (unsigned i = 0; i < MTA_WORDS; i++)
        r[MTA + i] = 0;
    r[RXCSUM] = RXCSUM_IP_TCP;
    ring_start(&r[RDBAL], in_address, IN_COUNT * sizeof *card->in);
    ring_start(&r[TDBAL], out_address, OUT_COUNT * sizeof *card->out);
    r[TIPG] = TIPG_COPPER;
    r[TCTL] = TCTL_EN | TCTL_PSP | TCTL_COLLISIONS;
    r[RCTL] = RCTL_EN | RCTL_BAM | RCTL_MPE | RCTL_SECRC;
    refill(card);
    return true;
}

static void link_look(struct e1000 *card)
{
    bool up = card->registers[STATUS] & STATUS_LU;

    card->changed = false;
    if (up == card->nic->link_up)
        return;
    card->nic->link_up = up;
    card->nic->changed(card->nic);
}

/* It broke the rules. What it had to send counts as sent. */
static void give_up(struct e1000 *card)
{
    card->is_given_up = true;
    reset(card);
    for (unsigned i = 0; i < OUT_COUNT; i++) {
        void *token = card->tokens[i];
        card->tokens[i] = NULL;
        if (token)
            card->nic->sent(card->nic, token);
    }
    card->nic->link_up = false;
    card->nic->changed(card->nic);
}

static unsigned poll(struct nic *nic, unsigned frames_max)
{
    struct e1000 *card = card_of(nic);
    unsigned frames = 0;

    if (card->is_given_up)
        return 0;
    reclaim(card);
    if (!receive(card, frames_max, &frames))
        give_up(card);
    else if (card->changed)
        link_look(card);
    return frames;
}

/* What is there already may have been there before: its interrupt is gone. */
static bool arm(struct nic *nic)
{
    struct e1000 *card = card_of(nic);
    uint32_t causes = CAUSE_RXT0 | CAUSE_RXO | CAUSE_RXDMT0 | CAUSE_LSC;

    if (card->is_given_up)
        return true;
    flush(nic);
    card->registers[IMS] = causes | (card->wants_room ? CAUSE_TXDW : 0);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    unsigned at = card->out_at;
    while (card->wants_room && !card->tokens[at])
        at = (at + 1) % OUT_COUNT;
    return !has_come(card) && !(card->wants_room && has_gone(card, at)) && !card->changed;
}

static void disarm(struct nic *nic)
{
    card_of(nic)->registers[IMC] = UINT32_MAX;
}

static bool has_interrupts(struct nic *nic)
{
    return card_of(nic)->has_interrupts;
}

static void groups(struct nic *nic)
{
    card_of(nic)->registers[RCTL] |= RCTL_MPE;
}

const struct nic_driver e1000 = {
    .name = "e1000",
    .find = find,
    .start = start,
    .send = send,
    .flush = flush,
    .poll = poll,
    .give_back = give_back,
    .interrupts_on = arm,
    .interrupts_off = disarm,
    .has_interrupts = has_interrupts,
    .groups = groups,
};
