/* SPDX-License-Identifier: MIT
 *
 * The end that is measured: takes bytes, gives bytes, answers requests; one thread.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* accept4 */
#endif
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "netperf.h"

#define EVENTS_MAX 64
#define TURNS_MAX  16 /* reads or writes before others have their turn */

struct connection {
    int fd;
    unsigned char start[24]; /* of the order */
    unsigned start_bytes;
    struct order order;
    uint64_t bytes; /* so far; of MODE_TURNS, of the request under way */
    uint64_t owed;  /* of responses that could not be sent yet */
};

static int poll_fd;
static unsigned char buffer[BUFFER_BYTES];

static int watch(int operation, int fd, uint32_t events, void *what)
{
    struct epoll_event event = {.events = events, .data.ptr = what};
    return epoll_ctl(poll_fd, operation, fd, &event);
}

/* 1: go on; 0: later; -1: the connection is at its end. */
static int later(void)
{
    return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

static int take_order(struct connection *connection)
{
    ssize_t got = recv(connection->fd, connection->start + connection->start_bytes,
                       sizeof connection->start - connection->start_bytes, 0);
    if (got <= 0)
        return got < 0 ? later() : -1;
    connection->start_bytes += (unsigned)got;
    if (connection->start_bytes < sizeof connection->start)
        return 0;
    if (order_unpack(&connection->order, connection->start))
        return -1;
    if (connection->order.mode == MODE_SOURCE)
        return watch(EPOLL_CTL_MOD, connection->fd, EPOLLOUT, connection) ? -1 : 1;
    return 1;
}

static int sink(struct connection *connection)
{
    ssize_t got = recv(connection->fd, buffer, sizeof buffer, 0);
    if (got > 0) {
        connection->bytes += (uint64_t)got;
        return 1;
    }
    if (got < 0)
        return later();
    for (int i = 0; i < 8; i++)
        buffer[i] = (unsigned char)(connection->bytes >> (56 - 8 * i));
    send(connection->fd, buffer, 8, MSG_NOSIGNAL);
    return -1;
}

static int source(struct connection *connection)
{
    size_t size = sizeof buffer;
    uint64_t left = connection->order.bytes - connection->bytes;
    if (connection->order.bytes && left < size)
        size = left;
    ssize_t sent = size ? send(connection->fd, buffer, size, MSG_NOSIGNAL) : -1;
    if (!size)
        return -1;
    if (sent < 0)
        return later();
    connection->bytes += (uint64_t)sent;
    return 1;
}

/* What is owed goes out before more is read. */
static int respond(struct connection *connection)
{
    while (connection->owed) {
        size_t size = connection->owed < sizeof buffer ? connection->owed : sizeof buffer;
        ssize_t sent = send(connection->fd, buffer, size, MSG_NOSIGNAL);
        if (sent < 0 && later() < 0)
            return -1;
        if (sent < 0)
            return watch(EPOLL_CTL_MOD, connection->fd, EPOLLOUT, connection);
        connection->owed -= (uint64_t)sent;
    }
    return 1;
}

static int turns(struct connection *connection)
{
    if (connection->owed) {
        int result = respond(connection);
        return result <= 0 ? result : watch(EPOLL_CTL_MOD, connection->fd, EPOLLIN, connection);
    }
    ssize_t got = recv(connection->fd, buffer, sizeof buffer, 0);
    if (got <= 0)
        return got < 0 ? later() : -1;
    connection->bytes += (uint64_t)got;
    uint64_t whole = connection->bytes / connection->order.request_bytes;
    connection->bytes -= whole * connection->order.request_bytes;
    connection->owed = whole * connection->order.response_bytes;
    return respond(connection) < 0 ? -1 : 0;
}

static void ready(struct connection *connection)
{
    int result = 1;
    for (int i = 0; i < TURNS_MAX && result > 0; i++) {
        if (connection->start_bytes < sizeof connection->start)
            result = take_order(connection);
        else if (connection->order.mode == MODE_SINK)
            result = sink(connection);
        else if (connection->order.mode == MODE_SOURCE)
            result = source(connection);
        else
            result = turns(connection);
    }
    if (result < 0) {
        close(connection->fd);
        free(connection);
    }
}

static void send_datagrams_back(int fd)
{
    for (int i = 0; i < TURNS_MAX; i++) {
        struct sockaddr_storage peer;
        socklen_t length = sizeof peer;
        ssize_t got = recvfrom(fd, buffer, DATAGRAM_BYTES, 0, (struct sockaddr *)&peer, &length);
        if (got < 0)
            return;
        sendto(fd, buffer, (size_t)got, 0, (struct sockaddr *)&peer, length);
    }
}

static void greet(int listen_fd)
{
    int fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct connection *connection = fd < 0 ? NULL : calloc(1, sizeof *connection);
    if (fd >= 0)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    if (connection) {
        connection->fd = fd;
        if (watch(EPOLL_CTL_ADD, fd, EPOLLIN, connection) == 0)
            return;
        free(connection);
    }
    if (fd >= 0)
        close(fd);
}

static int socket_bound(int type, unsigned port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    return bind(fd, (struct sockaddr *)&at, sizeof at) ? -1 : fd;
}

int serve(unsigned port)
{
    struct epoll_event events[EVENTS_MAX];
    int stream = socket_bound(SOCK_STREAM, port), datagram = socket_bound(SOCK_DGRAM, port);
    signal(SIGPIPE, SIG_IGN);
    poll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (stream < 0 || datagram < 0 || poll_fd < 0 || listen(stream, SOMAXCONN) ||
        watch(EPOLL_CTL_ADD, stream, EPOLLIN, &stream) ||
        watch(EPOLL_CTL_ADD, datagram, EPOLLIN, &datagram)) {
        fprintf(stderr, "netperf: port %u: %s\n", port, strerror(errno));
        return 1;
    }
    printf("listening on port %u\n", port);
    fflush(stdout);
    for (;;) {
        int count = epoll_wait(poll_fd, events, EVENTS_MAX, -1);
        for (int i = 0; i < count; i++) {
            void *what = events[i].data.ptr;
            if (what == &stream)
                greet(stream);
            else if (what == &datagram)
                send_datagrams_back(datagram);
            else
                ready(what);
        }
    }
}
