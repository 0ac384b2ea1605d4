/* SPDX-License-Identifier: MIT
 *
 * Sockets: what a family of them supplies, and what all have in common.
 */
#ifndef GLUE_SOCKETS_H
#define GLUE_SOCKETS_H

#include <sys/socket.h>

#include "libc-glue/events.h"

#pragma GCC visibility push(hidden)

/* The first member of every family's sockets; file->object points to it. */
struct socket {
    struct event_source source;
    int family, type, protocol;
    int error;                              /* SO_ERROR: reported once */
    uint64_t receive_wait_ns, send_wait_ns; /* 0: for ever */
    int receive_bytes, send_bytes;          /* SO_RCVBUF, SO_SNDBUF */
    unsigned flags;                         /* 1 << SO_...: those that are on or off */
    struct linger linger;
};

/* A message on its way out or in. Names and control data are in the glue's memory. */
struct message {
    const struct iovec *pieces;
    size_t piece_count, size_bytes;
    struct sockaddr_storage *name; /* NULL: nobody asks */
    socklen_t name_bytes;
    void *control;
    size_t control_bytes; /* receiving: room, then how much is used */
    int flags;            /* MSG_...; receiving: what came */
    bool lasting;         /* sending: the pieces never change and never go away */
};

/* Members may be NULL: EOPNOTSUPP. Those that wait return -INTERRUPTED, or -EAGAIN when
 * the file does not block or the time that was set for it has passed. */
struct socket_ops {
    int (*bind)(struct file *file, const struct sockaddr *name, socklen_t name_bytes);
    int (*listen)(struct file *file, int backlog);
    int (*accept)(struct file *file, struct file **accepted);
    int (*connect)(struct file *file, const struct sockaddr *name, socklen_t name_bytes);
    int (*shutdown)(struct file *file, int how);
    int (*name)(struct file *file, bool peer, struct sockaddr_storage *name); /* its length */
    ssize_t (*send)(struct file *file, struct message *message);
    ssize_t (*receive)(struct file *file, struct message *message);
    /* -ENOPROTOOPT: one that all families share, or none. */
    int (*option_get)(struct file *file, int level, int option, void *value, socklen_t *bytes);
    int (*option_set)(struct file *file, int level, int option, const void *value, socklen_t bytes);
};

static inline struct socket *socket_of(struct file *file)
{
    return file->object;
}

struct file *socket_get(int fd, int *error); /* held */

/* When a call on the file has waited long enough; 0: it must not wait. */
uint64_t socket_deadline(struct file *file, int flags, bool sending);

/* read and write of a socket's file_ops. */
ssize_t socket_file_read(struct file *file, void *to, size_t size_bytes, off_t *at);
ssize_t socket_file_write(struct file *file, const void *from, size_t size_bytes, off_t *at);
int socket_file_stat(struct file *file, struct stat *status);
struct event_source *socket_file_source(struct file *file);

/* socket_options.c */
int socket_option_get(struct socket *socket, int option, void *value, socklen_t *bytes);
int socket_option_set(struct socket *socket, int option, const void *value, socklen_t bytes);
int option_int(const void *value, socklen_t bytes, int *to);

/* Families. -EAFNOSUPPORT, -EPROTONOSUPPORT, -ESOCKTNOSUPPORT. */
int unix_socket_make(int type, int protocol, struct file **made);
int unix_socket_pair(int type, int protocol, struct file *made[2]);
int inet_socket_make(int family, int type, int protocol, struct file **made) __attribute__((weak));

#pragma GCC visibility pop

#endif
