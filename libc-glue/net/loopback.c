/* SPDX-License-Identifier: MIT
 *
 * The loopback interface, and what is sent to our own addresses or to groups we may be in:
 * it is copied, because the sender may need its own once more, and comes in when somebody
 * looks.
 */
#include "libc-glue/net/net.h"

#include <lwip/ip.h>

#include "libc-glue/files.h"

#define QUEUE_MAX   4096
#define DELIVER_MAX 256
#define SINGLE_MAX  1900 /* more than that comes in pages */

struct looped {
    struct looped *next;
    struct netif *netif; /* where it comes in */
    struct pbuf *p;
};

struct netif net_loopback;
static struct looped *first, *last;
unsigned net_loopback_count;

err_t net_loop(struct netif *netif, struct pbuf *p)
{
    struct looped *looped = net_loopback_count < QUEUE_MAX ? object_take(sizeof *looped) : NULL;
    struct pbuf *copy = NULL;

    if (looped)
        copy = pbuf_alloc(PBUF_RAW, p->tot_len, p->tot_len <= SINGLE_MAX ? PBUF_RAM : PBUF_POOL);
    if (!copy) {
        object_free(looped);
        return ERR_MEM;
    }
    pbuf_copy(copy, p);
    copy->if_idx = netif_get_index(netif);
    looped->next = NULL;
    looped->netif = netif;
    looped->p = copy;
    *(first ? &last->next : &first) = looped;
    last = looped;
    net_loopback_count++;
    net_active = true;
    return ERR_OK;
}

static err_t output4(struct netif *netif, struct pbuf *p, const ip4_addr_t *to)
{
    (void)to;
    return net_loop(netif, p);
}

static err_t output6(struct netif *netif, struct pbuf *p, const ip6_addr_t *to)
{
    (void)to;
    return net_loop(netif, p);
}

unsigned net_loopback_deliver(void)
{
    unsigned delivered = 0;

    for (int i = 0; i < DELIVER_MAX && first; i++) {
        struct looped *looped = first;
        first = looped->next;
        net_loopback_count--;
        looped->netif->chksum_flags &= (u16_t)~NET_CHECK_BY_CARD;
        ip_input(looped->p, looped->netif);
        object_free(looped);
        delivered++;
    }
    return delivered;
}

static err_t prepare(struct netif *netif)
{
    netif->name[0] = 'l';
    netif->name[1] = 'o';
    netif->output = output4;
    netif->output_ip6 = output6;
    netif->mtu = UINT16_MAX;
    netif->flags = NETIF_FLAG_LINK_UP | NETIF_FLAG_IGMP | NETIF_FLAG_MLD6; /* groups too */
    netif->chksum_flags = 0;                                               /* it is memory */
    return ERR_OK;
}

void net_loopback_start(void)
{
    ip4_addr_t address, mask, none = {0};

    IP4_ADDR(&address, 127, 0, 0, 1);
    IP4_ADDR(&mask, 255, 0, 0, 0);
    netif_add(&net_loopback, &address, &mask, &none, NULL, prepare, ip_input);
    IP_ADDR6_HOST(net_loopback.ip6_addr, 0, 0, 0, 1);
    net_loopback.ip6_addr_state[0] = IP6_ADDR_PREFERRED;
    netif_set_up(&net_loopback);
}

/* ---- routes: the hooks in lwipopts.h ---- */

struct netif *net_route4(const void *to)
{
    const ip4_addr_t *address = to;

    if (ip4_addr_isloopback(address))
        return &net_loopback;
    for (unsigned i = 0; i < net_card_count; i++)
        if (ip4_addr_eq(address, netif_ip4_addr(&net_cards[i]->netif)) &&
            !ip4_addr_isany_val(*address))
            return &net_loopback;
    return NULL;
}

struct netif *net_route6(const void *to)
{
    const ip6_addr_t *address = to;

    if (ip6_addr_isloopback(address))
        return &net_loopback;
    for (unsigned i = 0; i < net_card_count; i++)
        if (netif_get_ip6_addr_match(&net_cards[i]->netif, address) >= 0)
            return &net_loopback;
    return NULL;
}
