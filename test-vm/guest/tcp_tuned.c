/* SPDX-License-Identifier: MIT
 *
 * What options change of TCP connections: the size of windows and segments, how long to
 * be patient, who shares a port; and the rest of the loopback network. The test runs on
 * Linux as well, so that it says what is right.
 */
#define _GNU_SOURCE 1
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

#define FAILS(call, error) CHECK((call) == -1 && errno == (error))

static struct sockaddr_in name_of(const char *address, int port)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

    CHECK(inet_pton(AF_INET, address, &name.sin_addr) == 1);
    return name;
}

static void is_named(int fd, bool peer, const char *address)
{
    struct sockaddr_in name;
    socklen_t bytes = sizeof name;
    char text[INET_ADDRSTRLEN];

    CHECK((peer ? getpeername : getsockname)(fd, (struct sockaddr *)&name, &bytes) == 0);
    CHECK_TEXT(inet_ntop(AF_INET, &name.sin_addr, text, sizeof text), address);
}

static int port_of(int fd)
{
    struct sockaddr_in name;
    socklen_t bytes = sizeof name;

    CHECK(getsockname(fd, (struct sockaddr *)&name, &bytes) == 0);
    return ntohs(name.sin_port);
}

static void set(int fd, int level, int option, int value)
{
    CHECK(setsockopt(fd, level, option, &value, sizeof value) == 0);
}

static int get(int fd, int level, int option)
{
    int value = -1;
    socklen_t bytes = sizeof value;

    CHECK(getsockopt(fd, level, option, &value, &bytes) == 0);
    return value;
}

static int bound(const char *address, int port, int sharing)
{
    struct sockaddr_in name = name_of(address, port);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    CHECK(fd >= 0);
    set(fd, SOL_SOCKET, SO_REUSEPORT, sharing);
    CHECK(bind(fd, (struct sockaddr *)&name, sizeof name) == 0);
    return fd;
}

static int connected(const char *address, int port)
{
    struct sockaddr_in name = name_of(address, port);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    CHECK(fd >= 0 && connect(fd, (struct sockaddr *)&name, sizeof name) == 0);
    return fd;
}

static void nonblocking(int fd)
{
    CHECK(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == 0);
}

static bool is_ready(int fd, int wait_ms)
{
    struct pollfd one = {fd, POLLIN, 0};

    return poll(&one, 1, wait_ms) == 1;
}

/* ---- 127.0.0.0/8 ---- */

static void loopback_network(void)
{
    int listening = bound("127.9.8.7", 0, 0), port = port_of(listening), ends[2];
    struct sockaddr_in other = name_of("127.0.0.1", port);

    CHECK(listen(listening, 5) == 0);
    ends[0] = connected("127.9.8.7", port);
    ends[1] = accept(listening, NULL, NULL);
    is_named(ends[0], true, "127.9.8.7");
    is_named(ends[0], false, "127.0.0.1");
    is_named(ends[1], false, "127.9.8.7");
    is_named(ends[1], true, "127.0.0.1");
    close(ends[0]), close(ends[1]);
    ends[0] = socket(AF_INET, SOCK_STREAM, 0);
    FAILS(connect(ends[0], (struct sockaddr *)&other, sizeof other), ECONNREFUSED);
    close(ends[0]), close(listening);

    int datagrams = socket(AF_INET, SOCK_DGRAM, 0), sender = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in name = name_of("127.255.0.3", 0);
    char text[8];
    CHECK(bind(datagrams, (struct sockaddr *)&name, sizeof name) == 0);
    name.sin_port = htons((uint16_t)port_of(datagrams));
    CHECK(sendto(sender, "loop", 5, 0, (struct sockaddr *)&name, sizeof name) == 5);
    CHECK(recv(datagrams, text, sizeof text, 0) == 5);
    CHECK_TEXT(text, "loop");
    close(datagrams), close(sender);
}

/* ---- SO_RCVBUF, SO_SNDBUF ---- */

static unsigned char byte_at(size_t at)
{
    return (unsigned char)(at * 7 + at / 251);
}

/* As much as there is room for, beginning with the stream's byte number `done`. */
static size_t fill(int fd, size_t done)
{
    unsigned char block[1024];
    size_t all = 0;

    for (int quiet = 0; quiet < 20;) {
        for (size_t i = 0; i < sizeof block; i++)
            block[i] = byte_at(done + all + i);
        ssize_t n = send(fd, block, sizeof block, MSG_DONTWAIT);
        CHECK(n > 0 || (n == -1 && errno == EAGAIN));
        quiet = n > 0 ? 0 : quiet + 1;
        all += n > 0 ? (size_t)n : 0;
        if (n < 0)
            usleep(2000);
    }
    return all;
}

static size_t empty(int fd, size_t done, size_t size_bytes)
{
    unsigned char block[3000];
    size_t all = 0;

    while (all < size_bytes) {
        size_t part = size_bytes - all < sizeof block ? size_bytes - all : sizeof block;
        ssize_t n = recv(fd, block, part, 0);
        CHECK(n > 0);
        for (ssize_t i = 0; i < n; i++, all++)
            CHECK(block[i] == byte_at(done + all));
    }
    return all;
}

static void small_windows(void)
{
    int listening = bound("127.0.0.1", 0, 0), ends[2];
    size_t in = 0, out = 0, small, large;

    set(listening, SOL_SOCKET, SO_RCVBUF, 8192);
    CHECK(get(listening, SOL_SOCKET, SO_RCVBUF) == 16384 && listen(listening, 1) == 0);
    ends[0] = connected("127.0.0.1", port_of(listening));
    set(ends[0], SOL_SOCKET, SO_SNDBUF, 8192);
    ends[1] = accept(listening, NULL, NULL);
    CHECK(get(ends[1], SOL_SOCKET, SO_RCVBUF) == 16384);
    /* The first filling may still see what the beginning of a connection promised. */
    for (int turn = 0; turn < 20; turn++) {
        small = fill(ends[0], in);
        in += small;
        out += empty(ends[1], out, in - out);
    }
    CHECK(small > 0 && small <= 96 << 10);
    set(ends[1], SOL_SOCKET, SO_RCVBUF, 100 << 10);
    set(ends[0], SOL_SOCKET, SO_SNDBUF, 100 << 10);
    for (int turn = 0; turn < 20; turn++) {
        large = fill(ends[0], in);
        in += large;
        out += empty(ends[1], out, in - out);
    }
    CHECK(large > small);
    close(ends[0]), close(ends[1]), close(listening);
}

/* ---- TCP_MAXSEG ---- */

static void small_segments(void)
{
    int listening = bound("127.0.0.1", 0, 0), ends[2];
    struct tcp_info info;
    socklen_t bytes = sizeof info;

    set(listening, IPPROTO_TCP, TCP_MAXSEG, 600);
    CHECK(listen(listening, 1) == 0);
    ends[0] = connected("127.0.0.1", port_of(listening));
    ends[1] = accept(listening, NULL, NULL);
    CHECK(get(ends[1], IPPROTO_TCP, TCP_MAXSEG) <= 600);
    CHECK(getsockopt(ends[1], IPPROTO_TCP, TCP_INFO, &info, &bytes) == 0);
    CHECK(info.tcpi_snd_mss <= 600 && info.tcpi_snd_mss > 500);
    nonblocking(ends[1]);
    size_t in = fill(ends[1], 0);
    CHECK(empty(ends[0], 0, in) == in);
    close(ends[0]), close(ends[1]), close(listening);
}

/* ---- TCP_USER_TIMEOUT ---- */

static void patience(void)
{
    int listening = bound("127.0.0.1", 0, 0), ends[2];

    CHECK(listen(listening, 1) == 0);
    ends[0] = connected("127.0.0.1", port_of(listening));
    ends[1] = accept(listening, NULL, NULL);
    set(ends[0], IPPROTO_TCP, TCP_USER_TIMEOUT, 1500);
    CHECK(get(ends[0], IPPROTO_TCP, TCP_USER_TIMEOUT) == 1500);
    fill(ends[0], 0); /* and nobody reads */
    struct pollfd one = {ends[0], 0, 0};
    CHECK(poll(&one, 1, 60000) == 1 && one.revents & POLLERR);
    CHECK(get(ends[0], SOL_SOCKET, SO_ERROR) == ETIMEDOUT);
    close(ends[0]), close(ends[1]), close(listening);
}

/* ---- SO_REUSEPORT ---- */

#define CLIENTS 32

/* So many connections: how many of them each listener has got. */
static void share(const int listening[], int count, int port, int got[])
{
    int clients[CLIENTS];

    memset(got, 0, sizeof *got * (size_t)count);
    for (int i = 0; i < CLIENTS; i++)
        clients[i] = connected("127.0.0.1", port);
    for (int i = 0; i < count; i++)
        while (is_ready(listening[i], 0)) {
            int fd = accept(listening[i], NULL, NULL);
            char c = 0;
            CHECK(fd >= 0 && write(fd, "x", 1) == 1);
            CHECK(close(fd) == 0);
            for (int k = 0; k < CLIENTS && !c; k++)
                if (recv(clients[k], &c, 1, MSG_DONTWAIT) != 1)
                    c = 0;
            got[i]++;
        }
    for (int i = 0; i < CLIENTS; i++)
        close(clients[i]);
}

static void sharing(void)
{
    int listening[3], port, got[3];

    listening[0] = bound("127.0.0.1", 0, 1);
    port = port_of(listening[0]);
    listening[1] = bound("127.0.0.1", port, 1);
    CHECK(listen(listening[0], CLIENTS) == 0 && listen(listening[1], CLIENTS) == 0);
    listening[2] = bound("127.0.0.1", port, 1);
    CHECK(listen(listening[2], CLIENTS) == 0 && listen(listening[2], CLIENTS) == 0);
    CHECK(get(listening[1], SOL_SOCKET, SO_ACCEPTCONN) == 1);
    share(listening, 3, port, got);
    CHECK(got[0] + got[1] + got[2] == CLIENTS && got[0] && got[1] && got[2]);

    int other = socket(AF_INET, SOCK_STREAM, 0); /* one that does not share */
    struct sockaddr_in name = name_of("127.0.0.1", port);
    FAILS(bind(other, (struct sockaddr *)&name, sizeof name), EADDRINUSE);
    close(other);

    for (int gone = 0; gone < 2; gone++) { /* the others go on */
        close(listening[gone]);
        share(listening + gone + 1, 2 - gone, port, got);
        CHECK(got[0] + (gone ? 0 : got[1]) == CLIENTS);
    }
    close(listening[2]);
    other = socket(AF_INET, SOCK_STREAM, 0);
    FAILS(connect(other, (struct sockaddr *)&name, sizeof name), ECONNREFUSED);
    close(other);
}

int main(void)
{
    loopback_network();
    puts("windows");
    small_windows();
    puts("segments");
    small_segments();
    puts("patience");
    patience();
    puts("sharing");
    sharing();
    return success();
}
