/* SPDX-License-Identifier: MIT
 *
 * virtio-net (virtio 1.2, section 5.1): the card as a whole. One queue for frames that come
 * in, one for those that go out (virtio_net_receive.c, virtio_net_send.c). What a card
 * filters is left as it is after a reset: it passes everything on.
 */
#include "drivers/virtio_net.h"
#include "kernel/device.h"
#include "kernel/kernel.h"

#define CONFIG_STATUS  6
#define CONFIG_MTU     10
#define STATUS_LINK_UP 1

#define MTU_USUAL 1500
#define MTU_MIN   68
#define MTU_MAX   65535

#define IN_ENTRIES_LARGE  64 /* what large frames take of the queues */
#define OUT_ENTRIES_LARGE 128
#define IN_BYTES_LARGE    (256 << 10)
#define LOOK_CYCLES       (1ull << 31) /* without interrupts: how often the link is looked at */

static unsigned queue_size(struct virtio_net *card, unsigned index)
{
    bool fixed;

    return card->device.transport->queue_size(&card->device, index, &fixed);
}

/* 5.1.3.1: some features need others. Large frames come in only where buffers can be
 * merged: otherwise each buffer would have to be as large as the largest. */
static uint64_t features_wanted(struct virtio_net *card, size_t memory_bytes)
{
    uint64_t offered = card->device.transport->features_read(&card->device);
    uint64_t wanted = NET_F_MAC | NET_F_STATUS | NET_F_MRG_RXBUF | NET_F_ANY_LAYOUT;

    wanted |= NET_F_MTU | NET_F_CSUM | NET_F_GUEST_CSUM;
    if (offered & NET_F_CSUM && queue_size(card, NET_QUEUE_OUT) >= OUT_ENTRIES_LARGE)
        wanted |= NET_F_HOST_TSO4 | NET_F_HOST_TSO6;
    if (offered & NET_F_GUEST_CSUM && offered & NET_F_MRG_RXBUF && memory_bytes >= IN_BYTES_LARGE &&
        queue_size(card, NET_QUEUE_IN) >= IN_ENTRIES_LARGE)
        wanted |= NET_F_GUEST_TSO4 | NET_F_GUEST_TSO6;
    return wanted;
}

/* A card with an MTU that no network has is one that says nothing of it. */
static bool agree(struct virtio_net *card, size_t memory_bytes)
{
    uint64_t wanted = features_wanted(card, memory_bytes);
    uint16_t mtu = 0;

    virtio_config_read(&card->device, CONFIG_MTU, &mtu, sizeof mtu, 1);
    if (mtu < MTU_MIN)
        wanted &= ~NET_F_MTU;
    if (!virtio_negotiate(&card->device, wanted))
        return false;
    card->nic->mtu = card->device.features & NET_F_MTU ? mtu : MTU_USUAL;
    return true;
}

static void features_tell(struct virtio_net *card)
{
    static const struct {
        uint64_t virtio;
        unsigned nic;
    } table[] = {
        {NET_F_CSUM, NIC_CHECKSUM_OUT},     {NET_F_GUEST_CSUM, NIC_CHECKSUM_IN},
        {NET_F_HOST_TSO4, NIC_SEGMENT_IP4}, {NET_F_HOST_TSO6, NIC_SEGMENT_IP6},
        {NET_F_GUEST_TSO4, NIC_LARGE_IN},   {NET_F_GUEST_TSO6, NIC_LARGE_IN},
        {NET_F_STATUS, NIC_LINK},
    };

    card->nic->features = 0;
    for (unsigned i = 0; i < sizeof table / sizeof *table; i++)
        if (card->device.features & table[i].virtio)
            card->nic->features |= table[i].nic;
}

/* 5.1.4.1: a card that has no address of its own gets one by chance. */
static void address_read(struct virtio_net *card)
{
    uint64_t chance;

    if (card->device.features & NET_F_MAC) {
        virtio_config_read(&card->device, 0, card->nic->address, 1, NIC_ADDRESS_BYTES);
        return;
    }
    chance = entropy_word();
    __builtin_memcpy(card->nic->address, &chance, NIC_ADDRESS_BYTES);
    card->nic->address[0] = (card->nic->address[0] & 0xfc) | 2; /* one card's, and of no maker */
}

static bool link_is_up(struct virtio_net *card)
{
    uint16_t status = STATUS_LINK_UP;

    if (card->device.features & NET_F_STATUS)
        virtio_config_read(&card->device, CONFIG_STATUS, &status, sizeof status, 1);
    return status & STATUS_LINK_UP;
}

static bool find(struct nic *nic, unsigned n)
{
    static struct virtio_net *spare; /* of the last one that was not found */
    uint64_t address;

    struct virtio_net *card = spare ? spare : device_memory(sizeof *card, &address);
    spare = card;
    if (!card || !virtio_find(&card->device, VIRTIO_NET, n))
        return false;
    card->nic = nic;
    nic->card = card;
    const struct virtio_transport *transport = card->device.transport;
    transport->status_write(&card->device, 0);
    card->device.features =
        transport->features_read(&card->device) & features_wanted(card, SIZE_MAX);
    features_tell(card);
    address_read(card);
    nic->link_up = link_is_up(card);
    spare = NULL;
    return true;
}

/* Of a card that was given up nobody may know any more. */
static void interrupted(struct virtio_device *device)
{
    struct virtio_net *card = (struct virtio_net *)device;

    if (!card->is_given_up)
        card->nic->interrupted(card->nic);
}

static bool start(struct nic *nic, size_t buffer_bytes)
{
    struct virtio_net *card = virtio_net_of(nic);
    bool good = agree(card, buffer_bytes);

    card->header_bytes = card->device.features & (VIRTIO_F_VERSION_1 | NET_F_MRG_RXBUF)
                             ? NET_HEADER_LONG
                             : NET_HEADER_SHORT;
    if (good) {
        card->has_interrupts = virtio_interrupts(&card->device, interrupted);
        good = virtio_net_receive_start(card, buffer_bytes) && virtio_net_send_start(card);
    }
    if (!good) {
        virtio_give_up(&card->device);
        card->is_given_up = true;
        return false;
    }
    features_tell(card);
    virtio_go(&card->device);
    virtio_net_receive_go(card);
    return true;
}

/* Without interrupts nobody says that something changed. */
static void link_look(struct virtio_net *card)
{
    if (!card->has_interrupts && cycles_now() - card->looked_cycles > LOOK_CYCLES) {
        card->looked_cycles = cycles_now();
        card->device.changed = true;
    }
    if (!card->device.changed)
        return;
    card->device.changed = false;
    bool up = link_is_up(card);
    if (up == card->nic->link_up)
        return;
    card->nic->link_up = up;
    card->nic->changed(card->nic);
}

/* It broke the rules. What it had to send counts as sent; buffers that it holds are lost. */
static void give_up(struct virtio_net *card)
{
    virtio_give_up(&card->device);
    card->is_given_up = true;
    card->in.ring.broken = true;
    virtio_net_send_stop(card);
    card->nic->link_up = false;
    card->nic->changed(card->nic);
}

static unsigned poll(struct nic *nic, unsigned frames_max)
{
    struct virtio_net *card = virtio_net_of(nic);
    unsigned frames = 0;

    if (card->is_given_up)
        return 0;
    if (!virtqueue_is_quiet(&card->out.ring))
        virtio_net_reclaim(card);
    if (!virtqueue_is_quiet(&card->in.ring))
        frames = virtio_net_receive(card, frames_max);
    if (card->in.ring.broken || card->out.ring.broken)
        give_up(card);
    else
        link_look(card);
    return frames;
}

static bool arm(struct nic *nic)
{
    struct virtio_net *card = virtio_net_of(nic);

    if (card->is_given_up)
        return true;
    virtio_net_flush(nic);
    bool nothing = virtqueue_interrupts_on(&card->in.ring) && !card->in.ring.broken;
    if (card->wants_room)
        nothing &= virtqueue_interrupts_on(&card->out.ring) && !card->out.ring.broken;
    return nothing && !card->device.changed;
}

static void disarm(struct nic *nic)
{
    struct virtio_net *card = virtio_net_of(nic);

    virtqueue_interrupts_off(&card->in.ring);
    virtqueue_interrupts_off(&card->out.ring);
}

static bool has_interrupts(struct nic *nic)
{
    return virtio_net_of(nic)->has_interrupts;
}

const struct nic_driver virtio_net = {
    .name = "virtio-net",
    .find = find,
    .start = start,
    .send = virtio_net_send,
    .flush = virtio_net_flush,
    .poll = poll,
    .give_back = virtio_net_give_back,
    .interrupts_on = arm,
    .interrupts_off = disarm,
    .has_interrupts = has_interrupts,
};
