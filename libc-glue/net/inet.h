/* SPDX-License-Identifier: MIT
 *
 * Sockets of AF_INET and AF_INET6.
 */
#ifndef NET_INET_H
#define NET_INET_H

#include <netinet/in.h>

#include "libc-glue/net/net.h"
#include "libc-glue/pipe.h"
#include "libc-glue/sockets.h"

#pragma GCC visibility push(hidden)

struct tcp_pcb;
struct udp_pcb;
struct raw_pcb;

/* An end of a connection, or where datagrams come from and go to. */
struct inet_name {
    ip_addr_t address;
    u16_t port;
};

struct inet_socket {
    struct socket base;
    bool v6only;
    bool bound;       /* to a port, by the program or by itself */
    u8_t ttl, tos;    /* of what it sends; 0: as usual */
    u8_t netif_index; /* SO_BINDTODEVICE; 0: any */
    unsigned tell;    /* TELL_...: what the program wants to know of what came */
};
enum { TELL_PACKET = 1, TELL_TTL = 2, TELL_TOS = 4, TELL_TIME = 8, TELL_ERRORS = 16 };

static inline struct inet_socket *inet_of(struct file *file)
{
    return file->object;
}

/* inet_socket.c */
void inet_begin(struct inet_socket *socket, int family, int type, int protocol);
int inet_control(struct file *file, unsigned long request, void *argument);
int error_of(err_t error); /* 0 or -errno */

/* inet_names.c */
int inet_name_take(const struct inet_socket *socket, const struct sockaddr *name,
                   socklen_t name_bytes, struct inet_name *to);
int inet_name_make(const struct inet_socket *socket, const ip_addr_t *address, u16_t port,
                   struct sockaddr_storage *name); /* its length */
u8_t inet_pcb_type(const struct inet_socket *socket);
bool inet_is_local(const ip_addr_t *address);
bool inet_is_any(const ip_addr_t *address);
void inet_any_to_loopback(ip_addr_t *address);
/* What a program may bind to: 0, -EADDRNOTAVAIL. */
int inet_may_bind(const ip_addr_t *address);

/* inet_options.c: those of all kinds; -ENOPROTOOPT: another's */
int inet_option_get(struct inet_socket *socket, int level, int option, void *value,
                    socklen_t *bytes);
int inet_option_set(struct inet_socket *socket, int level, int option, const void *value,
                    socklen_t bytes);
int give_int(void *to, socklen_t *bytes, int value);
int give_bytes(void *to, socklen_t *bytes, const void *from, socklen_t from_bytes);

/* inet_pieces.c: between lwIP's buffers and the program's memory */
/* Copies out of a list of buffers, from its byte number `from` on: how many, or -EFAULT
 * when not even one. */
ssize_t pieces_from_pbufs(const struct message *message, size_t done, const struct pbuf *first,
                          size_t size_bytes);
/* The whole message behind room for headers; NULL with *error. */
struct pbuf *pbuf_of_pieces(const struct message *message, pbuf_layer layer, int *error);
/* The piece in which the message's byte number done is: what is left of it. */
struct iovec piece_find(const struct message *message, size_t done);
static inline struct iovec piece_at(const struct message *message, size_t done)
{
    const struct iovec *piece = message->pieces;

    if (message->piece_count != 1 || done >= piece->iov_len)
        return piece_find(message, done);
    return (struct iovec){(char *)piece->iov_base + done, piece->iov_len - done};
}

/* ---- connections: tcp_*.c ---- */

enum tcp_phase { PHASE_NEW, PHASE_LISTENING, PHASE_CONNECTING, PHASE_CONNECTED, PHASE_OVER };

struct tcp_socket {
    struct inet_socket inet;
    struct tcp_pcb *pcb; /* lwIP's; NULL: none yet, or none any more */
    enum tcp_phase phase;
    bool ended;                 /* the other end sends no more */
    bool shut_read, shut_write; /* ours does not */
    bool full;                  /* somebody was told that there is no room to send */
    bool corked;
    bool connect_untold; /* connect has not said yet that it has worked */
    struct inet_name local, peer;
    /* received, and not read yet: a list by `next`; lwIP's sums of lengths mean nothing */
    struct pbuf *first, *last;
    size_t unread_bytes;
    size_t withheld_bytes; /* of the window: SO_RCVBUF asks for a smaller one */
    /* connections that nobody has accepted yet */
    struct tcp_socket *waiting, *waiting_last, *next_waiting;
    unsigned waiting_count;
    struct tcp_socket *listener;
    struct tcp_socket *next_sharing; /* tcp_share.c: a ring of listeners; NULL: alone */
    /* options that lwIP's description of a connection does not keep */
    unsigned user_wait_ms, keep_idle_s, keep_interval_s, keep_count;
    bool stalled; /* nothing was acknowledged since: TCP_USER_TIMEOUT */
    uint32_t stalled_at_ms;
    int mss_max;
    unsigned segment_bytes; /* agreed with the other end */
    bool no_delay;
    u64_t received_bytes, sent_bytes;
};

static inline struct tcp_socket *tcp_of(struct file *file)
{
    return file->object;
}

/* tcp_socket.c */
extern const struct file_ops tcp_file_ops;
int tcp_socket_make(int family, int protocol, struct file **made);
struct tcp_socket *tcp_socket_new(int family);
void tcp_socket_free(struct tcp_socket *socket);
int tcp_pcb_need(struct tcp_socket *socket);
void tcp_attach(struct tcp_socket *socket, struct tcp_pcb *pcb);
void tcp_detach(struct tcp_socket *socket); /* lwIP goes on alone */
void tcp_names_keep(struct tcp_socket *socket);
size_t tcp_room(const struct tcp_socket *socket);
void tcp_close_pcb(struct tcp_socket *socket);

/* tcp_listen.c */
int tcp_socket_listen(struct file *file, int backlog);
int tcp_socket_accept(struct file *file, struct file **accepted);
void tcp_waiting_drop(struct tcp_socket *socket);

/* tcp_share.c */
bool tcp_share_join(struct tcp_socket *socket);  /* true: others listen there, and it with them */
void tcp_share_turn(struct tcp_socket *socket);  /* has had a connection: the next one's turn */
bool tcp_share_leave(struct tcp_socket *socket); /* true: the others go on */

/* tcp_connect.c */
int tcp_socket_bind(struct file *file, const struct sockaddr *name, socklen_t name_bytes);
int tcp_socket_connect(struct file *file, const struct sockaddr *name, socklen_t name_bytes);

void tcp_connect_fail(struct tcp_socket *socket, int error);

/* tcp_path.c: copies it all into the connection's queue, or nothing */
err_t net_tcp_write(struct tcp_pcb *pcb, const void *from, u16_t size_bytes, bool more);

/* tcp_send.c, tcp_receive.c */
ssize_t tcp_socket_send(struct file *file, struct message *message);
ssize_t tcp_socket_receive(struct file *file, struct message *message);
void tcp_unread_drop(struct tcp_socket *socket);
void tcp_window_begin(struct tcp_socket *socket);
void tcp_window_follow(struct tcp_socket *socket, size_t read_bytes);

/* tcp_options.c */
int tcp_option_get(struct file *file, int level, int option, void *value, socklen_t *bytes);
int tcp_option_set(struct file *file, int level, int option, const void *value, socklen_t bytes);
void tcp_options_apply(struct tcp_socket *socket);
void tcp_reuse_apply(struct tcp_socket *socket);
void tcp_look_soon(struct tcp_socket *socket); /* for memory, and TCP_USER_TIMEOUT */
void tcp_widen(struct tcp_socket *socket);     /* once the connection is there */

/* datagram_socket.c, raw_socket.c */
int udp_socket_make(int family, int protocol, struct file **made);
int raw_socket_make(int family, int protocol, struct file **made);

#pragma GCC visibility pop

#endif
