/* SPDX-License-Identifier: MIT
 *
 * Network cards as lwIP's interfaces, and what they receive: the memory a card has filled
 * goes up as it is, and comes back when somebody has read it.
 */
#include "libc-glue/net/net.h"

#include <lwip/ethip6.h>
#include <lwip/etharp.h>
#include <lwip/ip4.h>
#include <lwip/ip6.h>
#include <string.h>

#include "kernel/memory.h"
#include "libc-glue/files.h"

#define ETHERNET_BYTES   14
#define TYPE_IP4         0x0800
#define TYPE_ARP         0x0806
#define TYPE_IP6         0x86dd
#define BUFFER_BYTES_MIN (64 << 10)
#define BUFFER_BYTES_MAX (2 << 20)

struct net_card *net_cards[NET_CARDS_MAX];
unsigned net_card_count;

static struct nic_frame *frame_of(struct pbuf *p)
{
    return (struct nic_frame *)((char *)p - offsetof(struct nic_frame, owner));
}

static void frame_free(struct pbuf *p)
{
    struct nic_frame *frame = frame_of(p);

    ((struct net_card *)frame->nic->owner)->lent--;
    frame->nic->driver->give_back(frame->nic, frame);
}

_Static_assert(sizeof(struct pbuf_custom) <= NIC_OWNER_BYTES, "a frame's place for its owner");

static struct pbuf *frame_wrap(struct net_card *card, struct nic_frame *frame)
{
    struct pbuf_custom *custom = (void *)frame->owner;

    card->lent++;
    custom->custom_free_function = frame_free;
    return pbuf_alloced_custom(PBUF_RAW, (u16_t)frame->size_bytes, PBUF_REF, custom, frame->data,
                               (u16_t)frame->size_bytes);
}

/* Without the Ethernet header, with which the largest would not fit into lwIP's numbers. */
static struct pbuf *frame_chain(struct net_card *card, struct nic_frame *frame)
{
    struct pbuf *first, *last;
    size_t total = 0;

    frame->data += ETHERNET_BYTES;
    frame->size_bytes -= ETHERNET_BYTES;
    first = last = frame_wrap(card, frame);
    total = frame->size_bytes;
    for (struct nic_frame *next = frame->next; next; next = next->next) {
        last = last->next = frame_wrap(card, next);
        total += next->size_bytes;
    }
    if (total > UINT16_MAX) {
        first->tot_len = 0;
        pbuf_free(first);
        return NULL;
    }
    for (struct pbuf *p = first; p->next; p = p->next) {
        p->tot_len = (u16_t)total;
        total -= p->len;
    }
    return first;
}

/* Not a frame at all. */
static void frame_drop(struct net_card *card, struct nic_frame *frame)
{
    for (struct nic_frame *next; frame; frame = next) {
        next = frame->next;
        card->nic.driver->give_back(&card->nic, frame);
    }
    card->nic.dropped_frames++;
}

/* The card is short of buffers: it gets these back at once. */
static struct pbuf *copied(struct pbuf *p)
{
    struct pbuf *copy = pbuf_alloc(PBUF_RAW, p->tot_len, p->tot_len <= 1900 ? PBUF_RAM : PBUF_POOL);

    if (copy)
        pbuf_copy(copy, p);
    pbuf_free(p);
    return copy;
}

static bool is_same_address(const unsigned char *a, const unsigned char *b)
{
    uint32_t first[2];
    uint16_t last[2];

    memcpy(&first[0], a, 4), memcpy(&first[1], b, 4);
    memcpy(&last[0], a + 4, 2), memcpy(&last[1], b + 4, 2);
    return first[0] == first[1] && last[0] == last[1];
}

static void arp_take(struct netif *netif, struct pbuf *p)
{
    net_rivals_look(netif, p);
    etharp_input(p, netif);
    net_ways_changed();
}

static void received(struct nic *nic, struct nic_frame *frame)
{
    struct net_card *card = nic->owner;
    struct netif *netif = &card->netif;
    const unsigned char *header = frame->data;
    struct pbuf *p;

    if (frame->size_bytes < ETHERNET_BYTES) {
        frame_drop(card, frame);
        return;
    }
    if (frame->flags & NIC_FRAME_CHECKED)
        netif->chksum_flags &= (u16_t)~NET_CHECK_BY_CARD;
    else
        netif->chksum_flags |= NET_CHECK_BY_CARD;
    unsigned type = (unsigned)header[12] << 8 | header[13];
    bool is_scarce = frame->flags & NIC_FRAME_SCARCE, is_broadcast = header[0] == 0xff;
    bool is_group = header[0] & 1, is_ours = is_same_address(header, netif->hwaddr);
    p = is_group || is_ours ? frame_chain(card, frame) : NULL;
    if (!p) {
        if (!is_group && !is_ours)
            frame_drop(card, frame);
        return;
    }
    if (is_scarce && !(p = copied(p)))
        return;
    p->if_idx = netif_get_index(netif);
    if (is_group)
        p->flags |= is_broadcast ? PBUF_FLAG_LLBCAST : PBUF_FLAG_LLMCAST;
    if (type == TYPE_IP4) {
        if (is_group || !net_tcp4_input(p, netif))
            ip4_input(p, netif);
    } else if (type == TYPE_IP6) {
        ip6_input(p, netif);
    } else if (type == TYPE_ARP) {
        arp_take(netif, p);
    } else {
        pbuf_free(p);
    }
}

/* ---- the interface ---- */

static void changed(struct nic *nic)
{
    struct net_card *card = nic->owner;

    if (nic->link_up)
        netif_set_link_up(&card->netif);
    else
        netif_set_link_down(&card->netif);
    net_changed();
}

/* Datagrams to a group come back to who is in it here. */
static err_t output4(struct netif *netif, struct pbuf *p, const ip4_addr_t *to)
{
    if (p->flags & PBUF_FLAG_MCASTLOOP)
        net_loop(netif, p);
    return etharp_output(netif, p, to);
}

static err_t output6(struct netif *netif, struct pbuf *p, const ip6_addr_t *to)
{
    if (p->flags & PBUF_FLAG_MCASTLOOP)
        net_loop(netif, p);
    return ethip6_output(netif, p, to);
}

static err_t prepare(struct netif *netif)
{
    struct net_card *card = netif->state;
    const struct nic *nic = &card->nic;

    netif->name[0] = 'e';
    netif->name[1] = 't';
    netif->output = output4;
    netif->output_ip6 = output6;
    netif->linkoutput = net_frame_send;
    netif->hwaddr_len = NIC_ADDRESS_BYTES;
    memcpy(netif->hwaddr, nic->address, NIC_ADDRESS_BYTES);
    netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET |
                   NETIF_FLAG_IGMP | NETIF_FLAG_MLD6;
    return ERR_OK;
}

static err_t no_input(struct pbuf *p, struct netif *netif)
{
    (void)netif;
    pbuf_free(p);
    return ERR_OK;
}

static size_t buffer_bytes(void)
{
    size_t bytes = memory_total_bytes() / 24;

    return bytes < BUFFER_BYTES_MIN   ? BUFFER_BYTES_MIN
           : bytes > BUFFER_BYTES_MAX ? BUFFER_BYTES_MAX
                                      : bytes;
}

static bool card_start(struct net_card *card)
{
    struct nic *nic = &card->nic;

    nic->received = received;
    nic->sent = net_frame_sent;
    nic->changed = changed;
    nic->owner = card;
    if (!netif_add(&card->netif, NULL, NULL, NULL, card, prepare, no_input))
        return false;
    if (!nic->driver->start(nic, buffer_bytes())) {
        netif_remove(&card->netif);
        return false;
    }
    card->netif.mtu = card->netif.mtu6 = (u16_t)nic->mtu;
    if (nic->link_up)
        card->netif.flags |= NETIF_FLAG_LINK_UP;
    if (nic->features & NIC_CHECKSUM_OUT)
        card->netif.chksum_flags &= (u16_t) ~(NETIF_CHECKSUM_GEN_TCP | NETIF_CHECKSUM_GEN_UDP);
    if (nic->driver->groups)
        nic->driver->groups(nic);
    memcpy(card->name, "eth0", 5);
    card->name[3] = (char)('0' + net_card_count);
    netif_set_up(&card->netif);
    net_cards[net_card_count++] = card;
    return true;
}

/* All cards of one kind. The one after the last found is looked for in vain. */
static void kind_start(const struct nic_driver *driver)
{
    struct net_card *card = NULL;

    for (unsigned n = 0; net_card_count < NET_CARDS_MAX; n++) {
        if (!card)
            card = object_new(sizeof *card);
        if (!card)
            return;
        memset(card, 0, sizeof *card);
        card->nic.driver = driver;
        card->nic.mtu = 1500;
        if (!driver->find(&card->nic, n))
            break;
        if (card_start(card))
            card = NULL;
    }
    object_free(card);
}

void net_cards_start(void)
{
    for (const struct nic_driver *const *driver = nic_drivers; *driver; driver++)
        kind_start(*driver);
}

/* ---- names ---- */

struct netif *net_netif_by_name(const char *name)
{
    if (strcmp(name, "lo") == 0)
        return &net_loopback;
    for (unsigned i = 0; i < net_card_count; i++)
        if (strcmp(net_cards[i]->name, name) == 0)
            return &net_cards[i]->netif;
    return NULL;
}

void net_netif_name(const struct netif *netif, char name[NET_NAME_BYTES])
{
    const struct net_card *card = netif->state;

    if (netif == &net_loopback)
        memcpy(name, "lo", 3);
    else
        memcpy(name, card->name, NET_NAME_BYTES);
}
