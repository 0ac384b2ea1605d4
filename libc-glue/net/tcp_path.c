/* SPDX-License-Identifier: MIT
 *
 * The short way of TCP over IPv4 between the cards and lwIP, for segments that nothing is
 * unusual about. Going out it spares looking for what the connection's last segment has
 * found: by which card, and to whose hardware address. What is known of that holds for a
 * moment only, and until something changes; then, and for everything else, a segment goes
 * the long way through lwIP, which sees to it that what it knows of neighbours stays true.
 */
#include "libc-glue/net/connections.h"
#include "libc-glue/net/inet.h"

#include <lwip/etharp.h>
#include <lwip/ip.h>
#include <lwip/memp.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/prot/ip4.h>
#include <string.h>

#define WAY_MS      1000 /* what was found is looked for again after so long */
#define IP4_BYTES   20
#define VERSION_4   0x45 /* and no options */
#define STAMP_BYTES 12   /* two fillers and a timestamp */

static unsigned turn; /* another one when any way may have changed */

void net_ways_changed(void)
{
    turn++;
}

static bool is_known(const struct tcp_link *link)
{
    return link->way && link->way_turn == turn && net_now_ms - link->way_ms < WAY_MS;
}

struct netif *net_tcp_route(struct tcp_pcb *pcb)
{
    const struct tcp_link *link = tcp_link_of(pcb);

    return is_known(link) ? link->way : NULL;
}

/* The segment has gone the long way; when it has got an Ethernet header there, the next
 * ones get the same. */
static void way_learn(struct tcp_link *link, const struct pbuf *p, const unsigned char *tcp,
                      struct netif *netif)
{
    bool is_whole = tcp - (const unsigned char *)p->payload == SIZEOF_ETH_HDR + IP4_BYTES;

    link->way = is_whole && netif != &net_loopback ? netif : NULL;
    link->way_turn = turn;
    link->way_ms = net_now_ms;
    if (link->way)
        memcpy(link->way_head, p->payload, SIZEOF_ETH_HDR);
}

/* ---- out ---- */

static uint16_t header_sum(const uint32_t words[IP4_BYTES / 4])
{
    uint64_t sum = (uint64_t)words[0] + words[1] + words[2] + words[3] + words[4];

    sum = (sum & 0xffffffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

static void header_write(unsigned char *at, const struct tcp_pcb *pcb, unsigned total_bytes)
{
    uint32_t words[IP4_BYTES / 4] = {
        VERSION_4 | (uint32_t)pcb->tos << 8 | (uint32_t)lwip_htons((u16_t)total_bytes) << 16,
        lwip_htons(ip_id++),
        pcb->ttl | IP_PROTO_TCP << 8,
        ip_2_ip4(&pcb->local_ip)->addr,
        ip_2_ip4(&pcb->remote_ip)->addr,
    };

    words[2] |= (uint32_t)(uint16_t)~header_sum(words) << 16;
    memcpy(at, words, sizeof words);
}

err_t net_tcp_output(struct tcp_pcb *pcb, struct pbuf *p, struct netif *netif)
{
    struct tcp_link *link = tcp_link_of(pcb);
    unsigned char *tcp = p->payload;

    if (netif == link->way && is_known(link)) {
        header_write(tcp - IP4_BYTES, pcb, p->tot_len + IP4_BYTES);
        memcpy(tcp - IP4_BYTES - SIZEOF_ETH_HDR, link->way_head, SIZEOF_ETH_HDR);
        p->payload = tcp - IP4_BYTES - SIZEOF_ETH_HDR;
        p->len += IP4_BYTES + SIZEOF_ETH_HDR;
        p->tot_len += IP4_BYTES + SIZEOF_ETH_HDR;
        return net_frame_send_tcp4(net_card_of(netif), p);
    }
    netif->hints = &pcb->netif_hints;
    err_t error =
        ip_output_if(p, &pcb->local_ip, &pcb->remote_ip, pcb->ttl, pcb->tos, IP_PROTO_TCP, netif);
    netif->hints = NULL;
    if (IP_IS_V4_VAL(pcb->local_ip) && error == ERR_OK)
        way_learn(link, p, tcp, netif);
    return error;
}

/* ---- a write that is one segment ---- */

/* Nothing waits to be sent that it could be added to, and neither Nagle's rule nor the
 * program lets it wait for more. */
static bool is_one_segment(const struct tcp_pcb *pcb, size_t size_bytes, unsigned options_bytes)
{
    return !pcb->unsent && (pcb->state == ESTABLISHED || pcb->state == CLOSE_WAIT) &&
           (pcb->flags & TF_NODELAY || !pcb->unacked) && size_bytes + options_bytes <= pcb->mss &&
           size_bytes <= pcb->snd_buf && size_bytes + options_bytes <= pcb->snd_wnd_max / 2 &&
           pcb->snd_queuelen + 1u < TCP_SND_QUEUELEN;
}

static void segment_fill(struct tcp_seg *segment, const struct tcp_pcb *pcb, struct pbuf *p,
                         unsigned options_bytes)
{
    struct tcp_hdr *tcp = (void *)((char *)p->payload - TCP_HLEN);

    tcp->src = lwip_htons(pcb->local_port);
    tcp->dest = lwip_htons(pcb->remote_port);
    tcp->seqno = lwip_htonl(pcb->snd_lbb);
    TCPH_HDRLEN_FLAGS_SET(tcp, (TCP_HLEN + options_bytes) / 4, TCP_PSH);
    tcp->urgp = 0;
    *segment = (struct tcp_seg){.p = p,
                                .len = (u16_t)(p->tot_len - options_bytes),
                                .flags = options_bytes ? TF_SEG_OPTS_TS : 0,
                                .tcphdr = tcp};
    p->payload = tcp;
    p->len += TCP_HLEN;
    p->tot_len += TCP_HLEN;
}

/* What tcp_write() comes to in the most frequent case; false: it is not that. */
static bool segment_write(struct tcp_pcb *pcb, const void *from, size_t size_bytes)
{
    unsigned options_bytes = pcb->flags & TF_TIMESTAMP ? STAMP_BYTES : 0;
    struct tcp_seg *segment;
    struct pbuf *p;

    if (!is_one_segment(pcb, size_bytes, options_bytes) || !(segment = memp_malloc(MEMP_TCP_SEG)))
        return false;
    p = pbuf_alloc(PBUF_TRANSPORT, (u16_t)(size_bytes + options_bytes), PBUF_RAM);
    if (!p) {
        memp_free(MEMP_TCP_SEG, segment);
        return false;
    }
    memcpy((char *)p->payload + options_bytes, from, size_bytes);
    segment_fill(segment, pcb, p, options_bytes);
    pcb->unsent = segment;
    pcb->unsent_oversize = 0;
    pcb->snd_lbb += (u32_t)size_bytes;
    pcb->snd_buf -= (u32_t)size_bytes;
    pcb->snd_queuelen++;
    return true;
}

err_t net_tcp_write(struct tcp_pcb *pcb, const void *from, u16_t size_bytes, bool more)
{
    if (!more && segment_write(pcb, from, size_bytes))
        return ERR_OK;
    return tcp_write(pcb, from, size_bytes, TCP_WRITE_FLAG_COPY | (more ? TCP_WRITE_FLAG_MORE : 0));
}

/* ---- in ---- */

/* It may also be a host of another network: those are rare, and looked at in full. */
static bool may_be_broadcast(const ip4_addr_t *address, const struct netif *netif)
{
    return !address->addr || !~(address->addr | netif_ip4_netmask(netif)->addr);
}

/* All that ip4_input() looks at, of a packet that it has nothing to do for. */
static bool is_usual(const struct pbuf *p, struct netif *netif)
{
    const struct ip_hdr *ip = p->payload;
    const ip4_addr_t *own = netif_ip4_addr(netif);
    ip4_addr_t from;
    uint32_t words[IP4_BYTES / 4];

    if (p->len < IP4_BYTES || ip->_v_hl != VERSION_4 || ip->_proto != IP_PROTO_TCP ||
        (ip->_offset & PP_HTONS(IP_OFFMASK | IP_MF)) || lwip_ntohs(ip->_len) != p->tot_len ||
        ip->dest.addr != own->addr || ip4_addr_isany_val(*own) || !netif_is_up(netif))
        return false;
    memcpy(words, ip, sizeof words);
    from.addr = ip->src.addr;
    return header_sum(words) == 0xffff && !ip4_addr_ismulticast(&from) &&
           !may_be_broadcast(&from, netif) && !net_memory_count(MEMP_RAW_PCB);
}

bool net_tcp4_input(struct pbuf *p, struct netif *netif)
{
    const struct ip_hdr *ip = p->payload;

    if (!is_usual(p, netif))
        return false;
    ip_data.current_netif = ip_data.current_input_netif = netif;
    ip_data.current_ip4_header = ip;
    ip_data.current_ip_header_tot_len = IP4_BYTES;
    ip_addr_copy_from_ip4(ip_data.current_iphdr_dest, ip->dest);
    ip_addr_copy_from_ip4(ip_data.current_iphdr_src, ip->src);
    p->payload = (char *)p->payload + IP4_BYTES;
    p->len -= IP4_BYTES;
    p->tot_len -= IP4_BYTES;
    tcp_input(p, netif);
    ip_data.current_netif = ip_data.current_input_netif = NULL;
    ip_data.current_ip4_header = NULL;
    ip_data.current_ip_header_tot_len = 0;
    ip4_addr_set_any(ip4_current_src_addr());
    ip4_addr_set_any(ip4_current_dest_addr());
    return true;
}
