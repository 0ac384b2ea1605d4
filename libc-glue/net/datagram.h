/* SPDX-License-Identifier: MIT
 *
 * Sockets for single packets: UDP, and raw ones.
 */
#ifndef NET_DATAGRAM_H
#define NET_DATAGRAM_H

#include "libc-glue/net/inet.h"

#pragma GCC visibility push(hidden)

struct datagram {
    struct datagram *next;
    struct pbuf *p;
    struct inet_name from, to;
    uint64_t at_ns;
    u8_t ttl, tos, netif_index;
};

struct membership { /* of a multicast group */
    struct membership *next;
    ip_addr_t group;
    u8_t netif_index;
};

struct datagram_socket {
    struct inet_socket inet;
    union {
        struct udp_pcb *udp;
        struct raw_pcb *raw;
    };
    bool is_raw, connected, shut_read, shut_write;
    bool header_included; /* IP_HDRINCL */
    struct inet_name peer;
    ip_addr_t peer_from; /* the own address towards the peer */
    struct datagram *first, *last;
    size_t unread_bytes;
    u8_t group_ttl, group_netif;
    bool group_silent; /* what is sent to a group does not come back */
    uint32_t icmp_filter[8];
    struct membership *memberships;
};

static inline struct datagram_socket *datagram_of(struct file *file)
{
    return file->object;
}

/* datagram_socket.c */
extern const struct file_ops udp_file_ops;
void datagram_add(struct datagram_socket *socket, struct pbuf *p, const struct datagram *what);
void datagram_drop(struct datagram_socket *socket); /* the first */
int datagram_bound(struct datagram_socket *socket);
struct datagram_socket *datagram_of_pcb(const struct udp_pcb *pcb); /* NULL: lwIP's own */

/* datagram_share.c */
struct datagram_socket *datagram_share_pick(struct datagram_socket *socket, const ip_addr_t *from,
                                            u16_t port); /* who of those on its port gets it */

/* raw_socket.c */
void raw_pcb_remove(struct datagram_socket *socket);
int raw_pcb_bind(struct datagram_socket *socket, const ip_addr_t *address);

/* datagram_data.c */
void datagram_note(struct datagram *what); /* how the packet came in */
ssize_t datagram_send(struct file *file, struct message *message);
ssize_t datagram_receive(struct file *file, struct message *message);

/* datagram_options.c */
int datagram_option_get(struct file *file, int level, int option, void *value, socklen_t *bytes);
int datagram_option_set(struct file *file, int level, int option, const void *value,
                        socklen_t bytes);
void datagram_memberships_drop(struct datagram_socket *socket);

#pragma GCC visibility pop

#endif
