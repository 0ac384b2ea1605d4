/* SPDX-License-Identifier: MIT
 *
 * SO_REUSEPORT of datagrams: of the sockets that share a name each flow has one, the same
 * as long as nobody comes or goes.
 */
#include "libc-glue/net/datagram.h"

#include <lwip/ip.h>
#include <lwip/udp.h>

static bool shares(const struct udp_pcb *pcb, const struct udp_pcb *with)
{
    const struct datagram_socket *socket = datagram_of_pcb(pcb);

    return socket && !socket->connected && socket->inet.base.flags >> SO_REUSEPORT & 1 &&
           pcb->local_port == with->local_port && pcb->netif_idx == with->netif_idx &&
           ip_addr_eq(&pcb->local_ip, &with->local_ip);
}

/* That all of them get, one after the other. */
static bool is_for_many(void)
{
    const ip_addr_t *to = ip_current_dest_addr();

    return ip_addr_ismulticast(to) || ip_addr_isbroadcast(to, ip_current_netif());
}

/* The next one from `pcb` on. */
static struct udp_pcb *sharing(struct udp_pcb *pcb, const struct udp_pcb *with)
{
    while (pcb && !shares(pcb, with))
        pcb = pcb->next;
    return pcb;
}

struct datagram_socket *datagram_share_pick(struct datagram_socket *socket, const ip_addr_t *from,
                                            u16_t port)
{
    struct udp_pcb *pcb, *with = socket->udp;
    unsigned count = 0, turn;

    if (!shares(with, with) || is_for_many())
        return socket;
    for (pcb = sharing(udp_pcbs, with); pcb; pcb = sharing(pcb->next, with))
        count++;
    turn = net_flow_hash(ip_current_dest_addr(), with->local_port, from, port) % count;
    for (pcb = sharing(udp_pcbs, with); turn--; pcb = sharing(pcb->next, with))
        ;
    return datagram_of_pcb(pcb);
}
