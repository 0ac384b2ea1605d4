/* SPDX-License-Identifier: MIT
 *
 * reply: the least web server. One thread answers whatever is asked with the same page.
 *     mkimage run -p 8080:80 apps/reply
 *     mkimage run -p 8080:8080 apps/reply -- 8080
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* accept4 */
#endif
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT_DEFAULT 80
#define EVENTS_MAX   64
#define FDS_MAX      1024
#define BUFFER_BYTES 16384

#define LINE "This machine is one program, and this page is all it knows.\n" /* 60 bytes */
#define PAGE LINE LINE LINE LINE LINE LINE LINE LINE LINE LINE "Have a look\n"
_Static_assert(sizeof PAGE - 1 == 612, "as Content-Length says");

static const char reply[] = "HTTP/1.1 200 OK\r\nServer: reply\r\nContent-Type: text/plain\r\n"
                            "Content-Length: 612\r\n\r\n" PAGE;
static const char request_end[] = "\r\n\r\n";

static struct connection {
    uint8_t matched; /* so much of a request's end has come */
    bool waits;      /* for room; until then nothing more is read */
    uint32_t owed;   /* replies, the first of them sent up to `at` */
    size_t at;
} connections[FDS_MAX];

static int poll_fd;

static int watch(int operation, int fd, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.fd = fd};
    return epoll_ctl(poll_fd, operation, fd, &event);
}

static int listen_on(unsigned port)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0);
    bool old = fd < 0; /* no IPv6 here */
    if (old)
        fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (bind(fd, old ? (void *)&four : (void *)&six, old ? sizeof four : sizeof six) ||
        listen(fd, SOMAXCONN))
        return -1;
    return fd;
}

static void greet(int listen_fd)
{
    int fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return;
    if (fd >= FDS_MAX || watch(EPOLL_CTL_ADD, fd, EPOLLIN)) {
        close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    connections[fd] = (struct connection){0};
}

/* How many requests end in these bytes. */
static uint32_t requests_in(struct connection *connection, const char *bytes, size_t count)
{
    uint32_t ended = 0;
    for (size_t i = 0; i < count; i++) {
        connection->matched = bytes[i] == request_end[connection->matched] ? connection->matched + 1
                                                                           : bytes[i] == '\r';
        if (connection->matched == sizeof request_end - 1) {
            connection->matched = 0;
            ended++;
        }
    }
    return ended;
}

/* False when the connection is of no use any more. */
static bool send_owed(int fd, struct connection *connection)
{
    while (connection->owed) {
        ssize_t sent =
            send(fd, reply + connection->at, sizeof reply - 1 - connection->at, MSG_NOSIGNAL);
        if (sent < 0)
            return errno == EAGAIN;
        connection->at += (size_t)sent;
        if (connection->at == sizeof reply - 1) {
            connection->at = 0;
            connection->owed--;
        }
    }
    return true;
}

static bool serve(int fd, uint32_t events)
{
    static char bytes[BUFFER_BYTES];
    struct connection *connection = &connections[fd];
    if (events & EPOLLIN) {
        ssize_t got = recv(fd, bytes, sizeof bytes, 0);
        if (got <= 0)
            return got < 0 && errno == EAGAIN;
        connection->owed += requests_in(connection, bytes, (size_t)got);
    }
    if (!send_owed(fd, connection))
        return false;
    if (connection->waits == (connection->owed > 0))
        return true;
    connection->waits = connection->owed > 0;
    return watch(EPOLL_CTL_MOD, fd, connection->waits ? EPOLLOUT : EPOLLIN) == 0;
}

static int fail(const char *why)
{
    write(STDERR_FILENO, why, strlen(why));
    return 1;
}

int main(int argc, char **argv)
{
    struct epoll_event events[EVENTS_MAX];
    int port = argc > 1 ? atoi(argv[1]) : PORT_DEFAULT;
    if (argc > 2 || port < 1 || port > 65535)
        return fail("usage: reply [PORT]\n");
    int listen_fd = listen_on((unsigned)port);
    poll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (listen_fd < 0 || poll_fd < 0 || watch(EPOLL_CTL_ADD, listen_fd, EPOLLIN))
        return fail("reply: the port cannot be listened on\n");
    for (;;) {
        int count = epoll_wait(poll_fd, events, EVENTS_MAX, -1);
        for (int i = 0; i < count; i++)
            if (events[i].data.fd == listen_fd)
                greet(listen_fd);
            else if (!serve(events[i].data.fd, events[i].events))
                close(events[i].data.fd);
    }
}
