/* SPDX-License-Identifier: MIT
 *
 * Frames on their way out: lwIP's buffers become the pieces of a frame, with what the card
 * is to do about checksums. Consecutive segments of one TCP connection that lwIP sends in
 * one go become one large frame, where the card can cut it up again: they share the first
 * one's headers, and lwIP knows nothing of it.
 */
#include "libc-glue/net/net.h"

#include <lwip/prot/ip.h>
#include <lwip/prot/ip4.h>
#include <lwip/prot/ip6.h>
#include <lwip/prot/tcp.h>
#include <string.h>

#include "libc-glue/files.h"

#define ETHERNET_BYTES 14
#define IP4_BYTES      20
#define IP6_BYTES      40
#define TCP_BYTES      20
#define WAITING_MAX    2048 /* frames, before lwIP is told to try again */
#define MERGE_FROM     1000 /* bytes: shorter frames go alone */

/* One that cannot go at once, or may still grow. */
struct net_frame {
    struct net_frame *next;
    struct nic_send send;
    unsigned pbuf_count;
    unsigned data_bytes;  /* so far */
    unsigned first_bytes; /* of the first segment: those after it have as much */
    uint32_t next_number; /* where the next segment would have to begin */
    unsigned char *ip;    /* the first segment's headers */
    struct tcp_hdr *tcp;
    struct pbuf *pbufs[NIC_PARTS_MAX]; /* held until it has been sent */
    struct nic_part parts[NIC_PARTS_MAX];
};

/* What a frame is, as far as cards care. */
struct kind {
    unsigned char *ip;
    unsigned ip_bytes;
    uint8_t protocol; /* 0: neither TCP nor UDP, or a piece of a datagram */
    bool ip6;
};

static struct kind kind_of(const struct pbuf *p)
{
    unsigned char *frame = p->payload;
    struct kind kind = {.ip = frame + ETHERNET_BYTES};

    if (p->len < ETHERNET_BYTES + IP4_BYTES ||
        !(frame[12] == 0x08 ? frame[13] == 0x00 : frame[12] == 0x86 && frame[13] == 0xdd))
        return kind;
    kind.ip6 = frame[12] == 0x86;
    if (kind.ip6) {
        kind.ip_bytes = IP6_BYTES;
        kind.protocol = kind.ip[6];
    } else {
        kind.ip_bytes = (kind.ip[0] & 15) * 4u;
        if (!(((kind.ip[6] & 0x3f) | kind.ip[7]))) /* not one of several pieces */
            kind.protocol = kind.ip[9];
    }
    if ((kind.protocol != IP_PROTO_TCP && kind.protocol != IP_PROTO_UDP) ||
        p->len < ETHERNET_BYTES + kind.ip_bytes + 8)
        kind.protocol = 0;
    return kind;
}

/* ---- checksums ---- */

static uint32_t sum32(const unsigned char *at, unsigned words)
{
    uint64_t sum = 0;
    uint32_t word;

    for (; words--; at += 4) {
        memcpy(&word, at, 4);
        sum += word;
    }
    sum = (sum & 0xffffffff) + (sum >> 32);
    return (uint32_t)((sum & 0xffffffff) + (sum >> 32));
}

/* That of the pseudo header, where the card expects it. */
static inline uint16_t pseudo_sum(const struct kind *kind, unsigned bytes)
{
    uint32_t addresses[2];
    uint64_t sum;

    memcpy(addresses, kind->ip + 12, sizeof addresses);
    sum = kind->ip6 ? sum32(kind->ip + 8, 8) : (uint64_t)addresses[0] + addresses[1];
    sum += lwip_htons((uint16_t)kind->protocol) + (uint64_t)lwip_htons((uint16_t)bytes);
    sum = (sum & 0xffff) + (sum >> 16 & 0xffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

static void checksum_ask(struct nic_send *send, const struct kind *kind, unsigned bytes)
{
    unsigned start = ETHERNET_BYTES + kind->ip_bytes;
    unsigned offset = kind->protocol == IP_PROTO_TCP ? 16 : 6;
    uint16_t sum = pseudo_sum(kind, bytes);

    send->checksum_start = (uint16_t)start;
    send->checksum_offset = (uint16_t)offset;
    send->ip6 = kind->ip6;
    memcpy(kind->ip + kind->ip_bytes + offset, &sum, sizeof sum);
}

/* ---- to the card ---- */

void net_frame_sent(struct nic *nic, void *token)
{
    struct net_frame *frame = (void *)((uintptr_t)token & ~(uintptr_t)1);

    ((struct net_card *)nic->owner)->under_way--;
    if (frame == token) {
        struct pbuf *p = token;
        if (p->ref > 1) /* TCP keeps it until it is acknowledged */
            p->ref--;
        else
            pbuf_free(p);
        return;
    }
    for (unsigned i = 0; i < frame->pbuf_count; i++)
        pbuf_free(frame->pbufs[i]);
    object_free(frame);
}

static bool to_card(struct net_card *card, const struct nic_send *send)
{
    card->under_way++; /* it may say `sent` at once */
    if (card->nic.driver->send(&card->nic, send))
        return true;
    card->under_way--;
    return false;
}

static void waiting_add(struct net_card *card, struct net_frame *frame)
{
    frame->next = NULL;
    *(card->waiting ? &card->waiting_last->next : &card->waiting) = frame;
    card->waiting_last = frame;
    card->waiting_count++;
}

static void frame_push(struct net_card *card, struct net_frame *frame)
{
    frame->send.parts = frame->parts;
    frame->send.token = (char *)frame + 1;
    card->flush = true;
    if (card->waiting || !to_card(card, &frame->send))
        waiting_add(card, frame);
}

static struct net_frame *frame_new(struct pbuf *p, const struct nic_send *send)
{
    struct net_frame *frame = object_take(sizeof *frame);

    if (!frame)
        return NULL;
    frame->send = *send;
    frame->pbuf_count = 1;
    frame->pbufs[0] = p;
    memcpy(frame->parts, send->parts, send->part_count * sizeof *send->parts);
    pbuf_ref(p);
    return frame;
}

/* A frame of its own. */
static err_t frame_single(struct net_card *card, struct pbuf *p, struct nic_send *send)
{
    if (!card->waiting) {
        pbuf_ref(p);
        send->token = p;
        card->flush = true;
        if (to_card(card, send))
            return ERR_OK;
        p->ref--;
    }
    if (card->waiting_count >= WAITING_MAX)
        return ERR_MEM;
    struct net_frame *frame = frame_new(p, send);
    if (!frame)
        return ERR_MEM;
    frame_push(card, frame);
    return ERR_OK;
}

/* ---- large frames ---- */

struct segment {
    struct tcp_hdr *tcp;
    uint32_t number;
    unsigned header_bytes; /* all of them */
    unsigned data_bytes;
    bool push;
};

static struct segment segment_of(const struct pbuf *p, const struct kind *kind)
{
    struct segment segment = {.tcp = (void *)(kind->ip + kind->ip_bytes)};

    segment.number = lwip_ntohl(segment.tcp->seqno);
    segment.header_bytes = ETHERNET_BYTES + kind->ip_bytes + TCPH_HDRLEN_BYTES(segment.tcp);
    segment.data_bytes = p->tot_len - segment.header_bytes;
    segment.push = TCPH_FLAGS(segment.tcp) & (TCP_PSH | TCP_FIN | TCP_SYN | TCP_RST | TCP_URG);
    return segment;
}

static void lengths_set(const struct kind *kind, unsigned data_bytes, unsigned header_bytes)
{
    uint16_t total = lwip_htons((uint16_t)(header_bytes - ETHERNET_BYTES + data_bytes));

    if (kind->ip6) {
        total = lwip_htons((uint16_t)(header_bytes - ETHERNET_BYTES - IP6_BYTES + data_bytes));
        memcpy(kind->ip + 4, &total, 2);
        return;
    }
    memcpy(kind->ip + 2, &total, 2);
    memset(kind->ip + 10, 0, 2);
    uint16_t sum = (uint16_t)~net_checksum(kind->ip, (int)kind->ip_bytes);
    memcpy(kind->ip + 10, &sum, 2);
}

/* The large frame is complete. */
static void merge_end(struct net_card *card)
{
    struct net_frame *frame = card->merge;
    struct nic_send *send;

    if (!frame)
        return;
    card->merge = NULL;
    send = &frame->send;
    struct kind kind = {frame->ip, (unsigned)((unsigned char *)frame->tcp - frame->ip),
                        IP_PROTO_TCP, send->ip6};
    if (frame->data_bytes <= send->segment_bytes)
        send->segment_bytes = 0;
    if (frame->pbuf_count > 1)
        lengths_set(&kind, frame->data_bytes, send->header_bytes);
    checksum_ask(send, &kind,
                 frame->data_bytes + send->header_bytes - ETHERNET_BYTES - kind.ip_bytes);
    frame_push(card, frame);
}

/* Does the segment go on where the large frame ends, with the same headers? */
static bool is_next(const struct net_frame *frame, const struct kind *kind,
                    const struct segment *segment)
{
    const struct nic_send *send = &frame->send;
    const unsigned char *a = frame->ip, *b = kind->ip;
    unsigned options = segment->header_bytes - ETHERNET_BYTES - kind->ip_bytes - TCP_BYTES;

    return segment->number == frame->next_number && kind->ip6 == send->ip6 &&
           segment->header_bytes == send->header_bytes &&
           segment->data_bytes <= frame->first_bytes && segment->data_bytes &&
           frame->data_bytes + segment->data_bytes + send->header_bytes - ETHERNET_BYTES <=
               UINT16_MAX &&
           (kind->ip6 ? memcmp(a + 8, b + 8, 32) == 0 : memcmp(a + 12, b + 12, 8) == 0) &&
           memcmp(frame->tcp, segment->tcp, 4) == 0 && frame->tcp->ackno == segment->tcp->ackno &&
           frame->tcp->wnd == segment->tcp->wnd &&
           !(TCPH_FLAGS(segment->tcp) & (TCP_FIN | TCP_SYN | TCP_RST | TCP_URG)) &&
           memcmp(frame->tcp + 1, segment->tcp + 1, options) == 0;
}

/* The segment's data, without its headers; false: no room. */
static bool merge_add(struct net_frame *frame, struct pbuf *p, const struct segment *segment)
{
    unsigned skip = segment->header_bytes, count = frame->send.part_count;

    if (frame->pbuf_count == NIC_PARTS_MAX)
        return false;
    for (const struct pbuf *at = p; at; at = at->next) {
        if (at->len > skip) {
            if (count == NIC_PARTS_MAX)
                return false;
            frame->parts[count++] =
                (struct nic_part){(char *)at->payload + skip, (uint32_t)at->len - skip};
        }
        skip = at->len > skip ? 0 : skip - at->len;
    }
    frame->send.part_count = count;
    frame->pbufs[frame->pbuf_count++] = p;
    pbuf_ref(p);
    frame->data_bytes += segment->data_bytes;
    frame->next_number += segment->data_bytes;
    if (segment->push)
        TCPH_SET_FLAG(frame->tcp, TCP_PSH);
    return true;
}

/* lwIP may have been told that segments are twice as large as they can be (tcp_widen);
 * then each is cut in two. */
static bool is_wide(const struct net_card *card, const struct segment *segment)
{
    return segment->data_bytes + segment->header_bytes > (unsigned)card->netif.mtu + ETHERNET_BYTES;
}

static unsigned cut_of(const struct net_card *card, const struct segment *segment)
{
    return is_wide(card, segment) ? (segment->data_bytes + 1) / 2 : segment->data_bytes;
}

/* True: the segment is on its way, in a large frame that may still grow. */
static bool merge(struct net_card *card, struct pbuf *p, const struct kind *kind,
                  struct nic_send *send)
{
    struct segment segment = segment_of(p, kind);
    struct net_frame *frame = card->merge;

    if (frame && is_next(frame, kind, &segment) && merge_add(frame, p, &segment)) {
        if (segment.push || segment.data_bytes < frame->first_bytes)
            merge_end(card);
        return true;
    }
    merge_end(card);
    if (segment.push && !is_wide(card, &segment))
        return false;
    frame = frame_new(p, send);
    if (!frame) { /* at least it is cut up */
        send->segment_bytes = (uint16_t)(is_wide(card, &segment) ? cut_of(card, &segment) : 0);
        send->header_bytes = (uint16_t)segment.header_bytes;
        return false;
    }
    frame->ip = kind->ip;
    frame->tcp = segment.tcp;
    frame->data_bytes = segment.data_bytes;
    frame->next_number = segment.number + segment.data_bytes;
    frame->send.segment_bytes = (uint16_t)cut_of(card, &segment);
    frame->send.header_bytes = (uint16_t)segment.header_bytes;
    frame->send.ip6 = kind->ip6;
    frame->first_bytes = segment.data_bytes;
    card->merge = frame;
    if (segment.push)
        merge_end(card);
    return true;
}

/* ---- from lwIP ---- */

static unsigned parts_of(struct pbuf *p, struct nic_part *parts)
{
    unsigned count = 0;

    for (; p && count < NIC_PARTS_MAX; p = p->next)
        if (p->len)
            parts[count++] = (struct nic_part){p->payload, p->len};
    return p ? 0 : count;
}

static inline err_t frame_out(struct net_card *card, struct pbuf *p, const struct kind *kind)
{
    struct nic_part parts[NIC_PARTS_MAX];
    struct nic_send send = {.parts = parts, .part_count = parts_of(p, parts)};
    unsigned features = card->nic.features;

    if (!send.part_count)
        return ERR_BUF;
    if (kind->protocol == IP_PROTO_TCP && (card->merge || p->tot_len >= MERGE_FROM) &&
        features & (kind->ip6 ? NIC_SEGMENT_IP6 : NIC_SEGMENT_IP4) && merge(card, p, kind, &send))
        return ERR_OK;
    if (card->merge)
        merge_end(card);
    if (kind->protocol && features & NIC_CHECKSUM_OUT)
        checksum_ask(&send, kind, p->tot_len - ETHERNET_BYTES - kind->ip_bytes);
    return frame_single(card, p, &send);
}

/* netif->linkoutput */
err_t net_frame_send(struct netif *netif, struct pbuf *p)
{
    struct kind kind = kind_of(p);

    return frame_out(netif->state, p, &kind);
}

err_t net_frame_send_tcp4(struct net_card *card, struct pbuf *p)
{
    const struct kind kind = {.ip = (unsigned char *)p->payload + ETHERNET_BYTES,
                              .ip_bytes = IP4_BYTES,
                              .protocol = IP_PROTO_TCP};

    return frame_out(card, p, &kind);
}

void net_frames_flush(struct net_card *card)
{
    struct nic *nic = &card->nic;
    struct net_frame *frame;

    merge_end(card);
    while ((frame = card->waiting) && to_card(card, &frame->send)) {
        card->waiting = frame->next;
        card->waiting_count--;
    }
    if (card->flush)
        nic->driver->flush(nic);
    card->flush = card->waiting;
}
