/* SPDX-License-Identifier: MIT
 *
 * Frames from a virtio-net card: empty buffers go into its queue in batches and come back
 * full, one or several for a frame. Nothing that stands in the header before a frame is
 * believed before it was compared with what was agreed on.
 */
#include "drivers/virtio_net.h"
#include "drivers/virtqueue_take.h"

#define QUEUE_SIZE         256
#define BUFFERS_FIRST      32 /* in the ring at first; more when that turns out to be few */
#define ETHERNET_BYTES     14
#define ETHERNET_BYTES_MAX 18 /* with a VLAN's number */

uint32_t virtio_net_largest_in(const struct virtio_net *card)
{
    uint32_t frame_bytes = card->nic->mtu + ETHERNET_BYTES_MAX;

    if (card->device.features & (NET_F_GUEST_TSO4 | NET_F_GUEST_TSO6))
        frame_bytes = NIC_FRAME_BYTES_MAX;
    return frame_bytes + card->header_bytes;
}

/* A card that cannot take the largest frame may take none, wait for a notification and
 * interrupt nobody: it is shown as many as that. */
static void want(struct virtio_net *card, unsigned buffers)
{
    card->in_wanted = buffers < card->in_max ? buffers : card->in_max;
    card->in_shown_min = card->in_wanted / 2;
    if (card->in_shown_min < card->in_largest)
        card->in_shown_min = card->in_largest;
}

/* 5.1.6.3.1. Cards of old want the header in a descriptor of its own, unless they say
 * otherwise or spread frames over buffers. */
bool virtio_net_receive_start(struct virtio_net *card, size_t memory_bytes)
{
    uint64_t features = card->device.features;
    uint32_t size_bytes = NIC_BUFFER_BYTES, largest = virtio_net_largest_in(card);

    if (!virtio_queue_start(&card->device, &card->in, NET_QUEUE_IN, QUEUE_SIZE))
        return false;
    virtqueue_interrupts_off(&card->in.ring);
    card->merges = features & NET_F_MRG_RXBUF;
    card->in_flags = features & NET_F_GUEST_CSUM ? NET_NEEDS_CHECKSUM | NET_DATA_VALID : 0;
    card->in_parts = features & (VIRTIO_F_VERSION_1 | NET_F_ANY_LAYOUT | NET_F_MRG_RXBUF) ? 1 : 2;
    while (!(features & NET_F_MRG_RXBUF) && size_bytes < largest)
        size_bytes *= 2;
    card->in_largest = (largest + size_bytes - 1) / size_bytes;
    if (!nic_buffers_init(&card->buffers, card->nic, size_bytes, memory_bytes, card->in_largest))
        return false;
    card->in_max = card->in.ring.size / card->in_parts;
    if (card->in_max > card->buffers.count_max)
        card->in_max = card->buffers.count_max;
    if (card->in_max < card->in_largest)
        return false;
    want(card, BUFFERS_FIRST > 2 * card->in_largest ? BUFFERS_FIRST : 2 * card->in_largest);
    return true;
}

static bool buffer_offer(struct virtio_net *card, struct nic_buffer *buffer)
{
    uint32_t size_bytes = card->buffers.size_bytes, header_bytes = card->header_bytes;

    if (card->in_parts == 1)
        return virtqueue_add_buffer(&card->in.ring, buffer->address, size_bytes, buffer);
    const struct virtqueue_part parts[2] = {
        {buffer->address, header_bytes},
        {buffer->address + header_bytes, size_bytes - header_bytes},
    };
    const struct virtqueue_request request = {.parts = parts, .writes = 2, .token = buffer};
    return virtqueue_add(&card->in.ring, &request);
}

/* One notification for all of them, if the card wants any. */
static void refill(struct virtio_net *card)
{
    struct virtqueue *ring = &card->in.ring;
    struct nic_buffer *buffer;

    while (ring->in_flight < card->in_wanted && (buffer = nic_buffer_take(&card->buffers))) {
        if (!buffer_offer(card, buffer)) {
            nic_buffer_put(&card->buffers, buffer);
            break;
        }
    }
    virtio_publish(&card->device, &card->in);
}

static inline void refill_when_few(struct virtio_net *card)
{
    const struct virtqueue *ring = &card->in.ring;

    if ((uint16_t)(ring->published - ring->used_at) < card->in_shown_min && !ring->broken)
        refill(card);
}

void virtio_net_receive_go(struct virtio_net *card)
{
    refill(card);
}

/* 5.1.6.4: what the header of a frame says. False: it cannot be so. */
static bool header_check(const struct virtio_net *card, const struct virtio_net_header *header,
                         uint32_t size_bytes, uint32_t *flags)
{
    uint64_t features = card->device.features;
    uint8_t kind = header->kind;

    *flags = 0;
    if (size_bytes < ETHERNET_BYTES)
        return false;
    if (kind != NET_KIND_WHOLE && !(kind == NET_KIND_TCP4 && features & NET_F_GUEST_TSO4) &&
        !(kind == NET_KIND_TCP6 && features & NET_F_GUEST_TSO6))
        return false;
    if (!(features & NET_F_GUEST_CSUM))
        return true;
    if (header->flags & NET_NEEDS_CHECKSUM) {
        uint32_t at = (uint32_t)header->checksum_start + header->checksum_offset;
        if (at + sizeof(uint16_t) > size_bytes)
            return false;
    }
    if (header->flags & (NET_NEEDS_CHECKSUM | NET_DATA_VALID))
        *flags = NIC_FRAME_CHECKED;
    return true;
}

/* Its buffers can be used again; those that are still to come are as well, at once. */
static void frame_drop(struct virtio_net *card)
{
    nic_frame_drop(&card->buffers, card->first);
    card->first = NULL;
}

/* The card says how many buffers a frame takes; when that cannot be, nothing can be told
 * of what comes behind: false. */
static bool frame_begin(struct virtio_net *card, struct nic_buffer *buffer, uint32_t written)
{
    struct virtio_net_header header;

    if (written < card->header_bytes)
        return false;
    __builtin_memcpy(&header, buffer->start, NET_HEADER_LONG);
    card->missing = card->device.features & NET_F_MRG_RXBUF ? header.buffers : 1;
    if (!card->missing || card->missing > card->in.ring.size)
        return false;
    buffer->frame.data = buffer->start + card->header_bytes;
    buffer->frame.size_bytes = written - card->header_bytes;
    buffer->frame.next = NULL;
    card->first = card->last = buffer;
    card->arrived = 1;
    if (!header_check(card, &header, buffer->frame.size_bytes, &buffer->frame.flags) ||
        card->missing > card->in_largest)
        frame_drop(card);
    return true;
}

static void frame_go_on(struct virtio_net *card, struct nic_buffer *buffer, uint32_t written)
{
    if (!card->first) {
        nic_buffer_put(&card->buffers, buffer);
        return;
    }
    buffer->frame.data = buffer->start;
    buffer->frame.size_bytes = written;
    buffer->frame.next = NULL;
    buffer->frame.flags = 0;
    card->last->frame.next = &buffer->frame;
    card->last = buffer;
    card->arrived++;
    if (!written)
        frame_drop(card);
}

/* True: this was the last buffer of a frame. */
static bool buffer_take(struct virtio_net *card, struct nic_buffer *buffer, uint32_t written)
{
    if (card->missing) {
        frame_go_on(card, buffer, written);
    } else if (!frame_begin(card, buffer, written)) {
        nic_buffer_put(&card->buffers, buffer);
        card->missing = 0;
        card->in.ring.broken = true;
        return false;
    }
    if (--card->missing)
        return false;
    if (card->first)
        nic_frame_lend(&card->buffers, card->first, card->arrived);
    return true;
}

/* Nearly all frames: whole, in one buffer, with nothing to tell but of its checksum. False:
 * it is none of them. What stands in the header is read once. */
static bool plain_take(struct virtio_net *card, struct nic_buffer *buffer, uint32_t written)
{
    const volatile struct virtio_net_header *header = (void *)buffer->start;
    uint32_t flags = header->flags, size_bytes = written - card->header_bytes;

    if (card->missing || written < card->header_bytes + ETHERNET_BYTES || header->kind ||
        flags & ~card->in_flags || (card->merges && header->buffers != 1))
        return false;
    if (flags & NET_NEEDS_CHECKSUM &&
        header->checksum_start + header->checksum_offset + sizeof(uint16_t) > size_bytes)
        return false;
    buffer->frame.data = buffer->start + card->header_bytes;
    buffer->frame.size_bytes = size_bytes;
    buffer->frame.next = NULL;
    buffer->frame.flags = flags ? NIC_FRAME_CHECKED : 0;
    nic_frame_lend(&card->buffers, buffer, 1);
    return true;
}

/* When a card has filled nearly all it had, it gets more to fill. */
unsigned virtio_net_receive(struct virtio_net *card, unsigned frames_max)
{
    struct virtqueue *ring = &card->in.ring;
    unsigned frames = 0, untouched = (uint16_t)(ring->published - ring->used_at);
    struct nic_buffer *buffer;
    uint32_t written;

    card->polling = true;
    while (frames < frames_max && (buffer = virtqueue_take_inline(ring, &written))) {
        untouched--;
        frames += plain_take(card, buffer, written) || buffer_take(card, buffer, written);
    }
    card->polling = false;
    if (untouched < card->in_shown_min / 4)
        want(card, 2 * card->in_wanted);
    refill_when_few(card);
    return frames;
}

/* It goes into the ring at once, and is shown to the card with others. */
void virtio_net_give_back(struct nic *nic, struct nic_frame *frame)
{
    struct virtio_net *card = virtio_net_of(nic);
    struct nic_buffer *buffer = nic_frame_return(&card->buffers, frame);

    if (card->in.ring.in_flight >= card->in_wanted || !buffer_offer(card, buffer))
        nic_buffer_put(&card->buffers, buffer);
    if (!card->polling)
        refill_when_few(card);
}
