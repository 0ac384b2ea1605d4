/* SPDX-License-Identifier: MIT
 *
 * SO_REUSEPORT: sockets that listen on one port form a ring. One of them has lwIP's
 * description (the pcb) and so gets the next connection; then the one after it has it.
 */
#include "libc-glue/net/inet.h"

#include <lwip/priv/tcp_priv.h>

static void hand_over(struct tcp_socket *from, struct tcp_socket *to)
{
    to->pcb = from->pcb;
    from->pcb = NULL;
    tcp_arg(to->pcb, to);
}

/* Who listens there already, and shares; NULL: nobody. */
static struct tcp_socket *find(const struct tcp_pcb *pcb)
{
    struct tcp_pcb_listen *at = tcp_listen_pcbs.listen_pcbs;

    while (at && !(at->local_port == pcb->local_port && ip_addr_eq(&at->local_ip, &pcb->local_ip)))
        at = at->next;
    struct tcp_socket *socket = at ? at->callback_arg : NULL;
    return socket && socket->inet.base.flags >> SO_REUSEPORT & 1 ? socket : NULL;
}

bool tcp_share_join(struct tcp_socket *socket)
{
    struct tcp_socket *other = NULL;
    struct tcp_pcb *pcb = socket->pcb;

    if (socket->inet.base.flags >> SO_REUSEPORT & 1)
        other = find(pcb);
    if (!other)
        return false;
    tcp_detach(socket);
    tcp_close(pcb);
    socket->next_sharing = other->next_sharing ? other->next_sharing : other;
    other->next_sharing = socket;
    return true;
}

void tcp_share_turn(struct tcp_socket *socket)
{
    if (socket->next_sharing)
        hand_over(socket, socket->next_sharing);
}

bool tcp_share_leave(struct tcp_socket *socket)
{
    struct tcp_socket *next = socket->next_sharing, *before = next;

    if (!next)
        return false;
    while (before->next_sharing != socket)
        before = before->next_sharing;
    if (socket->pcb)
        hand_over(socket, next);
    before->next_sharing = before == next ? NULL : next;
    socket->next_sharing = NULL;
    return true;
}
