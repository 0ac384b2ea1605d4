/* SPDX-License-Identifier: MIT
 *
 * Frames to a virtio-net card: the header and where the parts are, in one chain of
 * descriptors. What the card is done with is looked at when somebody polls, or when room
 * is short; it interrupts for that only when somebody waits for room.
 */
#include "drivers/virtio_net.h"
#include "kernel/device.h"

#define QUEUE_SIZE     256
#define ETHERNET_BYTES 18

bool virtio_net_send_start(struct virtio_net *card)
{
    unsigned count;

    if (!virtio_queue_start(&card->device, &card->out, NET_QUEUE_OUT, QUEUE_SIZE))
        return false;
    virtqueue_interrupts_off(&card->out.ring);
    count = card->out.ring.size < NET_SENDINGS_MAX ? card->out.ring.size : NET_SENDINGS_MAX;
    card->prefaces =
        device_memory(count * sizeof(struct virtio_net_preface), &card->prefaces_address);
    if (!card->prefaces || (count < 2 && !card->out.ring.indirect))
        return false;
    card->free = NULL;
    while (count--) {
        card->sendings[count] = (struct virtio_net_sending){.next = card->free};
        card->free = &card->sendings[count];
    }
    card->copy_bytes = card->nic->mtu + ETHERNET_BYTES;
    return true;
}

static void sending_end(struct virtio_net *card, struct virtio_net_sending *sending)
{
    void *token = sending->token;

    sending->token = NULL;
    sending->next = card->free;
    card->free = sending;
    if (card->copied == sending)
        card->copied = NULL;
    card->nic->sent(card->nic, token);
}

void virtio_net_reclaim(struct virtio_net *card)
{
    struct virtio_net_sending *sending;
    uint32_t written;

    while ((sending = virtqueue_take(&card->out.ring, &written))) {
        card->wants_room = false;
        sending_end(card, sending);
    }
}

void virtio_net_send_stop(struct virtio_net *card)
{
    card->out.ring.broken = true;
    for (unsigned i = 0; i < NET_SENDINGS_MAX; i++)
        if (card->sendings[i].token)
            sending_end(card, &card->sendings[i]);
}

/* 5.1.6.2 */
static void header_write(struct virtio_net_header *header, const struct nic_send *send)
{
    *header = (struct virtio_net_header){0};
    if (!send->checksum_start)
        return;
    header->flags = NET_NEEDS_CHECKSUM;
    header->checksum_start = send->checksum_start;
    header->checksum_offset = send->checksum_offset;
    if (!send->segment_bytes)
        return;
    header->kind = send->ip6 ? NET_KIND_TCP6 : NET_KIND_TCP4;
    header->segment_bytes = send->segment_bytes;
    header->header_bytes = send->header_bytes;
}

/* A frame in more pieces than the ring has places is copied into one. False: the copy is
 * in use. *count 0: it is no frame at all. */
static bool copy_make(struct virtio_net *card, const struct nic_send *send,
                      struct virtio_net_sending *sending, struct virtqueue_part *part,
                      unsigned *count)
{
    if (card->copied)
        return false;
    if (!card->copy)
        card->copy = device_memory(card->copy_bytes, &card->copy_address);
    part->address = card->copy_address;
    *count = card->copy && nic_frame_copy(send, card->copy, card->copy_bytes, &part->size_bytes) &&
             part->size_bytes;
    if (*count)
        card->copied = sending;
    return true;
}

static bool no_room(struct virtio_net *card)
{
    virtio_net_flush(card->nic);
    card->wants_room = true;
    return false;
}

/* It counts as sent: nobody waits for a frame that the card cannot take. */
static bool drop(struct virtio_net *card, void *token)
{
    card->nic->dropped_frames++;
    card->nic->sent(card->nic, token);
    return true;
}

bool virtio_net_send(struct nic *nic, const struct nic_send *send)
{
    struct virtio_net *card = virtio_net_of(nic);
    struct virtqueue_part parts[1 + NIC_PIECES_MAX];

    if (card->is_given_up)
        return drop(card, send->token);
    if (!card->free || card->out.ring.free_count < NET_TABLE_ENTRIES)
        virtio_net_reclaim(card);
    struct virtio_net_sending *sending = card->free;
    if (!sending)
        return no_room(card);
    unsigned index = (unsigned)(sending - card->sendings);
    uint64_t preface_address = card->prefaces_address + index * sizeof(struct virtio_net_preface);
    struct virtio_net_preface *preface = &card->prefaces[index];

    header_write(&preface->header, send);
    parts[0] = (struct virtqueue_part){preface_address, card->header_bytes};
    unsigned count = nic_pieces(send, parts + 1);
    if (count >= card->out.ring.size && !copy_make(card, send, sending, &parts[1], &count))
        return no_room(card);
    if (!count)
        return drop(card, send->token);
    const struct virtqueue_request request = {
        .parts = parts,
        .reads = (uint16_t)(1 + count),
        .token = sending,
        .table = count < NET_TABLE_ENTRIES ? preface->table : NULL,
        .table_address = preface_address + offsetof(struct virtio_net_preface, table),
    };
    if (!virtqueue_add(&card->out.ring, &request)) {
        if (card->copied == sending)
            card->copied = NULL;
        return no_room(card);
    }
    card->free = sending->next;
    sending->token = send->token;
    nic->sent_frames++;
    return true;
}

void virtio_net_flush(struct nic *nic)
{
    struct virtio_net *card = virtio_net_of(nic);

    if (!card->is_given_up)
        virtio_publish(&card->device, &card->out);
}
