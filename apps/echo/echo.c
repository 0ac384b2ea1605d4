/* SPDX-License-Identifier: MIT
 *
 * echo: sends back what it is sent, by TCP and by UDP (RFC 862).
 *     mkimage run -p 7007:7 -p 7007:7/udp apps/echo
 *     mkimage run -p 7007:7007 apps/echo -- 7007
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* accept4 */
#endif
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT_DEFAULT  7
#define EVENTS_MAX    64
#define DATAGRAMS_MAX 64 /* in one turn */
#define BUFFER_BYTES  65536

struct connection {
    int fd;
    char *kept; /* what did not go back yet; until it has, nothing more is read */
    size_t at, bytes;
};

static int poll_fd;
static char buffer[BUFFER_BYTES];

static int watch(int operation, int fd, uint32_t events, void *what)
{
    struct epoll_event event = {.events = events, .data.ptr = what};
    return epoll_ctl(poll_fd, operation, fd, &event);
}

/* For IPv6 and IPv4, or for IPv4 alone where there is no other; -1: errno says why. */
static int socket_bound(int type, unsigned port)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET6, type | SOCK_NONBLOCK, 0);
    if (fd >= 0) {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){0}, sizeof(int));
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
        if (bind(fd, (struct sockaddr *)&six, sizeof six) == 0)
            return fd;
        close(fd);
    }
    fd = socket(AF_INET, type | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    return bind(fd, (struct sockaddr *)&four, sizeof four) ? -1 : fd;
}

static void answer_datagrams(int fd)
{
    for (int i = 0; i < DATAGRAMS_MAX; i++) {
        struct sockaddr_storage peer;
        socklen_t length = sizeof peer;
        ssize_t got = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&peer, &length);
        if (got < 0)
            return;
        sendto(fd, buffer, (size_t)got, 0, (struct sockaddr *)&peer, length); /* or it is lost */
    }
}

static void greet(int listen_fd)
{
    int fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct connection *connection = fd < 0 ? NULL : calloc(1, sizeof *connection);
    if (connection) {
        connection->fd = fd;
        if (watch(EPOLL_CTL_ADD, fd, EPOLLIN, connection) == 0)
            return;
        free(connection);
    }
    if (fd >= 0)
        close(fd);
}

static void part(struct connection *connection)
{
    close(connection->fd);
    free(connection->kept);
    free(connection);
}

/* What the peer does not take now is kept, and goes before anything else. */
static int keep(struct connection *connection, const char *bytes, size_t size)
{
    connection->kept = malloc(size);
    if (!connection->kept)
        return -1;
    memcpy(connection->kept, bytes, size);
    connection->at = 0;
    connection->bytes = size;
    return watch(EPOLL_CTL_MOD, connection->fd, EPOLLOUT, connection);
}

/* -1: the connection is at its end. */
static int send_back(struct connection *connection)
{
    ssize_t got = recv(connection->fd, buffer, sizeof buffer, 0);
    if (got <= 0)
        return got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
    ssize_t sent = send(connection->fd, buffer, (size_t)got, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN)
        return -1;
    sent = sent < 0 ? 0 : sent;
    return sent < got ? keep(connection, buffer + sent, (size_t)(got - sent)) : 0;
}

static int send_kept(struct connection *connection)
{
    ssize_t sent = send(connection->fd, connection->kept + connection->at,
                        connection->bytes - connection->at, MSG_NOSIGNAL);
    if (sent < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    connection->at += (size_t)sent;
    if (connection->at < connection->bytes)
        return 0;
    free(connection->kept);
    connection->kept = NULL;
    return watch(EPOLL_CTL_MOD, connection->fd, EPOLLIN, connection);
}

int main(int argc, char **argv)
{
    unsigned port = argc > 1 ? (unsigned)atoi(argv[1]) : PORT_DEFAULT;
    struct epoll_event events[EVENTS_MAX];
    int stream = socket_bound(SOCK_STREAM, port), datagram = socket_bound(SOCK_DGRAM, port);
    signal(SIGPIPE, SIG_IGN);
    poll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (stream < 0 || datagram < 0 || poll_fd < 0 || listen(stream, SOMAXCONN) ||
        watch(EPOLL_CTL_ADD, stream, EPOLLIN, &stream) ||
        watch(EPOLL_CTL_ADD, datagram, EPOLLIN, &datagram)) {
        fprintf(stderr, "echo: port %u: %s\n", port, strerror(errno));
        return 1;
    }
    printf("listening on port %u\n", port);
    fflush(stdout);
    for (;;) {
        int count = epoll_wait(poll_fd, events, EVENTS_MAX, -1);
        for (int i = 0; i < count; i++) {
            struct connection *connection = events[i].data.ptr;
            if ((void *)connection == &stream)
                greet(stream);
            else if ((void *)connection == &datagram)
                answer_datagrams(datagram);
            else if (connection->kept ? send_kept(connection) : send_back(connection))
                part(connection);
        }
    }
}
