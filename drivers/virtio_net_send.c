/* SPDX-License-Identifier: MIT
 *
 * Frames to a virtio-net card: the header and where the parts are, in one chain of
 * descriptors. What the card is done with is looked at when somebody polls, or when room
 * is short; it interrupts for that only when somebody waits for room.
 */
#include "drivers/virtio_net.h"
#include "kernel/device.h"
#include "kernel/kernel.h"

#define QUEUE_SIZE     256
#define ETHERNET_BYTES 18
#define RECLAIM_BELOW  32 /* places: then it is worth a look at what the card is done with */

bool virtio_net_send_start(struct virtio_net *card)
{
    struct virtqueue *ring = &card->out.ring;

    if (!virtio_queue_start(&card->device, &card->out, NET_QUEUE_OUT, QUEUE_SIZE))
        return false;
    virtqueue_interrupts_off(ring);
    card->prefaces =
        device_memory(ring->size * sizeof(struct virtio_net_preface), &card->prefaces_address);
    card->copy_bytes = card->nic->mtu + ETHERNET_BYTES;
    return card->prefaces && ring->size > NET_TABLE_ENTRIES;
}

static void sending_end(struct virtio_net *card, void *token)
{
    if (token == &card->copied) {
        token = card->copied;
        card->copied = NULL;
    }
    card->nic->sent(card->nic, token);
}

void virtio_net_reclaim(struct virtio_net *card)
{
    uint32_t written;
    void *token;

    while ((token = virtqueue_take(&card->out.ring, &written))) {
        card->wants_room = false;
        sending_end(card, token);
    }
}

void virtio_net_send_stop(struct virtio_net *card)
{
    void *token;

    while ((token = virtqueue_abandon(&card->out.ring)))
        sending_end(card, token);
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

static bool taken(struct virtio_net *card)
{
    card->nic->sent_frames++;
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

/* A frame in more pieces than the ring has places goes as a copy, one at a time. */
static bool copy_send(struct virtio_net *card, const struct nic_send *send,
                      struct virtqueue_part *parts)
{
    const struct virtqueue_request request = {.parts = parts, .reads = 2, .token = &card->copied};
    uint32_t size_bytes;

    if (card->copied)
        return no_room(card);
    if (!card->copy)
        card->copy = device_memory(card->copy_bytes, &card->copy_address);
    if (!card->copy || !nic_frame_copy(send, card->copy, card->copy_bytes, &size_bytes))
        return drop(card, send->token);
    parts[1] = (struct virtqueue_part){card->copy_address, size_bytes};
    if (!virtqueue_add(&card->out.ring, &request))
        return no_room(card);
    card->copied = send->token;
    return taken(card);
}

/* Any frame: pieces that are scattered, or too many for the preface's table. */
static bool general_send(struct virtio_net *card, const struct nic_send *send,
                         struct virtio_net_preface *preface, uint64_t preface_address)
{
    struct virtqueue_part parts[1 + NIC_PIECES_MAX];
    unsigned count = nic_pieces(send, parts + 1);
    const struct virtqueue_request request = {
        .parts = parts,
        .reads = (uint16_t)(1 + count),
        .token = send->token,
        .table = count < NET_TABLE_ENTRIES ? preface->table : NULL,
        .table_address = preface_address + offsetof(struct virtio_net_preface, table),
    };

    if (!count)
        return drop(card, send->token);
    parts[0] = (struct virtqueue_part){preface_address, card->header_bytes};
    if (count >= card->out.ring.size)
        return copy_send(card, send, parts);
    return virtqueue_add(&card->out.ring, &request) ? taken(card) : no_room(card);
}

/* Nearly all frames: few parts, in the view of RAM. False: it is not one of them. */
static bool table_fill(struct virtio_net *card, const struct nic_send *send,
                       struct virtqueue_descriptor *table, uint64_t preface_address)
{
    unsigned count = send->part_count, i;

    if (count >= NET_TABLE_ENTRIES || !card->out.ring.indirect)
        return false;
    virtqueue_describe(table, preface_address, card->header_bytes, VIRTQUEUE_NEXT, 1);
    for (i = 0; i < count; i++) {
        const struct nic_part *part = &send->parts[i];
        uintptr_t seen = (uintptr_t)part->data - placement.direct_map;
        if (seen >= DIRECT_MAP_MAX || part->size_bytes - 1 >= NIC_FRAME_BYTES_MAX)
            return false;
        virtqueue_describe(++table, seen, part->size_bytes, i + 1 < count ? VIRTQUEUE_NEXT : 0,
                           i + 1 < count ? i + 2 : 0);
    }
    return i > 0;
}

bool virtio_net_send(struct nic *nic, const struct nic_send *send)
{
    struct virtio_net *card = virtio_net_of(nic);
    struct virtqueue *ring = &card->out.ring;

    if (card->is_given_up)
        return drop(card, send->token);
    if (ring->free_count < RECLAIM_BELOW)
        virtio_net_reclaim(card);
    if (!ring->free_count)
        return no_room(card);
    unsigned number = virtqueue_next(ring);
    struct virtio_net_preface *preface = &card->prefaces[number];
    uint64_t preface_address = card->prefaces_address + number * sizeof *preface;
    header_write(&preface->header, send);
    if (!table_fill(card, send, preface->table, preface_address))
        return general_send(card, send, preface, preface_address);
    preface_address += offsetof(struct virtio_net_preface, table);
    if (!virtqueue_add_table(ring, preface_address, 1 + send->part_count, send->token))
        return no_room(card);
    return taken(card);
}

void virtio_net_flush(struct nic *nic)
{
    struct virtio_net *card = virtio_net_of(nic);

    if (!card->is_given_up)
        virtio_publish(&card->device, &card->out);
}
