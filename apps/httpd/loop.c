/* SPDX-License-Identifier: MIT
 *
 * The loop: waits for whoever is ready, and for nothing longer than until the next
 * client is late. Without connections it waits for ever.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* accept4, pipe2 */
#endif
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

#define EVENTS_MAX   64
#define ACCEPTS_MAX  16 /* in one turn */
#define REFUSALS_MAX 64 /* connections beyond the most, to be told so */

int64_t now_ms, now_s;
char now_date[DATE_BYTES + 1];
bool stopping;
unsigned connection_count;

static struct connection *connections;
static int poll_fd, listen_fd, wake_fds[2];
static bool listening; /* the listener is watched */
static int64_t soonest_ms, next_second_ms, stop_ms;

static void read_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    if (now_ms < next_second_ms)
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    next_second_ms = now_ms + 1000 - now.tv_nsec / 1000000;
    now_s = now.tv_sec;
    date_write(now.tv_sec, now_date);
}

static int watch(int operation, int fd, uint32_t events, void *what)
{
    struct epoll_event event = {.events = events, .data.ptr = what};
    return epoll_ctl(poll_fd, operation, fd, &event);
}

void loop_watch(struct connection *connection, uint32_t events)
{
    watch(EPOLL_CTL_MOD, connection->fd, events, connection);
}

void loop_deadline(struct connection *connection, int after_ms)
{
    connection->deadline_ms = now_ms + after_ms;
    if (connection->deadline_ms < soonest_ms)
        soonest_ms = connection->deadline_ms;
}

static void watch_listener(bool wanted)
{
    if (wanted == listening || stopping)
        return;
    listening = wanted;
    watch(EPOLL_CTL_MOD, listen_fd, wanted ? EPOLLIN : 0, &listen_fd);
}

void loop_forget(struct connection *connection)
{
    if (connection->next)
        connection->next->previous = connection->previous;
    if (connection->previous)
        connection->previous->next = connection->next;
    else
        connections = connection->next;
    connection_count--;
    watch_listener(true);
}

static int set(int fd, int level, int name, int value)
{
    return setsockopt(fd, level, name, &value, sizeof value);
}

/* A socket for both kinds of address, or for IPv4 where there is no other. */
static int bind_any(void)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)options.port)};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.port)};
    int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    bool is_four = options.address && inet_pton(AF_INET, options.address, &four.sin_addr) == 1;
    if (options.address && !is_four && inet_pton(AF_INET6, options.address, &six.sin6_addr) != 1) {
        errno = EADDRNOTAVAIL;
        return -1;
    }
    listen_fd = is_four ? -1 : socket(AF_INET6, type, 0);
    if (listen_fd >= 0) {
        if (set(listen_fd, SOL_SOCKET, SO_REUSEADDR, 1) == 0 &&
            (options.address || set(listen_fd, IPPROTO_IPV6, IPV6_V6ONLY, 0) == 0) &&
            bind(listen_fd, (struct sockaddr *)&six, sizeof six) == 0)
            return 0;
        if (options.address || (errno != EAFNOSUPPORT && errno != EADDRNOTAVAIL))
            return -1;
        close(listen_fd);
    }
    listen_fd = socket(AF_INET, type, 0);
    return listen_fd < 0 || set(listen_fd, SOL_SOCKET, SO_REUSEADDR, 1)
               ? -1
               : bind(listen_fd, (struct sockaddr *)&four, sizeof four);
}

int loop_listen(void)
{
    if (bind_any() || listen(listen_fd, SOMAXCONN))
        return -1;
    poll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (poll_fd < 0 || pipe2(wake_fds, O_NONBLOCK | O_CLOEXEC))
        return -1;
    listening = true;
    return watch(EPOLL_CTL_ADD, listen_fd, EPOLLIN, &listen_fd) ||
                   watch(EPOLL_CTL_ADD, wake_fds[0], EPOLLIN, wake_fds)
               ? -1
               : 0;
}

void loop_stop(void)
{
    int before = errno;
    if (write(wake_fds[1], "", 1) < 0) /* full: it is told already */
        errno = before;
}

/* False when no more can be accepted in this turn. */
static bool accept_one(void)
{
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    int fd = accept4(listen_fd, (struct sockaddr *)&peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
            watch_listener(false); /* until somebody leaves */
        return errno == ECONNABORTED || errno == EINTR;
    }
    struct connection *connection = connection_new(fd, &peer);
    if (!connection || watch(EPOLL_CTL_ADD, fd, EPOLLIN, connection)) {
        close(fd);
        return false;
    }
    set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    connection->next = connections;
    if (connections)
        connections->previous = connection;
    connections = connection;
    connection_count++;
    loop_deadline(connection, options.idle_ms);
    if (connection_count > options.connections_max)
        connection_dismiss(connection, 503);
    return true;
}

static void accept_some(void)
{
    for (unsigned i = 0; i < ACCEPTS_MAX && accept_one(); i++)
        if (connection_count >= options.connections_max + REFUSALS_MAX) {
            watch_listener(false);
            return;
        }
}

static void begin_stop(void)
{
    struct connection *next;
    watch(EPOLL_CTL_DEL, wake_fds[0], 0, NULL);
    watch(EPOLL_CTL_DEL, listen_fd, 0, NULL);
    close(listen_fd);
    stopping = true;
    stop_ms = now_ms + options.stop_ms;
    for (struct connection *connection = connections; connection; connection = next) {
        next = connection->next;
        connection_stop(connection);
    }
}

static void look_for_late(void)
{
    struct connection *next;
    soonest_ms = INT64_MAX;
    for (struct connection *connection = connections; connection; connection = next) {
        next = connection->next;
        if (connection->deadline_ms <= now_ms)
            connection_late(connection);
        else if (connection->deadline_ms < soonest_ms)
            soonest_ms = connection->deadline_ms;
    }
}

static int patience_ms(void)
{
    int64_t until = soonest_ms;
    if (!connections && !stopping)
        return -1;
    if (stopping && stop_ms < until)
        until = stop_ms;
    return until <= now_ms ? 0 : until - now_ms > 1 << 30 ? 1 << 30 : (int)(until - now_ms);
}

void loop_run(void)
{
    struct epoll_event events[EVENTS_MAX];
    bool stop_wanted = false;
    read_clock();
    while (!stopping || (connections && now_ms < stop_ms)) {
        int count = epoll_wait(poll_fd, events, EVENTS_MAX, patience_ms());
        read_clock();
        for (int i = 0; i < count; i++) {
            void *what = events[i].data.ptr;
            if (what == &listen_fd)
                accept_some();
            else if (what == wake_fds)
                stop_wanted = true; /* others of this turn may still be looked at */
            else
                connection_ready(what);
        }
        if (stop_wanted && !stopping)
            begin_stop();
        if (soonest_ms <= now_ms)
            look_for_late();
        if (log_wanted)
            log_flush();
    }
    while (connections)
        connection_close(connections);
}
