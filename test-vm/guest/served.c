/* SPDX-License-Identifier: MIT
 *
 * A server to be ill-treated, for test-vm/suites/network-bounds: one thread, one epoll.
 *     port 80   answers requests; /state says how much memory is free, how many connections
 *               there are, and which errors connections have ended with
 *     port 81   accepts, and never reads
 *     port 82   sends as long as it goes
 * With the arguments `keep TRIES` connections that nobody answers on are ended by keep-alive.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* accept4 */
#endif
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/sysinfo.h>
#include <unistd.h>

enum kind { SERVED = 0, DEAF = 1, TALKER = 2, KINDS = 3, IS_LISTENER = 4 };

static unsigned open_count[KINDS], errors[256];
static unsigned long accepted;
static int poll_fd, keep_tries;
static char chunk[32768];

static void check(int good, const char *what)
{
    if (good)
        return;
    printf("FAIL: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void set(int fd, int level, int option, int value)
{
    check(setsockopt(fd, level, option, &value, sizeof value) == 0, "setsockopt");
}

static void watch(int operation, int fd, unsigned kind, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.u64 = (uint64_t)kind << 32 | (unsigned)fd};

    check(epoll_ctl(poll_fd, operation, fd, &event) == 0, "epoll_ctl");
}

static void listen_at(unsigned kind)
{
    struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)(80 + kind))};
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0);

    check(fd >= 0, "socket");
    set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    check(bind(fd, (struct sockaddr *)&name, sizeof name) == 0, "bind");
    check(listen(fd, SOMAXCONN) == 0, "listen");
    watch(EPOLL_CTL_ADD, fd, kind | IS_LISTENER, EPOLLIN);
}

static void end(int fd, unsigned kind, int error)
{
    if (error > 0 && error < 256)
        errors[error]++;
    open_count[kind]--;
    close(fd);
}

static void keep_alive(int fd)
{
    set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    set(fd, IPPROTO_TCP, TCP_KEEPIDLE, 3);
    set(fd, IPPROTO_TCP, TCP_KEEPINTVL, 1);
    set(fd, IPPROTO_TCP, TCP_KEEPCNT, keep_tries);
}

/* Why none was accepted is an error as well, but not a connection's. */
static void accept_some(int listener, unsigned kind)
{
    for (int i = 0; i < 64; i++) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
        if (fd < 0) {
            if (errno != EAGAIN && errno > 0 && errno < 256)
                errors[errno]++;
            return;
        }
        accepted++;
        open_count[kind]++;
        if (keep_tries)
            keep_alive(fd);
        watch(EPOLL_CTL_ADD, fd, kind,
              kind == SERVED ? EPOLLIN
              : kind == DEAF ? EPOLLRDHUP
                             : EPOLLIN | EPOLLOUT);
    }
}

static int state_print(char *to, size_t room)
{
    struct sysinfo info;
    int n;

    sysinfo(&info);
    n = snprintf(to, room, "free %llu served %u deaf %u talkers %u accepted %lu",
                 (unsigned long long)info.freeram * info.mem_unit, open_count[SERVED],
                 open_count[DEAF], open_count[TALKER], accepted);
    for (int i = 0; i < 256; i++)
        if (errors[i])
            n += snprintf(to + n, room - (size_t)n, " %s %u",
                          i == ETIMEDOUT    ? "timed-out"
                          : i == ECONNRESET ? "reset"
                          : i == EPIPE      ? "broken-pipe"
                                            : strerror(i),
                          errors[i]);
    n += snprintf(to + n, room - (size_t)n, "\n");
    return n;
}

static void serve(int fd)
{
    char in[2048], answer[2048], body[1024];
    ssize_t got = recv(fd, in, sizeof in - 1, 0);
    int length = 612, n;

    if (got <= 0) {
        if (got == 0 || errno != EAGAIN)
            end(fd, SERVED, got ? errno : 0);
        return;
    }
    in[got] = 0;
    memset(body, 'x', 612);
    if (strncmp(in, "GET /state ", 11) == 0)
        length = state_print(body, sizeof body);
    n = snprintf(answer, sizeof answer, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", length);
    memcpy(answer + n, body, (size_t)length);
    if (send(fd, answer, (size_t)(n + length), 0) < 0)
        end(fd, SERVED, errno);
    else if (strstr(in, "Connection: close"))
        end(fd, SERVED, 0);
}

static void talk(int fd)
{
    for (int i = 0; i < 8; i++)
        if (send(fd, chunk, sizeof chunk, 0) < 0) {
            if (errno != EAGAIN)
                end(fd, TALKER, errno);
            return;
        }
}

static void go_on(int fd, unsigned kind, uint32_t events)
{
    int error = 0;
    socklen_t size = sizeof error;

    if (kind & IS_LISTENER) {
        accept_some(fd, kind & 3);
    } else if (kind == SERVED) {
        serve(fd);
    } else if (events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP)) {
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
        end(fd, kind, error);
    } else if (kind == TALKER) {
        if (events & EPOLLIN && recv(fd, chunk, 1, MSG_PEEK) == 0)
            end(fd, kind, 0);
        else
            talk(fd);
    }
}

int main(int argc, char **argv)
{
    static struct epoll_event events[128];
    struct rlimit files = {60000, 60000};

    setrlimit(RLIMIT_NOFILE, &files);
    if (argc > 2 && strcmp(argv[1], "keep") == 0)
        keep_tries = atoi(argv[2]);
    poll_fd = epoll_create1(0);
    for (unsigned kind = 0; kind < KINDS; kind++)
        listen_at(kind);
    puts("listening");
    fflush(stdout);
    for (;;) {
        int count = epoll_wait(poll_fd, events, 128, -1);
        for (int i = 0; i < count; i++)
            go_on((int)(uint32_t)events[i].data.u64, (unsigned)(events[i].data.u64 >> 32),
                  events[i].events);
    }
}
