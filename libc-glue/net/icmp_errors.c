/* SPDX-License-Identifier: MIT
 *
 * What comes back for packets that could not be delivered: connected UDP sockets are
 * told, and connections that are being set up fail at once. lwIP itself takes no notice.
 */
#include "libc-glue/net/datagram.h"

#include <lwip/icmp.h>
#include <lwip/ip.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/prot/icmp6.h>
#include <lwip/raw.h>
#include <lwip/udp.h>
#include <string.h>

#define QUOTED_BYTES 8 /* of the packet's own header: ports, and a sequence number */

struct quoted {
    uint8_t protocol;
    uint16_t from, to; /* ports */
    uint32_t number;
    ip_addr_t address; /* where it went */
    int error;
};

static void tell_udp(const struct quoted *quoted)
{
    for (struct udp_pcb *pcb = udp_pcbs; pcb; pcb = pcb->next) {
        if (pcb->local_port != quoted->from || pcb->remote_port != quoted->to ||
            !(pcb->flags & UDP_FLAGS_CONNECTED) || !ip_addr_eq(&pcb->remote_ip, &quoted->address))
            continue;
        struct datagram_socket *socket = datagram_of_pcb(pcb);
        if (!socket)
            return;
        socket->inet.base.error = quoted->error;
        source_changed(&socket->inet.base.source, POLLERR | POLLIN);
        return;
    }
}

/* Only while it is being set up: later on a route may come back. */
static void tell_tcp(const struct quoted *quoted)
{
    struct tcp_pcb *pcb = tcp_active_pcbs;

    while (pcb && !(pcb->state == SYN_SENT && pcb->local_port == quoted->from &&
                    pcb->remote_port == quoted->to && pcb->lastack == quoted->number &&
                    ip_addr_eq(&pcb->remote_ip, &quoted->address)))
        pcb = pcb->next;
    if (pcb && pcb->callback_arg)
        tcp_connect_fail(pcb->callback_arg, quoted->error);
}

static void tell(const struct pbuf *p, size_t at, struct quoted *quoted)
{
    uint8_t header[QUOTED_BYTES];

    if (pbuf_copy_partial(p, header, sizeof header, (u16_t)at) != sizeof header)
        return;
    quoted->from = (uint16_t)(header[0] << 8 | header[1]);
    quoted->to = (uint16_t)(header[2] << 8 | header[3]);
    memcpy(&quoted->number, header + 4, 4);
    /* As lwIP has it while nothing was acknowledged: the number of the SYN. */
    quoted->number = lwip_ntohl(quoted->number);
    if (quoted->protocol == IP_PROTO_UDP)
        tell_udp(quoted);
    else if (quoted->protocol == IP_PROTO_TCP)
        tell_tcp(quoted);
}

static u8_t received4(void *argument, struct raw_pcb *pcb, struct pbuf *p, const ip_addr_t *from)
{
    static const unsigned char errors[] = {ENETUNREACH, EHOSTUNREACH, ENOPROTOOPT, ECONNREFUSED, 0};
    struct icmp_hdr icmp;
    struct ip_hdr ip;
    u16_t at = ip_current_header_tot_len();
    struct quoted quoted = {.error = EHOSTUNREACH};

    (void)argument, (void)pcb, (void)from;
    if (pbuf_copy_partial(p, &icmp, sizeof icmp, at) != sizeof icmp || icmp.type != ICMP_DUR ||
        pbuf_copy_partial(p, &ip, sizeof ip, (u16_t)(at + sizeof icmp)) != sizeof ip)
        return 0;
    if (icmp.code < sizeof errors)
        quoted.error = errors[icmp.code];
    quoted.protocol = IPH_PROTO(&ip);
    ip_addr_set_ip4_u32_val(quoted.address, ip.dest.addr);
    if (quoted.error)
        tell(p, at + sizeof icmp + IPH_HL_BYTES(&ip), &quoted);
    return 0;
}

static u8_t received6(void *argument, struct raw_pcb *pcb, struct pbuf *p, const ip_addr_t *from)
{
    static const unsigned char errors[] = {ENETUNREACH, EACCES, EHOSTUNREACH, EHOSTUNREACH,
                                           ECONNREFUSED};
    struct icmp6_hdr icmp;
    struct ip6_hdr ip;
    u16_t at = ip_current_header_tot_len();
    struct quoted quoted = {.error = EHOSTUNREACH};

    (void)argument, (void)pcb, (void)from;
    if (pbuf_copy_partial(p, &icmp, sizeof icmp, at) != sizeof icmp ||
        icmp.type != ICMP6_TYPE_DUR ||
        pbuf_copy_partial(p, &ip, sizeof ip, (u16_t)(at + sizeof icmp)) != sizeof ip)
        return 0;
    if (icmp.code < sizeof errors)
        quoted.error = errors[icmp.code];
    quoted.protocol = IP6H_NEXTH(&ip);
    IP_ADDR6(&quoted.address, ip.dest.addr[0], ip.dest.addr[1], ip.dest.addr[2], ip.dest.addr[3]);
    if (ip6_addr_has_scope(ip_2_ip6(&quoted.address), IP6_UNKNOWN))
        ip6_addr_assign_zone(ip_2_ip6(&quoted.address), IP6_UNKNOWN, ip_current_input_netif());
    tell(p, at + sizeof icmp + IP6_HLEN, &quoted);
    return 0;
}

void net_icmp_watch(void)
{
    static struct raw_pcb *four, *six;

    if (!four && (four = raw_new_ip_type(IPADDR_TYPE_V4, IP_PROTO_ICMP)))
        raw_recv(four, received4, NULL);
    if (!six && (six = raw_new_ip_type(IPADDR_TYPE_V6, IP6_NEXTH_ICMP6)))
        raw_recv(six, received6, NULL);
}
