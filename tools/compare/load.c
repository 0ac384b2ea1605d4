/* SPDX-License-Identifier: MIT
 *
 * Requests, one at a time on each connection.
 */
#include "load.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tools/text.h"

#define TRIES_MAX       16 /* at the same time; the oldest is given up */
#define TRY_MS_MIN      1.0
#define TRY_MS_MAX      20.0
#define READ_MAX        16384
#define SAMPLES_MAX     (1u << 20)
#define CONNECT_WAIT_MS 100
#define CONNECT_TRIES   100
#define SILENCE_MS      5000

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int connect_start(const struct sockaddr_in *to)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)to, sizeof *to) && errno != EINPROGRESS) {
        close(fd);
        return -1;
    }
    return fd;
}

/* ---- the first answer ---- */

struct attempt {
    int fd;
    bool asked;
    struct answer answer;
};

/* Nothing of it is left to be sent again to who has that address next. */
static void give_up(struct attempt *attempt)
{
    if (attempt->fd >= 0) {
        setsockopt(attempt->fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0},
                   sizeof(struct linger));
        close(attempt->fd);
    }
    attempt->fd = -1;
    attempt->asked = false;
    attempt->answer = (struct answer){0};
}

/* True when it is answered. One that is of no use is given up. */
static bool look(struct attempt *attempt, const struct exchange *exchange, short events)
{
    char bytes[READ_MAX];
    const char *why;
    if (events & POLLOUT && !attempt->asked) {
        attempt->asked =
            send(attempt->fd, exchange->request, exchange->request_bytes, MSG_NOSIGNAL) > 0;
        if (!attempt->asked && errno != EAGAIN && errno != ENOTCONN)
            give_up(attempt);
        return false;
    }
    if (!(events & (POLLIN | POLLERR | POLLHUP)))
        return false;
    ssize_t got = recv(attempt->fd, bytes, sizeof bytes, 0);
    if (got > 0) {
        enum answer_state state = answer_take(exchange, &attempt->answer, bytes, (size_t)got, &why);
        if (state != ANSWER_WRONG && answer_tells(exchange, &attempt->answer))
            return true;
        if (state == ANSWER_PART)
            return false;
    }
    if (got >= 0 || errno != EAGAIN)
        give_up(attempt);
    return false;
}

/* Attempts that nobody hears are lost, and those that wait for the server are work for it:
 * the next one comes when a quarter of the time so far has passed. */
static double next_try_ms(double start_ms)
{
    double pause_ms = (now_ms() - start_ms) / 4;

    pause_ms = pause_ms < TRY_MS_MIN ? TRY_MS_MIN : pause_ms;
    return now_ms() + (pause_ms > TRY_MS_MAX ? TRY_MS_MAX : pause_ms);
}

int first_answer(const struct sockaddr_in *to, const struct exchange *exchange, double deadline_s,
                 const volatile int *stop)
{
    static struct attempt attempts[TRIES_MAX];
    double start_ms = now_ms(), until_ms = start_ms + deadline_s * 1e3, next_ms = 0;
    bool answered = false;
    for (int i = 0; i < TRIES_MAX; i++)
        attempts[i] = (struct attempt){.fd = -1};
    for (int oldest = 0; !answered && now_ms() < until_ms && !(stop && *stop);) {
        struct pollfd polls[TRIES_MAX];
        if (now_ms() >= next_ms) {
            give_up(&attempts[oldest]);
            attempts[oldest].fd = connect_start(to);
            oldest = (oldest + 1) % TRIES_MAX;
            next_ms = next_try_ms(start_ms);
        }
        for (int i = 0; i < TRIES_MAX; i++)
            polls[i] = (struct pollfd){attempts[i].fd, attempts[i].asked ? POLLIN : POLLOUT, 0};
        poll(polls, TRIES_MAX, 1);
        for (int i = 0; i < TRIES_MAX; i++)
            answered |= attempts[i].fd >= 0 && look(&attempts[i], exchange, polls[i].revents);
    }
    for (int i = 0; i < TRIES_MAX; i++)
        give_up(&attempts[i]);
    return answered ? 0 : -1;
}

/* ---- load ---- */

struct client {
    int fd;
    double asked_ms;
    struct answer answer;
};

struct load {
    const struct exchange *exchange;
    struct client *clients;
    double *samples;
    uint64_t answers;
    const char *trouble;
};

static void ask(struct load *load, struct client *client)
{
    size_t size = load->exchange->request_bytes;
    client->asked_ms = now_ms();
    client->answer.count = 0;
    client->answer.in_body = false;
    if (send(client->fd, load->exchange->request, size, MSG_NOSIGNAL) != (ssize_t)size)
        load->trouble = text_format("a request cannot be sent: %s", strerror(errno));
}

static void listen_to(struct load *load, struct client *client)
{
    static char bytes[READ_MAX];
    ssize_t got = recv(client->fd, bytes, sizeof bytes, 0);
    if (got <= 0) {
        if (got == 0 || (errno != EAGAIN && errno != EINTR))
            load->trouble = "a connection was closed by the server";
        return;
    }
    if (answer_take(load->exchange, &client->answer, bytes, (size_t)got, &load->trouble) !=
        ANSWER_WHOLE)
        return;
    load->samples[load->answers++ % SAMPLES_MAX] = now_ms() - client->asked_ms;
    ask(load, client);
}

/* One that is not taken at once is made anew: QEMU's user network lets some lie. */
static int connect_whole(const struct sockaddr_in *to)
{
    for (int i = 0; i < CONNECT_TRIES; i++) {
        int fd = connect_start(to), error = 0;
        socklen_t length = sizeof error;
        if (fd >= 0 && poll(&(struct pollfd){fd, POLLOUT, 0}, 1, CONNECT_WAIT_MS) > 0 &&
            getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && !error) {
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
            return fd;
        }
        if (fd >= 0)
            close(fd);
    }
    return -1;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void run(struct load *load, unsigned connections, int poll_fd, double until_ms)
{
    for (unsigned i = 0; i < connections; i++)
        ask(load, &load->clients[i]);
    while (!load->trouble && now_ms() < until_ms) {
        struct epoll_event events[64];
        int count = epoll_wait(poll_fd, events, 64, SILENCE_MS);
        if (!count)
            load->trouble = text_format("no answer for %d s", SILENCE_MS / 1000);
        for (int i = 0; i < count && !load->trouble; i++)
            listen_to(load, events[i].data.ptr);
    }
}

struct load_figures load_run(const struct sockaddr_in *to, const struct exchange *exchange,
                             unsigned connections, double seconds)
{
    struct load load = {
        .exchange = exchange,
        .clients = calloc(connections, sizeof *load.clients),
        .samples = calloc(SAMPLES_MAX, sizeof *load.samples),
    };
    struct load_figures result = {0};
    int poll_fd = epoll_create1(EPOLL_CLOEXEC);
    unsigned open = 0;
    if (!load.clients || !load.samples)
        load.trouble = "no memory";
    while (!load.trouble && open < connections) {
        struct client *client = &load.clients[open];
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
        client->fd = connect_whole(to);
        if (client->fd < 0)
            load.trouble = "a connection was not taken";
        else if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, client->fd, &event) == 0)
            open++;
    }
    double start_ms = now_ms();
    if (!load.trouble && load.clients)
        run(&load, connections, poll_fd, start_ms + seconds * 1e3);
    double took_s = (now_ms() - start_ms) / 1e3;
    size_t count = load.answers < SAMPLES_MAX ? load.answers : SAMPLES_MAX;
    result.trouble = load.trouble ? load.trouble : count ? NULL : "no answers";
    if (!result.trouble) {
        qsort(load.samples, count, sizeof *load.samples, by_value);
        result.per_second = (double)load.answers / took_s;
        result.p50_ms = load.samples[count / 2];
        result.p99_ms = load.samples[count * 99 / 100];
    }
    while (open)
        close(load.clients[--open].fd);
    close(poll_fd);
    free(load.clients);
    free(load.samples);
    return result;
}
