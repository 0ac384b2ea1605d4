/* SPDX-License-Identifier: MIT
 *
 * What the files of epoll share.
 */
#ifndef GLUE_EPOLL_H
#define GLUE_EPOLL_H

#include <sys/epoll.h>

#include "libc-glue/events.h"

#pragma GCC visibility push(hidden)

#define ALWAYS      (EPOLLERR | EPOLLHUP)
#define PRIVATE     (EPOLLWAKEUP | EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE)
#define NESTING_MAX 4 /* sets within sets, as on Linux */
#define FANOUT      (OBJECT_MAX / sizeof(struct epoll_item *))

struct epoll_item {
    struct watch watch;
    struct epoll *epoll;
    struct file *file; /* not held: the file takes its items with it */
    struct epoll_item *next_of_file, *next_of_fd;
    int fd;
    uint32_t events; /* wanted; 0 but for PRIVATE: resting after EPOLLONESHOT */
    epoll_data_t data;
    bool queued;
    struct epoll_item *next, *previous; /* in the epoll's list of those that may be ready */
};

struct epoll {
    struct event_source source;
    struct epoll_item *first, *last;
    struct epoll_item **by_fd[FD_MAX / FANOUT];
};

/* epoll.c: the list of those that may be ready */
extern const struct file_ops epoll_ops;
void epoll_enqueue(struct epoll_item *item);
void epoll_dequeue(struct epoll_item *item);
unsigned epoll_item_ready(const struct epoll_item *item);

#pragma GCC visibility pop

#endif
