/* SPDX-License-Identifier: MIT
 *
 * Bytes over TCP, of which both ends know what each of them must be. The same program is
 * both ends:
 *     net_bytes serve PORT
 *     net_bytes to ADDRESS PORT [--connections N] [--orders N | --seconds S] [--bytes N]
 *               [--patience S] [--seed N] give|take|both|memory
 * A connection is a row of orders; with each the client gives bytes, which the server
 * compares, or takes some, which it compares itself. It prints `right BYTES`, or what was
 * wrong, and where. `memory` prints what the server has free.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* accept4 */
#endif
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define CHUNK_BYTES     65536
#define CONNECTIONS_MAX 512
#define TURNS_MAX       8 /* chunks before others have their turn */
#define MAGIC           0x6e657462u
#define RIGHT           UINT64_MAX

enum { GIVE = 1, TAKE, MEMORY };

/* As it goes over the wire, between two machines of the same kind. */
struct order {
    uint32_t magic, mode;
    uint64_t seed, bytes;
};
struct verdict {
    uint64_t bytes; /* that came; or that are free */
    uint64_t wrong; /* the first one that is, RIGHT: none */
};

/* ---- what the bytes must be ---- */

static uint64_t word_at(uint64_t seed, uint64_t n)
{
    uint64_t word = seed + (n + 1) * 0x9e3779b97f4a7c15;
    word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9;
    word = (word ^ word >> 27) * 0x94d049bb133111eb;
    return word ^ word >> 31;
}

static void bytes_make(uint64_t seed, uint64_t at, unsigned char *to, size_t count)
{
    for (size_t done = 0; done < count;) {
        uint64_t word = word_at(seed, (at + done) / 8);
        size_t skip = (at + done) % 8, n = 8 - skip;
        if (n > count - done)
            n = count - done;
        memcpy(to + done, (unsigned char *)&word + skip, n);
        done += n;
    }
}

/* Which of them is wrong, or RIGHT. */
static uint64_t bytes_compare(uint64_t seed, uint64_t at, const unsigned char *got, size_t count)
{
    static __thread unsigned char wanted[CHUNK_BYTES];

    bytes_make(seed, at, wanted, count);
    if (memcmp(got, wanted, count) == 0)
        return RIGHT;
    for (size_t i = 0;; i++)
        if (got[i] != wanted[i])
            return at + i;
}

/* ---- the server ---- */

struct connection {
    int fd;
    struct order order;
    size_t order_bytes; /* that came */
    uint64_t done;
    struct verdict verdict;
    size_t verdict_left; /* to be sent */
};

static unsigned char chunk[CHUNK_BYTES];

enum { GO_ON, WAIT, END };

static int failed(void)
{
    return errno == EAGAIN ? WAIT : END;
}

static int order_read(struct connection *c)
{
    ssize_t got =
        recv(c->fd, (char *)&c->order + c->order_bytes, sizeof c->order - c->order_bytes, 0);

    if (got <= 0)
        return got ? failed() : END;
    c->order_bytes += (size_t)got;
    c->done = 0;
    c->verdict.wrong = RIGHT;
    if (c->order_bytes < sizeof c->order)
        return GO_ON;
    if (c->order.magic != MAGIC || c->order.mode < GIVE || c->order.mode > MEMORY)
        return END;
    if (c->order.mode == MEMORY) {
        struct sysinfo info;
        sysinfo(&info);
        c->verdict.bytes = (uint64_t)info.freeram * (info.mem_unit ? info.mem_unit : 1);
        c->verdict_left = sizeof c->verdict;
    }
    return GO_ON;
}

static int verdict_send(struct connection *c)
{
    const char *end = (const char *)(&c->verdict + 1);
    ssize_t sent = send(c->fd, end - c->verdict_left, c->verdict_left, MSG_NOSIGNAL);

    if (sent < 0)
        return failed();
    c->verdict_left -= (size_t)sent;
    if (!c->verdict_left)
        c->order_bytes = 0;
    return GO_ON;
}

static size_t chunk_of(const struct connection *c)
{
    uint64_t left = c->order.bytes - c->done;
    return left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES;
}

static int data_read(struct connection *c)
{
    ssize_t got = recv(c->fd, chunk, chunk_of(c), 0);

    if (got <= 0)
        return got ? failed() : END;
    if (c->verdict.wrong == RIGHT)
        c->verdict.wrong = bytes_compare(c->order.seed, c->done, chunk, (size_t)got);
    c->done += (uint64_t)got;
    if (c->done == c->order.bytes) {
        c->verdict.bytes = c->done;
        c->verdict_left = sizeof c->verdict;
    }
    return GO_ON;
}

static int data_send(struct connection *c)
{
    size_t count = chunk_of(c);
    ssize_t sent;

    bytes_make(c->order.seed, c->done, chunk, count);
    sent = send(c->fd, chunk, count, MSG_NOSIGNAL);
    if (sent < 0)
        return failed();
    c->done += (uint64_t)sent;
    if (c->done == c->order.bytes)
        c->order_bytes = 0;
    return GO_ON;
}

static int step(struct connection *c)
{
    if (c->verdict_left)
        return verdict_send(c);
    if (c->order_bytes < sizeof c->order)
        return order_read(c);
    return c->order.mode == GIVE ? data_read(c) : data_send(c);
}

static void wait_for(int poller, struct connection *c, int how)
{
    bool sends = c->verdict_left || (c->order_bytes == sizeof c->order && c->order.mode == TAKE);
    struct epoll_event event = {sends ? EPOLLOUT : EPOLLIN, {.ptr = c}};

    epoll_ctl(poller, how, c->fd, &event);
}

static void serve_some(int poller, struct connection *c)
{
    int what = GO_ON;

    for (int turn = 0; turn < TURNS_MAX && what == GO_ON; turn++)
        what = step(c);
    if (what != END) {
        wait_for(poller, c, EPOLL_CTL_MOD);
        return;
    }
    close(c->fd);
    free(c);
}

static void accept_all(int poller, int listener)
{
    int fd;

    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct connection *c = calloc(1, sizeof *c);
        if (!c) {
            close(fd);
            return;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        c->fd = fd;
        wait_for(poller, c, EPOLL_CTL_ADD);
    }
}

static int serve(unsigned port)
{
    struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    int listener = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0), poller = epoll_create1(0);
    struct epoll_event events[64], first = {EPOLLIN, {.ptr = NULL}};

    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, 512) ||
        epoll_ctl(poller, EPOLL_CTL_ADD, listener, &first)) {
        perror("net_bytes: serve");
        return 1;
    }
    printf("listening on %u\n", port);
    fflush(stdout);
    for (;;) {
        int count = epoll_wait(poller, events, 64, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr)
                serve_some(poller, events[i].data.ptr);
            else
                accept_all(poller, listener);
        }
    }
}

/* ---- clients ---- */

static struct {
    const char *address;
    unsigned port, connections, orders, seconds, patience_s, mode;
    uint64_t bytes, seed;
} wish = {.connections = 1, .orders = 1, .patience_s = 60, .bytes = 1000000, .seed = 1};
static uint64_t right_bytes;
static time_t end_s;
static bool wrong;
static pthread_mutex_t printing = PTHREAD_MUTEX_INITIALIZER;

static void complain(unsigned n, unsigned order, const char *mode, const char *what, uint64_t at)
{
    pthread_mutex_lock(&printing);
    printf("connection %u order %u %s: %s at %llu\n", n, order, mode, what, (unsigned long long)at);
    wrong = true;
    pthread_mutex_unlock(&printing);
}

static int connect_to(void)
{
    struct sockaddr_in6 to6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)wish.port)};
    struct sockaddr_in to4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)wish.port)};
    bool is6 = inet_pton(AF_INET6, wish.address, &to6.sin6_addr) == 1;
    struct timeval patience = {wish.patience_s, 0};
    int fd;

    if (!is6 && inet_pton(AF_INET, wish.address, &to4.sin_addr) != 1)
        return -1;
    fd = socket(is6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    if (connect(fd, is6 ? (void *)&to6 : (void *)&to4, is6 ? sizeof to6 : sizeof to4) == 0)
        return fd;
    close(fd);
    return -1;
}

/* All of it, or how much. */
static size_t send_all(int fd, const void *data, size_t count)
{
    size_t done = 0;
    ssize_t sent;

    while (done < count && (sent = send(fd, (char *)data + done, count - done, MSG_NOSIGNAL)) > 0)
        done += (size_t)sent;
    return done;
}

static const char *give(int fd, const struct order *order, uint64_t *at)
{
    static __thread unsigned char data[CHUNK_BYTES];
    struct verdict verdict;

    for (*at = 0; *at < order->bytes;) {
        size_t count = order->bytes - *at < CHUNK_BYTES ? order->bytes - *at : CHUNK_BYTES;
        bytes_make(order->seed, *at, data, count);
        size_t sent = send_all(fd, data, count);
        *at += sent;
        if (sent < count)
            return strerror(errno);
    }
    if (recv(fd, &verdict, sizeof verdict, MSG_WAITALL) != (ssize_t)sizeof verdict)
        return errno ? strerror(errno) : "no verdict";
    if (verdict.wrong == RIGHT && verdict.bytes == order->bytes)
        return NULL;
    *at = verdict.wrong;
    return "the server got a wrong byte";
}

static const char *take(int fd, const struct order *order, uint64_t *at)
{
    static __thread unsigned char data[CHUNK_BYTES];

    for (*at = 0; *at < order->bytes;) {
        size_t count = order->bytes - *at < CHUNK_BYTES ? order->bytes - *at : CHUNK_BYTES;
        ssize_t got = recv(fd, data, count, 0);
        if (got <= 0)
            return got ? strerror(errno) : "it ended";
        uint64_t where = bytes_compare(order->seed, *at, data, (size_t)got);
        if (where != RIGHT) {
            *at = where;
            return "a wrong byte came";
        }
        *at += (uint64_t)got;
    }
    return NULL;
}

static const char *memory_ask(int fd, uint64_t *at)
{
    struct verdict verdict;

    *at = 0;
    if (recv(fd, &verdict, sizeof verdict, MSG_WAITALL) != (ssize_t)sizeof verdict)
        return "no answer";
    printf("free %llu\n", (unsigned long long)verdict.bytes);
    return NULL;
}

/* Sizes go from one byte to twice what was wished for when there are many orders. */
static struct order order_make(unsigned n, unsigned i)
{
    uint64_t chance = word_at(wish.seed * 1000003 + n, i);
    struct order order = {MAGIC, wish.mode, chance, wish.bytes};

    if (wish.orders > 1 || wish.seconds)
        order.bytes = 1 + (chance >> 8) % (2 * wish.bytes);
    if (!order.mode)
        order.mode = chance & 1 ? GIVE : TAKE;
    return order;
}

static bool goes_on(unsigned i)
{
    return wish.seconds ? time(NULL) < end_s : i < wish.orders;
}

static void *client(void *argument)
{
    static const char *const names[] = {"", "give", "take", "memory"};
    unsigned n = (unsigned)(uintptr_t)argument;
    int fd = connect_to();

    if (fd < 0)
        complain(n, 0, "connect", strerror(errno), 0);
    for (unsigned i = 0; fd >= 0 && goes_on(i); i++) {
        struct order order = order_make(n, i);
        const char *what = NULL;
        uint64_t at = 0;
        errno = 0;
        if (send_all(fd, &order, sizeof order) < sizeof order)
            what = strerror(errno);
        else
            what = order.mode == GIVE   ? give(fd, &order, &at)
                   : order.mode == TAKE ? take(fd, &order, &at)
                                        : memory_ask(fd, &at);
        if (what) {
            complain(n, i, names[order.mode], what, at);
            break;
        }
        __atomic_fetch_add(&right_bytes, at, __ATOMIC_RELAXED);
    }
    if (fd >= 0)
        close(fd);
    return NULL;
}

static int clients_run(void)
{
    pthread_t threads[CONNECTIONS_MAX];

    end_s = time(NULL) + wish.seconds;
    for (unsigned n = 0; n < wish.connections; n++)
        pthread_create(&threads[n], NULL, client, (void *)(uintptr_t)n);
    for (unsigned n = 0; n < wish.connections; n++)
        pthread_join(threads[n], NULL);
    if (!wrong && wish.mode != MEMORY)
        printf("right %llu\n", (unsigned long long)right_bytes);
    return wrong;
}

static void option_take(const char *name, const char *value)
{
    const struct {
        const char *name;
        unsigned *small;
        uint64_t *large;
    } all[] = {
        {"--connections", &wish.connections, NULL},
        {"--orders", &wish.orders, NULL},
        {"--patience", &wish.patience_s, NULL},
        {"--seconds", &wish.seconds, NULL},
        {"--bytes", NULL, &wish.bytes},
        {"--seed", NULL, &wish.seed},
    };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (strcmp(all[i].name, name) != 0)
            continue;
        if (all[i].small)
            *all[i].small = (unsigned)atoi(value);
        else
            *all[i].large = (uint64_t)atof(value);
        return;
    }
    fprintf(stderr, "net_bytes: %s: no such option\n", name);
    exit(2);
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    if (argc == 3 && strcmp(argv[1], "serve") == 0)
        return serve((unsigned)atoi(argv[2]));
    if (argc < 5 || strcmp(argv[1], "to") != 0) {
        fprintf(stderr,
                "usage: net_bytes serve PORT\n"
                "       net_bytes to ADDRESS PORT [OPTION VALUE...] give|take|both|memory\n");
        return 2;
    }
    wish.address = argv[2];
    wish.port = (unsigned)atoi(argv[3]);
    for (int i = 4; i + 2 < argc; i += 2)
        option_take(argv[i], argv[i + 1]);
    const char *mode = argv[argc - 1];
    wish.mode = strcmp(mode, "give") == 0     ? GIVE
                : strcmp(mode, "take") == 0   ? TAKE
                : strcmp(mode, "memory") == 0 ? MEMORY
                                              : 0;
    if (wish.connections > CONNECTIONS_MAX)
        wish.connections = CONNECTIONS_MAX;
    return clients_run();
}
