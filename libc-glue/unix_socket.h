/* SPDX-License-Identifier: MIT
 *
 * Sockets of AF_UNIX: both ends are in this program.
 */
#ifndef GLUE_UNIX_SOCKET_H
#define GLUE_UNIX_SOCKET_H

#include <sys/un.h>

#include "libc-glue/pipe.h"
#include "libc-glue/sockets.h"

#pragma GCC visibility push(hidden)

#define UNIX_QUEUE_PAGES 64
#define PACKETS_MAX      512
#define RIGHTS_MAX       253 /* descriptors in one message, as on Linux */

struct rights {
    unsigned count;
    struct file *files[RIGHTS_MAX]; /* held */
};

/* A message, or the place in a stream where descriptors were sent along. */
struct packet {
    struct packet *next;
    uint64_t start; /* in the queue */
    size_t size_bytes;
    struct rights *rights;
    struct sockaddr_un name; /* of the sender */
    socklen_t name_bytes;
};

struct unix_socket {
    struct socket base;
    unsigned references; /* its file, its peers, who just looks at it */
    bool dead;           /* without a file, and not waiting for one */
    bool listening, shut_read, shut_write;
    struct unix_socket *peer; /* held */
    struct sockaddr_un name;
    socklen_t name_bytes; /* 0: has none */
    struct place place;   /* held; where the name is a path */
    struct unix_socket *next_abstract;
    /* received and not read yet */
    struct byte_queue bytes;
    struct packet *first, *last;
    unsigned packet_count;
    /* connections that nobody has accepted yet */
    struct unix_socket *waiting, *next_waiting;
    unsigned waiting_count, waiting_max;
};

static inline struct unix_socket *unix_of(struct file *file)
{
    return file->object;
}
static inline bool is_stream(const struct unix_socket *socket)
{
    return socket->base.type == SOCK_STREAM;
}

/* unix_socket.c */
extern const struct file_ops unix_file_ops;
struct unix_socket *unix_new(int type, int protocol);
struct file *unix_file(struct unix_socket *socket); /* takes it over */
void unix_hold(struct unix_socket *socket);
void unix_drop(struct unix_socket *socket);

/* unix_names.c */
int unix_bind(struct file *file, const struct sockaddr *name, socklen_t name_bytes);
int unix_name(struct file *file, bool peer, struct sockaddr_storage *name);
void unix_unbind(struct unix_socket *socket);
/* The socket of that name, held. The type may be another one when the name is a path. */
int unix_find(int type, const struct sockaddr *name, socklen_t name_bytes,
              struct unix_socket **found);

/* unix_connect.c */
int unix_listen(struct file *file, int backlog);
int unix_accept(struct file *file, struct file **accepted);
int unix_connect(struct file *file, const struct sockaddr *name, socklen_t name_bytes);

/* unix_data.c */
ssize_t unix_send(struct file *file, struct message *message);
ssize_t unix_receive(struct file *file, struct message *message);

/* unix_packets.c */
ssize_t packet_send(struct file *file, struct message *message, struct packet **packet);
ssize_t packets_receive(struct file *file, struct message *message);
void packets_drop(struct packet *first);

/* unix_rights.c */
int rights_take(const struct message *message, struct rights **rights);
void rights_give(struct message *message, const struct rights *rights, bool credentials);
void rights_drop(struct rights *rights);

/* unix_data.c: between the pieces of a message and the queue, from `done` on */
ssize_t pieces_put(struct byte_queue *queue, const struct message *message, size_t done,
                   size_t size_bytes);
ssize_t pieces_take(struct byte_queue *queue, const struct message *message, size_t done,
                    size_t size_bytes, bool peek);

#pragma GCC visibility pop

#endif
