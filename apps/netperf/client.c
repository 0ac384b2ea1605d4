/* SPDX-License-Identifier: MIT
 *
 * The end that measures: one process, blocking sockets, several connections in turn.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "netperf.h"

#define CONNECTIONS_MAX 1024
#define PATIENCE_S      20

static unsigned char buffer[BUFFER_BYTES];
static uint64_t latencies_ns[1 << 20];

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "netperf: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int connect_to(const struct measurement *measurement)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)measurement->port)};
    struct timeval patience = {PATIENCE_S, 0};
    int fd = socket(AF_INET, measurement->udp ? SOCK_DGRAM : SOCK_STREAM, 0);
    if (inet_pton(AF_INET, measurement->host, &to.sin_addr) != 1) {
        fprintf(stderr, "netperf: %s: expected an IPv4 address\n", measurement->host);
        exit(2);
    }
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to))
        give_up("connect");
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (measurement->udp)
        return fd;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    unsigned char start[24];
    order_pack(&(struct order){ORDER_MAGIC, measurement->mode, measurement->request_bytes,
                               measurement->response_bytes, measurement->bytes},
               start);
    if (send(fd, start, sizeof start, MSG_NOSIGNAL) != (ssize_t)sizeof start)
        give_up("send");
    return fd;
}

static void receive_all(int fd, size_t size)
{
    while (size) {
        ssize_t got = recv(fd, buffer, size < sizeof buffer ? size : sizeof buffer, 0);
        if (got <= 0) {
            errno = got ? errno : ECONNRESET;
            give_up("receive");
        }
        size -= (size_t)got;
    }
}

static void report_bulk(const char *name, uint64_t bytes, uint64_t took_ns)
{
    printf("%s bytes %llu seconds %.6f megabytes_per_second %.1f\n", name,
           (unsigned long long)bytes, (double)took_ns / 1e9,
           (double)bytes / 1e6 / ((double)took_ns / 1e9));
}

/* Until so many bytes have gone, or so many seconds. The server says how many came. */
static int measure_sink(const struct measurement *measurement)
{
    int fd = connect_to(measurement);
    uint64_t start = now_ns(), bytes = 0, came = 0;
    uint64_t until = start + (uint64_t)(measurement->seconds * 1e9);
    while (measurement->bytes ? bytes < measurement->bytes : now_ns() < until) {
        size_t size = sizeof buffer;
        if (measurement->bytes && measurement->bytes - bytes < size)
            size = measurement->bytes - bytes;
        ssize_t sent = send(fd, buffer, size, MSG_NOSIGNAL);
        if (sent < 0)
            give_up("send");
        bytes += (uint64_t)sent;
    }
    shutdown(fd, SHUT_WR);
    receive_all(fd, 8);
    for (int i = 0; i < 8; i++)
        came = came << 8 | buffer[i];
    report_bulk("sink", came, now_ns() - start);
    close(fd);
    return came == bytes ? 0 : 1;
}

static int measure_source(const struct measurement *measurement)
{
    int fd = connect_to(measurement);
    uint64_t start = now_ns(), bytes = 0;
    uint64_t until = start + (uint64_t)(measurement->seconds * 1e9);
    while (measurement->bytes || now_ns() < until) {
        ssize_t got = recv(fd, buffer, sizeof buffer, 0);
        if (got < 0)
            give_up("receive");
        if (!got)
            break;
        bytes += (uint64_t)got;
    }
    report_bulk("source", bytes, now_ns() - start);
    close(fd);
    return bytes == measurement->bytes || !measurement->bytes ? 0 : 1;
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static void report_turns(uint64_t rounds, uint64_t took_ns, uint64_t lost)
{
    size_t kept = sizeof latencies_ns / sizeof *latencies_ns;
    size_t count = rounds < kept ? rounds : kept;
    qsort(latencies_ns, count, sizeof *latencies_ns, by_value);
    printf("turns rounds %llu seconds %.6f per_second %.1f p50_us %.1f p99_us %.1f lost %llu\n",
           (unsigned long long)rounds, (double)took_ns / 1e9,
           (double)rounds / ((double)took_ns / 1e9),
           count ? (double)latencies_ns[count / 2] / 1e3 : 0,
           count ? (double)latencies_ns[count * 99 / 100] / 1e3 : 0, (unsigned long long)lost);
}

/* A request on every connection, answered in whatever order. Datagrams may be lost: one
 * that does not come back within a second is sent again. */
static int measure_turns(const struct measurement *measurement)
{
    static struct pollfd sockets[CONNECTIONS_MAX];
    static uint64_t sent_ns[CONNECTIONS_MAX];
    uint64_t rounds = 0, lost = 0, start = now_ns();
    uint64_t until = start + (uint64_t)(measurement->seconds * 1e9);
    size_t request = measurement->request_bytes;
    size_t response = measurement->udp ? request : measurement->response_bytes;
    for (unsigned i = 0; i < measurement->connections; i++)
        sockets[i] = (struct pollfd){connect_to(measurement), POLLIN, 0};
    for (unsigned i = 0; i < measurement->connections; i++) {
        sent_ns[i] = now_ns();
        if (send(sockets[i].fd, buffer, request, MSG_NOSIGNAL) != (ssize_t)request)
            give_up("send");
    }
    while (measurement->rounds ? rounds < measurement->rounds : now_ns() < until) {
        if (poll(sockets, measurement->connections, 1000) == 0 && !measurement->udp) {
            errno = ETIMEDOUT;
            give_up("receive");
        }
        for (unsigned i = 0; i < measurement->connections; i++) {
            uint64_t now = now_ns();
            if (!sockets[i].revents && !(measurement->udp && now - sent_ns[i] > 1000000000))
                continue;
            if (!sockets[i].revents) {
                lost++;
            } else {
                receive_all(sockets[i].fd, response);
                now = now_ns();
                latencies_ns[rounds++ % (sizeof latencies_ns / sizeof *latencies_ns)] =
                    now - sent_ns[i];
            }
            sent_ns[i] = now;
            if (send(sockets[i].fd, buffer, request, MSG_NOSIGNAL) != (ssize_t)request)
                give_up("send");
        }
    }
    report_turns(rounds, now_ns() - start, lost);
    return 0;
}

int measure(const struct measurement *measurement)
{
    if (measurement->mode == MODE_SINK)
        return measure_sink(measurement);
    if (measurement->mode == MODE_SOURCE)
        return measure_source(measurement);
    return measure_turns(measurement);
}
