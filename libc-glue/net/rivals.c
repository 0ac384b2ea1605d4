/* SPDX-License-Identifier: MIT
 *
 * Somebody else with our address of IPv4 (RFC 5227). It is asked for when the address is new
 * and when the link comes up, but nobody waits for the answer: the address is used at once.
 * When somebody is there, then or later, who runs the machine is told, once for each other
 * card, and the address is kept and claimed again, so that neighbours come back to us; not
 * oftener than every ten seconds, so that two who both insist do no more than that.
 */
#include <lwip/etharp.h>
#include <lwip/prot/etharp.h>
#include <netif/ethernet.h>
#include <string.h>

#include "libc-glue/net/configure.h"

#define DEFEND_NS 10000000000ull

static bool is_ethernet_ip4(const struct etharp_hdr *message)
{
    return message->hwtype == PP_HTONS(1) && message->hwlen == NIC_ADDRESS_BYTES &&
           message->proto == PP_HTONS(ETHTYPE_IP) && message->protolen == sizeof(ip4_addr_t);
}

/* A question in nobody's name: one in ours would teach it to who hears it (section 1.1). */
void net_rivals_ask(struct netif *netif)
{
    struct pbuf *p = pbuf_alloc(PBUF_LINK, sizeof(struct etharp_hdr), PBUF_RAM);
    struct etharp_hdr *message;

    if (!p)
        return;
    message = p->payload;
    memset(message, 0, sizeof *message);
    message->hwtype = PP_HTONS(1);
    message->proto = PP_HTONS(ETHTYPE_IP);
    message->hwlen = NIC_ADDRESS_BYTES;
    message->protolen = sizeof(ip4_addr_t);
    message->opcode = PP_HTONS(ARP_REQUEST);
    memcpy(&message->shwaddr, netif->hwaddr, NIC_ADDRESS_BYTES);
    memcpy(&message->dipaddr, netif_ip4_addr(netif), sizeof(ip4_addr_t));
    ethernet_output(netif, p, (struct eth_addr *)netif->hwaddr, &ethbroadcast, ETHTYPE_ARP);
    pbuf_free(p);
}

void net_rivals_look(struct netif *netif, const struct pbuf *p)
{
    struct configured *configured = net_configured_of(netif);
    const struct etharp_hdr *message = p->payload;
    ip4_addr_t from;

    if (!configured || p->len < sizeof *message || !is_ethernet_ip4(message))
        return;
    memcpy(&from, &message->sipaddr, sizeof from);
    if (ip4_addr_isany_val(from) || !ip4_addr_eq(&from, netif_ip4_addr(netif)) ||
        memcmp(&message->shwaddr, netif->hwaddr, NIC_ADDRESS_BYTES) == 0)
        return;
    if (memcmp(configured->rival, &message->shwaddr, NIC_ADDRESS_BYTES) != 0) {
        memcpy(configured->rival, &message->shwaddr, NIC_ADDRESS_BYTES);
        net_tell_rival(configured->card, &netif->ip_addr, configured->rival);
    }
    if (configured->defended_ns && net_now_ns - configured->defended_ns < DEFEND_NS)
        return;
    configured->defended_ns = net_now_ns;
    etharp_gratuitous(netif);
}
