/* SPDX-License-Identifier: MIT
 *
 * TCP sockets over the loopback interface: the test runs on Linux as well, so that it
 * says what is right.
 */
#define _GNU_SOURCE 1
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

#define FAILS(call, error) CHECK((call) == -1 && errno == (error))

static struct sockaddr_in local(int port)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return name;
}

static int port_of(int fd)
{
    struct sockaddr_in name;
    socklen_t bytes = sizeof name;

    CHECK(getsockname(fd, (struct sockaddr *)&name, &bytes) == 0);
    return ntohs(name.sin_port);
}

static int listening(int *port, int backlog)
{
    struct sockaddr_in name = local(0);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&name, sizeof name) == 0);
    CHECK(listen(fd, backlog) == 0);
    *port = port_of(fd);
    return fd;
}

static int connected(int port)
{
    struct sockaddr_in name = local(port);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    CHECK(fd >= 0 && connect(fd, (struct sockaddr *)&name, sizeof name) == 0);
    return fd;
}

/* Two ends of one connection. */
static void pair(int ends[2])
{
    int port, fd = listening(&port, 5);

    ends[0] = connected(port);
    ends[1] = accept(fd, NULL, NULL);
    CHECK(ends[1] >= 0);
    close(fd);
}

static void nonblocking(int fd)
{
    CHECK(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == 0);
}

static int events_of(int fd, int wanted)
{
    struct pollfd one = {.fd = fd, .events = (short)wanted};

    CHECK(poll(&one, 1, 0) >= 0);
    return one.revents;
}

/* What comes over loopback may take a moment. */
static int events_soon(int fd, int wanted)
{
    struct pollfd one = {.fd = fd, .events = (short)wanted};

    CHECK(poll(&one, 1, 5000) >= 0);
    return one.revents;
}

static int error_of(int fd)
{
    int error = -1;
    socklen_t bytes = sizeof error;

    CHECK(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &bytes) == 0);
    return error;
}

static void names(void)
{
    struct sockaddr_in name = local(0), other;
    int port, fd = listening(&port, 5), client, server, second;
    socklen_t bytes = sizeof other;

    CHECK(port > 1023);
    client = connected(port);
    server = accept(fd, (struct sockaddr *)&other, &bytes);
    CHECK(server >= 0 && bytes == sizeof other && other.sin_family == AF_INET);
    CHECK(other.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
    CHECK(ntohs(other.sin_port) == port_of(client));
    CHECK(getpeername(client, (struct sockaddr *)&other, &bytes) == 0);
    CHECK(ntohs(other.sin_port) == port);
    CHECK(port_of(server) == port);
    second = socket(AF_INET, SOCK_STREAM, 0);
    FAILS(getpeername(second, (struct sockaddr *)&other, &bytes), ENOTCONN);
    name = local(port);
    FAILS(bind(second, (struct sockaddr *)&name, sizeof name), EADDRINUSE);
    FAILS(bind(second, (struct sockaddr *)&name, 4), EINVAL);
    name.sin_addr.s_addr = htonl(0xc0000201); /* an address that is nobody's */
    FAILS(bind(second, (struct sockaddr *)&name, sizeof name), EADDRNOTAVAIL);
    name = local(0);
    CHECK(bind(second, (struct sockaddr *)&name, sizeof name) == 0);
    FAILS(bind(second, (struct sockaddr *)&name, sizeof name), EINVAL);
    name = local(port);
    FAILS(connect(client, (struct sockaddr *)&name, sizeof name), EISCONN);
    close(second);
    close(server);
    close(client);
    close(fd);
}

static void refused(void)
{
    int port, fd = listening(&port, 5), client = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in name = local(port);
    char byte;

    close(fd);
    FAILS(connect(client, (struct sockaddr *)&name, sizeof name), ECONNREFUSED);
    close(client);
    client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    FAILS(connect(client, (struct sockaddr *)&name, sizeof name), EINPROGRESS);
    CHECK(events_soon(client, POLLOUT) & POLLERR);
    CHECK(error_of(client) == ECONNREFUSED);
    CHECK(error_of(client) == 0);
    close(client);
    client = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(events_of(client, POLLIN | POLLOUT) == (POLLOUT | POLLHUP));
    FAILS(recv(client, &byte, 1, 0), ENOTCONN);
    FAILS(send(client, "x", 1, MSG_NOSIGNAL), EPIPE);
    FAILS(shutdown(client, SHUT_RDWR), ENOTCONN);
    FAILS(accept(client, NULL, NULL), EINVAL);
    close(client);
}

static void connecting(void)
{
    int port, fd = listening(&port, 5);
    int client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in name = local(port);
    int result = connect(client, (struct sockaddr *)&name, sizeof name);

    CHECK(result == 0 || errno == EINPROGRESS);
    CHECK(events_soon(client, POLLOUT) == POLLOUT);
    CHECK(error_of(client) == 0);
    if (result) /* asked again, it says once that it has worked */
        CHECK(connect(client, (struct sockaddr *)&name, sizeof name) == 0);
    FAILS(connect(client, (struct sockaddr *)&name, sizeof name), EISCONN);
    CHECK(events_soon(fd, POLLIN) == POLLIN);
    int server = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    CHECK(server >= 0 && fcntl(server, F_GETFL) & O_NONBLOCK);
    CHECK(fcntl(server, F_GETFD) & FD_CLOEXEC);
    nonblocking(fd);
    FAILS(accept(fd, NULL, NULL), EAGAIN);
    close(server);
    close(client);
    close(fd);
}

static void data(void)
{
    int ends[2], count;
    char buffer[64];
    struct iovec pieces[2] = {{"gather", 6}, {"ed", 2}};
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = 2};

    pair(ends);
    CHECK(events_of(ends[0], POLLIN | POLLOUT) == POLLOUT);
    FAILS(recv(ends[0], buffer, 1, MSG_DONTWAIT), EAGAIN);
    CHECK(write(ends[1], "hello", 5) == 5);
    CHECK(events_soon(ends[0], POLLIN) == POLLIN);
    CHECK(ioctl(ends[0], FIONREAD, &count) == 0 && count == 5);
    CHECK(recv(ends[0], buffer, 3, MSG_PEEK) == 3 && memcmp(buffer, "hel", 3) == 0);
    CHECK(recv(ends[0], buffer, 2, 0) == 2 && memcmp(buffer, "he", 2) == 0);
    CHECK(read(ends[0], buffer, sizeof buffer) == 3 && memcmp(buffer, "llo", 3) == 0);
    CHECK(sendmsg(ends[0], &message, 0) == 8);
    CHECK(recv(ends[1], buffer, 8, MSG_WAITALL) == 8 && memcmp(buffer, "gathered", 8) == 0);
    CHECK(send(ends[0], "discarded", 9, 0) == 9);
    CHECK(recv(ends[1], NULL, 9, MSG_TRUNC | MSG_WAITALL) == 9);
    CHECK(read(ends[0], buffer, 0) == 0);
    FAILS(send(ends[0], (void *)16, 10, MSG_NOSIGNAL), EFAULT);
    CHECK(send(ends[1], "x", 1, 0) == 1 && events_soon(ends[0], POLLIN) == POLLIN);
    FAILS(recv(ends[0], (void *)16, 10, 0), EFAULT);
    CHECK(read(ends[0], buffer, sizeof buffer) == 1);
    FAILS(lseek(ends[0], 0, SEEK_SET), ESPIPE);
    close(ends[0]);
    close(ends[1]);
}

static void ending(void)
{
    int ends[2];
    char buffer[64];

    pair(ends);
    CHECK(write(ends[0], "last words", 10) == 10);
    CHECK(shutdown(ends[0], SHUT_WR) == 0);
    FAILS(send(ends[0], "x", 1, MSG_NOSIGNAL), EPIPE);
    CHECK(recv(ends[1], buffer, sizeof buffer, MSG_WAITALL) == 10);
    CHECK(events_soon(ends[1], POLLIN | POLLRDHUP | POLLOUT) == (POLLIN | POLLRDHUP | POLLOUT));
    CHECK(read(ends[1], buffer, sizeof buffer) == 0);
    CHECK(read(ends[1], buffer, sizeof buffer) == 0);
    CHECK(write(ends[1], "answer", 6) == 6); /* the other half is still there */
    CHECK(recv(ends[0], buffer, 6, MSG_WAITALL) == 6);
    close(ends[1]);
    CHECK(read(ends[0], buffer, sizeof buffer) == 0);
    CHECK(events_soon(ends[0], POLLIN | POLLRDHUP) == (POLLIN | POLLRDHUP | POLLHUP));
    close(ends[0]);
}

static void breaking(void)
{
    int ends[2];
    char buffer[64];
    struct linger now = {.l_onoff = 1, .l_linger = 0};

    pair(ends); /* with no time to linger */
    CHECK(write(ends[1], "unread", 6) == 6);
    CHECK(events_soon(ends[0], POLLIN) == POLLIN);
    CHECK(setsockopt(ends[1], SOL_SOCKET, SO_LINGER, &now, sizeof now) == 0);
    close(ends[1]);
    while (!(events_soon(ends[0], 0) & POLLERR))
        ;
    CHECK(events_of(ends[0], POLLIN) & POLLHUP);
    CHECK(error_of(ends[0]) == ECONNRESET);
    close(ends[0]);

    pair(ends); /* with data that nobody has read */
    CHECK(write(ends[0], "unread", 6) == 6);
    CHECK(events_soon(ends[1], POLLIN) == POLLIN);
    close(ends[1]);
    while (!(events_soon(ends[0], 0) & POLLERR))
        ;
    FAILS(read(ends[0], buffer, sizeof buffer), ECONNRESET);
    CHECK(read(ends[0], buffer, sizeof buffer) == 0);
    FAILS(send(ends[0], "x", 1, MSG_NOSIGNAL), EPIPE);
    close(ends[0]);
}

static volatile sig_atomic_t signals;
static void count_signal(int number)
{
    signals += number == SIGPIPE;
}

static void pipe_signal(void)
{
    int ends[2];

    pair(ends);
    signal(SIGPIPE, count_signal);
    CHECK(shutdown(ends[0], SHUT_WR) == 0);
    FAILS(write(ends[0], "x", 1), EPIPE);
    CHECK(signals == 1);
    FAILS(send(ends[0], "x", 1, MSG_NOSIGNAL), EPIPE);
    CHECK(signals == 1);
    signal(SIGPIPE, SIG_DFL);
    close(ends[0]);
    close(ends[1]);
}

#define BULK (8 << 20)

static void *bulk_sender(void *at)
{
    int fd = *(int *)at;
    static char block[70001];
    size_t left = BULK, number = 0;

    while (left) {
        size_t part = left < sizeof block ? left : sizeof block;
        for (size_t i = 0; i < part; i++)
            block[i] = (char)((number + i) * 7 >> 3);
        CHECK(write(fd, block, part) == (ssize_t)part);
        number += part;
        left -= part;
    }
    CHECK(shutdown(fd, SHUT_WR) == 0);
    return NULL;
}

static void bulk(void)
{
    static char block[50021];
    pthread_t thread;
    size_t number = 0;
    ssize_t n;
    int ends[2];

    pair(ends);
    CHECK(pthread_create(&thread, NULL, bulk_sender, &ends[0]) == 0);
    while ((n = read(ends[1], block, sizeof block)) > 0) {
        for (ssize_t i = 0; i < n; i++)
            CHECK(block[i] == (char)((number + (size_t)i) * 7 >> 3));
        number += (size_t)n;
    }
    CHECK(n == 0 && number == BULK);
    CHECK(pthread_join(thread, NULL) == 0);
    close(ends[0]);
    close(ends[1]);
}

static void filling(void)
{
    static char block[16384];
    size_t sent = 0, got = 0;
    int ends[2];
    ssize_t n;

    pair(ends);
    nonblocking(ends[0]);
    while (1) {
        while ((n = write(ends[0], block, sizeof block)) > 0)
            sent += (size_t)n;
        CHECK(n == -1 && errno == EAGAIN);
        usleep(20000);
        if (!(events_of(ends[0], POLLOUT) & POLLOUT))
            break;
    }
    CHECK(sent > sizeof block);
    while (got < sent) {
        n = read(ends[1], block, sizeof block);
        CHECK(n > 0);
        got += (size_t)n;
    }
    CHECK(got == sent);
    CHECK(events_soon(ends[0], POLLOUT) == POLLOUT);
    close(ends[0]);
    close(ends[1]);
}

static void waiting(void)
{
    struct timeval limit = {.tv_usec = 50000};
    struct timespec before, after;
    int ends[2], port, fd;
    char byte;

    pair(ends);
    CHECK(setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
    clock_gettime(CLOCK_MONOTONIC, &before);
    FAILS(read(ends[0], &byte, 1), EAGAIN);
    clock_gettime(CLOCK_MONOTONIC, &after);
    CHECK((after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000 >= 49);
    close(ends[0]);
    close(ends[1]);
    fd = listening(&port, 1);
    CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
    FAILS(accept(fd, NULL, NULL), EAGAIN);
    close(fd);
}

static void edges(void)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET}, got[4];
    int ends[2], set = epoll_create1(0);
    char buffer[16];

    pair(ends);
    CHECK(epoll_ctl(set, EPOLL_CTL_ADD, ends[0], &event) == 0);
    CHECK(epoll_wait(set, got, 4, 1000) == 1 && got[0].events == EPOLLOUT);
    CHECK(epoll_wait(set, got, 4, 0) == 0);
    CHECK(write(ends[1], "ab", 2) == 2);
    CHECK(epoll_wait(set, got, 4, 1000) == 1 && got[0].events & EPOLLIN);
    CHECK(epoll_wait(set, got, 4, 0) == 0);
    CHECK(read(ends[0], buffer, 1) == 1);
    CHECK(epoll_wait(set, got, 4, 0) == 0); /* the other byte is no news */
    CHECK(write(ends[1], "c", 1) == 1);
    CHECK(epoll_wait(set, got, 4, 1000) == 1 && got[0].events & EPOLLIN);
    close(ends[1]);
    CHECK(epoll_wait(set, got, 4, 1000) == 1 && got[0].events & EPOLLIN);
    event.events = EPOLLIN | EPOLLRDHUP;
    CHECK(epoll_ctl(set, EPOLL_CTL_MOD, ends[0], &event) == 0);
    CHECK(epoll_wait(set, got, 4, 1000) == 1 && got[0].events == (EPOLLIN | EPOLLRDHUP));
    close(ends[0]);
    CHECK(epoll_wait(set, got, 4, 0) == 0);
    close(set);
}

static void selecting(void)
{
    struct timeval none = {0};
    fd_set reading, writing;
    int ends[2], most;

    pair(ends);
    most = (ends[0] > ends[1] ? ends[0] : ends[1]) + 1;
    CHECK(write(ends[1], "x", 1) == 1 && events_soon(ends[0], POLLIN));
    FD_ZERO(&reading);
    FD_ZERO(&writing);
    FD_SET(ends[0], &reading);
    FD_SET(ends[1], &reading);
    FD_SET(ends[1], &writing);
    CHECK(select(most, &reading, &writing, NULL, &none) == 2);
    CHECK(FD_ISSET(ends[0], &reading) && !FD_ISSET(ends[1], &reading));
    CHECK(FD_ISSET(ends[1], &writing));
    close(ends[0]);
    close(ends[1]);
}

static int option(int fd, int level, int name)
{
    int value = -1;
    socklen_t bytes = sizeof value;

    CHECK(getsockopt(fd, level, name, &value, &bytes) == 0 && bytes == sizeof value);
    return value;
}

static void option_set(int fd, int level, int name, int value)
{
    CHECK(setsockopt(fd, level, name, &value, sizeof value) == 0);
}

static void options(void)
{
    struct tcp_info info;
    socklen_t bytes = sizeof info;
    int ends[2], port, fd = listening(&port, 1), wrong = 1;

    CHECK(option(fd, SOL_SOCKET, SO_ACCEPTCONN) == 1);
    close(fd);
    pair(ends);
    CHECK(option(ends[0], SOL_SOCKET, SO_TYPE) == SOCK_STREAM);
    CHECK(option(ends[0], SOL_SOCKET, SO_DOMAIN) == AF_INET);
    CHECK(option(ends[0], SOL_SOCKET, SO_PROTOCOL) == IPPROTO_TCP);
    CHECK(option(ends[0], SOL_SOCKET, SO_ACCEPTCONN) == 0);
    CHECK(option(ends[0], IPPROTO_TCP, TCP_NODELAY) == 0);
    option_set(ends[0], IPPROTO_TCP, TCP_NODELAY, 1);
    CHECK(option(ends[0], IPPROTO_TCP, TCP_NODELAY) == 1);
    option_set(ends[0], SOL_SOCKET, SO_KEEPALIVE, 1);
    option_set(ends[0], IPPROTO_TCP, TCP_KEEPIDLE, 30);
    option_set(ends[0], IPPROTO_TCP, TCP_KEEPINTVL, 5);
    option_set(ends[0], IPPROTO_TCP, TCP_KEEPCNT, 3);
    CHECK(option(ends[0], IPPROTO_TCP, TCP_KEEPIDLE) == 30);
    CHECK(option(ends[0], IPPROTO_TCP, TCP_KEEPINTVL) == 5);
    CHECK(option(ends[0], IPPROTO_TCP, TCP_KEEPCNT) == 3);
    option_set(ends[0], IPPROTO_TCP, TCP_USER_TIMEOUT, 20000);
    CHECK(option(ends[0], IPPROTO_TCP, TCP_USER_TIMEOUT) == 20000);
    option_set(ends[0], IPPROTO_IP, IP_TOS, 0x10);
    CHECK(option(ends[0], IPPROTO_IP, IP_TOS) == 0x10);
    CHECK(option(ends[0], IPPROTO_IP, IP_TTL) == 64);
    CHECK(option(ends[0], IPPROTO_TCP, TCP_MAXSEG) > 500);
    CHECK(getsockopt(ends[0], IPPROTO_TCP, TCP_INFO, &info, &bytes) == 0);
    CHECK(info.tcpi_state == TCP_ESTABLISHED && info.tcpi_snd_mss > 500 && info.tcpi_snd_cwnd > 0);
    FAILS(setsockopt(ends[0], IPPROTO_TCP, TCP_KEEPIDLE, &(int){0}, sizeof(int)), EINVAL);
    FAILS(setsockopt(ends[0], IPPROTO_TCP, 9999, &wrong, sizeof wrong), ENOPROTOOPT);
    FAILS(setsockopt(ends[0], SOL_SOCKET, SO_LINGER, &wrong, sizeof wrong), EINVAL);
    close(ends[0]);
    close(ends[1]);
}

static void corked(void)
{
    int ends[2];
    char buffer[16];

    pair(ends);
    option_set(ends[0], IPPROTO_TCP, TCP_CORK, 1);
    CHECK(write(ends[0], "head", 4) == 4);
    usleep(20000);
    CHECK(events_of(ends[1], POLLIN) == 0);
    CHECK(write(ends[0], "body", 4) == 4);
    option_set(ends[0], IPPROTO_TCP, TCP_CORK, 0);
    CHECK(recv(ends[1], buffer, 8, MSG_WAITALL) == 8 && memcmp(buffer, "headbody", 8) == 0);
    CHECK(send(ends[0], "more", 4, MSG_MORE) == 4);
    CHECK(send(ends[0], "last", 4, 0) == 4);
    CHECK(recv(ends[1], buffer, 8, MSG_WAITALL) == 8 && memcmp(buffer, "morelast", 8) == 0);
    close(ends[0]);
    close(ends[1]);
}

static void both_families(void)
{
    struct sockaddr_in6 name = {.sin6_family = AF_INET6}, other;
    socklen_t bytes = sizeof name;
    struct in6_addr mapped;
    int fd = socket(AF_INET6, SOCK_STREAM, 0), client, server;

    CHECK(option(fd, IPPROTO_IPV6, IPV6_V6ONLY) == 0);
    CHECK(bind(fd, (struct sockaddr *)&name, sizeof name) == 0 && listen(fd, 5) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&name, &bytes) == 0 && name.sin6_port);
    client = connected(ntohs(name.sin6_port)); /* by IPv4 */
    bytes = sizeof other;
    server = accept(fd, (struct sockaddr *)&other, &bytes);
    CHECK(server >= 0 && bytes == sizeof other && other.sin6_family == AF_INET6);
    CHECK(inet_pton(AF_INET6, "::ffff:127.0.0.1", &mapped) == 1);
    CHECK(memcmp(&mapped, &other.sin6_addr, sizeof mapped) == 0);
    close(server);
    close(client);
    client = socket(AF_INET6, SOCK_STREAM, 0);
    name.sin6_addr = in6addr_loopback;
    CHECK(connect(client, (struct sockaddr *)&name, sizeof name) == 0);
    server = accept(fd, (struct sockaddr *)&other, &bytes);
    CHECK(server >= 0 && memcmp(&other.sin6_addr, &in6addr_loopback, 16) == 0);
    close(server);
    close(client);
    client = socket(AF_INET6, SOCK_STREAM, 0); /* IPv4 by its address within IPv6 */
    name.sin6_addr = mapped;
    CHECK(connect(client, (struct sockaddr *)&name, sizeof name) == 0);
    close(client);
    close(fd);
    fd = socket(AF_INET6, SOCK_STREAM, 0);
    option_set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    name = (struct sockaddr_in6){.sin6_family = AF_INET6};
    bytes = sizeof name;
    CHECK(bind(fd, (struct sockaddr *)&name, sizeof name) == 0 && listen(fd, 5) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&name, &bytes) == 0);
    client = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in four = local(ntohs(name.sin6_port));
    FAILS(connect(client, (struct sockaddr *)&four, sizeof four), ECONNREFUSED);
    close(client);
    close(fd);
}

static void *closer(void *at)
{
    usleep(50000);
    CHECK(shutdown(*(int *)at, SHUT_RDWR) == 0);
    return NULL;
}

static void woken(void)
{
    pthread_t thread;
    int ends[2], port, fd;
    char byte;

    pair(ends); /* who reads is woken by the end of his own side */
    CHECK(pthread_create(&thread, NULL, closer, &ends[0]) == 0);
    CHECK(read(ends[0], &byte, 1) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    close(ends[0]);
    close(ends[1]);
    fd = listening(&port, 5);
    CHECK(pthread_create(&thread, NULL, closer, &fd) == 0);
    FAILS(accept(fd, NULL, NULL), EINVAL);
    CHECK(pthread_join(thread, NULL) == 0);
    close(fd);
}

/* Who closes with data under way does not lose them. */
static void closing(void)
{
    static char block[200000];
    size_t got = 0;
    ssize_t n;
    int ends[2];

    pair(ends);
    memset(block, 'z', sizeof block);
    nonblocking(ends[0]);
    ssize_t sent = write(ends[0], block, sizeof block);
    CHECK(sent > 0);
    close(ends[0]);
    while ((n = read(ends[1], block, sizeof block)) > 0)
        got += (size_t)n;
    CHECK(n == 0 && got == (size_t)sent);
    close(ends[1]);
}

/* A port whose connection is over can be had again at once by who asks for that, if its
 * first owner has asked as well. */
static void again_with(bool asked)
{
    struct sockaddr_in name = local(0);
    int fd = socket(AF_INET, SOCK_STREAM, 0), port, client, server;

    option_set(fd, SOL_SOCKET, SO_REUSEADDR, asked);
    CHECK(bind(fd, (struct sockaddr *)&name, sizeof name) == 0 && listen(fd, 5) == 0);
    port = port_of(fd);
    client = connected(port);
    server = accept(fd, NULL, NULL);
    close(server); /* the server's end is the one that is remembered */
    CHECK(events_soon(client, POLLIN) & POLLIN);
    close(client);
    close(fd);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    option_set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    name = local(port);
    if (asked)
        CHECK(bind(fd, (struct sockaddr *)&name, sizeof name) == 0 && listen(fd, 5) == 0);
    else
        FAILS(bind(fd, (struct sockaddr *)&name, sizeof name), EADDRINUSE);
    close(fd);
}

static void again(void)
{
    again_with(true);
    again_with(false);
}

/* Without a number to be had a connection goes on waiting, and is whole afterwards. */
static void numberless(void)
{
    struct rlimit before, none;
    int port, fd = listening(&port, 5), client = connected(port), server, next = dup(client);
    char byte = 'a';

    close(next);
    CHECK(getrlimit(RLIMIT_NOFILE, &before) == 0);
    none = (struct rlimit){(rlim_t)next, before.rlim_max};
    CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
    FAILS(accept(fd, NULL, NULL), EMFILE);
    CHECK(setrlimit(RLIMIT_NOFILE, &before) == 0);
    server = accept(fd, NULL, NULL);
    CHECK(server >= 0);
    CHECK(send(server, &byte, 1, 0) == 1 && recv(client, &byte, 1, 0) == 1 && byte == 'a');
    close(client);
    close(server);
    close(fd);
}

static void unknown(void)
{
    FAILS(socket(AF_INET, SOCK_STREAM, IPPROTO_UDP), EPROTONOSUPPORT);
    FAILS(socket(AF_INET, SOCK_SEQPACKET, 0), ESOCKTNOSUPPORT);
    FAILS(socket(77, SOCK_STREAM, 0), EAFNOSUPPORT);
}

int main(void)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } tests[] = {
        {"names", names},
        {"refused", refused},
        {"connecting", connecting},
        {"data", data},
        {"ending", ending},
        {"breaking", breaking},
        {"pipe", pipe_signal},
        {"bulk", bulk},
        {"filling", filling},
        {"waiting", waiting},
        {"edges", edges},
        {"selecting", selecting},
        {"options", options},
        {"corked", corked},
        {"families", both_families},
        {"woken", woken},
        {"closing", closing},
        {"again", again},
        {"numberless", numberless},
        {"unknown", unknown},
    };

    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        printf("%s\n", tests[i].name);
        tests[i].run();
    }
    return success();
}
