/* SPDX-License-Identifier: MIT
 *
 * Raw sockets: a protocol of IP without its ports, for ping and its like.
 */
#include "libc-glue/net/datagram.h"

#include <lwip/ip.h>
#include <lwip/raw.h>

/* Everybody else may want the packet as well: a copy is enough here. IPv6 comes without
 * its header, as on Linux. */
static u8_t received(void *argument, struct raw_pcb *pcb, struct pbuf *p, const ip_addr_t *from)
{
    struct datagram_socket *socket = argument;
    struct datagram what = {.from.address = *from, .to.address = *ip_current_dest_addr()};
    u16_t skip = ip_current_is_v6() ? ip_current_header_tot_len() : 0;
    u16_t left = p->tot_len > skip ? (u16_t)(p->tot_len - skip) : 0;
    struct pbuf *copy;

    (void)pcb;
    if (socket->connected && !ip_addr_eq(&socket->peer.address, from))
        return 0;
    copy = pbuf_alloc(PBUF_RAW, left, left <= 1900 ? PBUF_RAM : PBUF_POOL);
    if (!copy)
        return 0;
    for (struct pbuf *at = copy; at; at = at->next) {
        pbuf_copy_partial(p, at->payload, at->len, skip);
        skip += at->len;
    }
    datagram_note(&what);
    datagram_add(socket, copy, &what);
    return 0;
}

int raw_socket_make(int family, int protocol, struct file **made)
{
    struct datagram_socket *socket = object_new(sizeof *socket);

    if (!socket)
        return -ENOMEM;
    inet_begin(&socket->inet, family, SOCK_RAW, protocol);
    socket->is_raw = true;
    socket->header_included = protocol == IPPROTO_RAW;
    socket->group_ttl = 1;
    bool were_on = net_enter();
    socket->raw =
        raw_new_ip_type(family == AF_INET ? IPADDR_TYPE_V4 : IPADDR_TYPE_V6, (u8_t)protocol);
    if (socket->raw) {
        socket->raw->ttl = IP_DEFAULT_TTL;
        if (socket->header_included)
            raw_set_flags(socket->raw, RAW_FLAGS_HDRINCL);
        if (family == AF_INET6 && protocol == IPPROTO_ICMPV6) {
            socket->raw->chksum_reqd = 1;
            socket->raw->chksum_offset = 2;
        }
        raw_recv(socket->raw, received, socket);
    }
    net_leave(were_on);
    *made = socket->raw ? file_new(&udp_file_ops, O_RDWR) : NULL;
    if (*made) {
        (*made)->object = socket;
        return 0;
    }
    were_on = net_enter();
    if (socket->raw)
        raw_remove(socket->raw);
    net_leave(were_on);
    object_free(socket);
    return -ENOMEM;
}

void raw_pcb_remove(struct datagram_socket *socket)
{
    raw_remove(socket->raw);
}

int raw_pcb_bind(struct datagram_socket *socket, const ip_addr_t *address)
{
    return error_of(raw_bind(socket->raw, address));
}
