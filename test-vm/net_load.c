/* SPDX-License-Identifier: MIT
 *
 * Clients of a server under test, many of them and not all good:
 *     net_load turns ADDRESS PORT COUNT AT_ONCE       connect, ask, read the answer, see the end
 *     net_load again ADDRESS PORT COUNT               the same, always from one port: `slow N` took
 * a second net_load ask ADDRESS PORT PATH                  one request; prints the answer's body
 *     net_load hold ADDRESS PORT COUNT [FROM]         opened, and asked once on; kept until
 * SIGTERM. At SIGUSR1 each is asked again: `alive N` net_load idle ADDRESS PORT COUNT [FROM]
 * opened, and nothing said net_load stall ADDRESS PORT COUNT PATH          asked on, and the
 * answers never read net_load fill ADDRESS PORT COUNT                written to as long as it goes
 *     net_load crawl ADDRESS PORT COUNT               a byte of a request each second
 *     net_load syn ADDRESS PORT COUNT RATE PREFIX     SYNs from addresses PREFIX.x.y that nobody
 * has The last five go on until SIGTERM as well. Lines on standard output say how far they are.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define TURN_S   20 /* without an answer for so long it has failed */
#define EVENTS   256
#define ANSWER_S 30

static struct sockaddr_in server, from;
static char request[512];
static volatile sig_atomic_t ended, asked;

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void die(const char *what)
{
    fprintf(stderr, "net_load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void on_signal(int number)
{
    if (number == SIGUSR1)
        asked = 1;
    else
        ended = 1;
}

/* A connection under way, or -1. */
static int begin(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    if (fd < 0)
        die("socket");
    if (from.sin_family) {
        setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
        if (bind(fd, (struct sockaddr *)&from, sizeof from))
            die("bind");
    }
    if (connect(fd, (struct sockaddr *)&server, sizeof server) && errno != EINPROGRESS) {
        close(fd);
        return -1;
    }
    return fd;
}

/* ---- turns ---- */

struct turn {
    int fd; /* -1: none */
    bool connected, answered;
    double begun_s;
};

static long turns_left, turns_done, turns_failed;
static double turn_worst_s;

static void turn_begin(int poll_fd, struct turn *turn)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = turn};
    turn->fd = -1;
    while (turns_left && turn->fd < 0) {
        turns_left--;
        *turn = (struct turn){.fd = begin(), .begun_s = now_s()};
        if (turn->fd < 0)
            turns_failed++;
    }
    if (turn->fd >= 0)
        epoll_ctl(poll_fd, EPOLL_CTL_ADD, turn->fd, &event);
}

static void turn_end(int poll_fd, struct turn *turn, bool good)
{
    double took_s = now_s() - turn->begun_s;
    if (!good && turns_failed < 10)
        fprintf(stderr, "failed after %.1f s: %s\n", took_s,
                turn->connected ? "no whole answer" : "no connection");
    turn_worst_s = took_s > turn_worst_s ? took_s : turn_worst_s;
    turns_done += good;
    turns_failed += !good;
    close(turn->fd);
    turn_begin(poll_fd, turn);
}

static void turn_go_on(int poll_fd, struct turn *turn, uint32_t events)
{
    char answer[8192];
    ssize_t got;
    if (!turn->connected && events & EPOLLOUT && !(events & EPOLLERR)) {
        turn->connected = true;
        if (send(turn->fd, request, strlen(request), MSG_NOSIGNAL) < 0) {
            turn_end(poll_fd, turn, false);
            return;
        }
    }
    if (!(events & (EPOLLIN | EPOLLERR | EPOLLHUP)))
        return;
    while ((got = recv(turn->fd, answer, sizeof answer, 0)) > 0)
        turn->answered |=
            got > 12 && memcmp(answer, "HTTP/1.", 7) == 0 && memcmp(answer + 8, " 200", 4) == 0;
    if (got == 0 || errno != EAGAIN)
        turn_end(poll_fd, turn, got == 0 && turn->answered);
}

static int turns(long count, int at_once)
{
    struct turn *all = calloc((size_t)at_once, sizeof *all);
    struct epoll_event events[EVENTS];
    int poll_fd = epoll_create1(EPOLL_CLOEXEC);
    double start_s = now_s(), looked_s = start_s;

    turns_left = count;
    for (int i = 0; i < at_once; i++)
        turn_begin(poll_fd, &all[i]);
    while (turns_done + turns_failed < count) {
        int n = epoll_wait(poll_fd, events, EVENTS, 1000);
        for (int i = 0; i < n; i++)
            turn_go_on(poll_fd, events[i].data.ptr, events[i].events);
        if (now_s() - looked_s < 1)
            continue;
        looked_s = now_s();
        for (int i = 0; i < at_once; i++)
            if (all[i].fd >= 0 && looked_s - all[i].begun_s > TURN_S)
                turn_end(poll_fd, &all[i], false);
    }
    double took_s = now_s() - start_s;
    printf("turns %ld failed %ld seconds %.1f rate %.0f worst %.2f\n", turns_done, turns_failed,
           took_s, (double)turns_done / took_s, turn_worst_s);
    return turns_failed != 0;
}

/* ---- one request ---- */

/* The whole answer on a connection of its own; its length, or -1. */
static ssize_t ask(char *answer, size_t room)
{
    struct timeval patience = {ANSWER_S, 0};
    size_t size = 0;
    ssize_t got;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&server, sizeof server) ||
        send(fd, request, strlen(request), MSG_NOSIGNAL) < 0)
        return -1;
    while ((got = recv(fd, answer + size, room - size, 0)) > 0)
        size += (size_t)got;
    close(fd);
    return got < 0 ? -1 : (ssize_t)size;
}

static int ask_and_print(void)
{
    static char answer[65536];
    ssize_t size = ask(answer, sizeof answer - 1);
    char *body = size > 0 ? strstr(answer, "\r\n\r\n") : NULL;
    if (!body)
        die("no answer");
    fputs(body + 4, stdout);
    return 0;
}

/* The server has closed each and remembers it when the next one comes. */
static int again(int count)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(40000)};
    int slow = 0, one = 1;
    char answer[4096];
    for (int i = 0; i < count; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        double start_s = now_s();
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        if (bind(fd, (struct sockaddr *)&name, sizeof name))
            die("bind");
        while (
            connect(fd, (struct sockaddr *)&server, sizeof server)) /* our end is still closing */
            if (errno != EADDRNOTAVAIL || now_s() - start_s > TURN_S || usleep(1000))
                die("connect");
        if (send(fd, request, strlen(request), MSG_NOSIGNAL) < 0 ||
            recv(fd, answer, sizeof answer, 0) < 12)
            die("again");
        while (recv(fd, answer, sizeof answer, 0) > 0)
            ;
        slow += now_s() - start_s > 0.9;
        close(fd);
    }
    printf("slow %d\n", slow);
    return slow != 0;
}

/* ---- connections that stay ---- */

static int *fds, fd_count;

static bool can(int fd, short events, int ms)
{
    struct pollfd poll_one = {.fd = fd, .events = events};
    return poll(&poll_one, 1, ms) == 1 && poll_one.revents & events &&
           !(poll_one.revents & POLLERR);
}

/* Some at a time: how many are connected. */
static int open_all(int count)
{
    int good = 0;
    fds = calloc((size_t)count, sizeof *fds);
    for (fd_count = 0; fd_count < count && !ended;) {
        int first = fd_count;
        for (int i = 0; i < 50 && fd_count < count; i++)
            if ((fds[fd_count] = begin()) >= 0)
                fd_count++;
        for (int i = first; i < fd_count; i++)
            good += can(fds[i], POLLOUT, TURN_S * 1000);
        if (fd_count == first)
            break;
    }
    return good;
}

/* How many answer a request. */
static int ask_all(void)
{
    static const char whole[] = "GET /keep HTTP/1.1\r\nHost: x\r\n\r\n";
    char answer[4096];
    int good = 0;
    for (int first = 0; first < fd_count; first += 50) {
        int end = first + 50 < fd_count ? first + 50 : fd_count;
        for (int i = first; i < end; i++)
            send(fds[i], whole, sizeof whole - 1, MSG_NOSIGNAL);
        for (int i = first; i < end; i++)
            good += can(fds[i], POLLIN, TURN_S * 1000) &&
                    recv(fds[i], answer, sizeof answer, 0) > 12 &&
                    memcmp(answer + 8, " 200", 4) == 0;
    }
    return good;
}

static void wait_for_end(bool asks)
{
    while (!ended) {
        pause();
        if (asks && asked) {
            asked = 0;
            printf("alive %d\n", ask_all());
            fflush(stdout);
        }
    }
}

static int hold(int count, bool asks)
{
    int good = open_all(count);
    printf("opened %d\n", good);
    if (asks)
        printf("held %d\n", ask_all());
    fflush(stdout);
    wait_for_end(asks);
    return 0;
}

/* The answers are not read, by next to no room for them. */
static int stall(int count)
{
    int good = open_all(count);
    for (int i = 0; i < fd_count; i++)
        good -= send(fds[i], request, strlen(request), MSG_NOSIGNAL) < 0;
    printf("stalled %d\n", good);
    fflush(stdout);
    wait_for_end(false);
    return 0;
}

static int fill(int count)
{
    static char rubbish[65536];
    const struct linger none = {1, 0}; /* at the end what is not sent is forgotten */
    long long all = 0;
    printf("opened %d\n", open_all(count));
    fflush(stdout);
    for (int i = 0; i < fd_count; i++)
        setsockopt(fds[i], SOL_SOCKET, SO_LINGER, &none, sizeof none);
    while (!ended) {
        long long before = all;
        for (int i = 0; i < fd_count; i++) {
            ssize_t put = send(fds[i], rubbish, sizeof rubbish, MSG_NOSIGNAL);
            all += put > 0 ? put : 0;
        }
        if (all == before) {
            printf("filled %lld\n", all);
            fflush(stdout);
            usleep(200000);
        }
    }
    return 0;
}

static int crawl(int count)
{
    static const char slow[] = "GET / HTTP/1.1\r\nHost: slow\r\nX-Slow: ";
    printf("opened %d\n", open_all(count));
    fflush(stdout);
    for (size_t turn = 0; !ended; turn++) {
        int over = 0;
        for (int i = 0; i < fd_count; i++) {
            char byte, letter = turn < sizeof slow - 1 ? slow[turn] : 'x';
            send(fds[i], &letter, 1, MSG_NOSIGNAL);
            over += recv(fds[i], &byte, 1, MSG_PEEK) >= 0 || errno != EAGAIN;
        }
        printf("sent away %d\n", over);
        fflush(stdout);
        sleep(1);
    }
    return 0;
}

/* ---- SYNs from nobody ---- */

static uint16_t sum_of(const void *at, size_t size, uint32_t sum)
{
    const uint16_t *words = at;
    for (; size; size -= 2)
        sum += *words++;
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t) ~((sum & 0xffff) + (sum >> 16));
}

static int syn(long count, double rate, in_addr_t prefix)
{
    struct {
        struct iphdr ip;
        struct tcphdr tcp;
        unsigned char options[4];
    } packet = {.ip = {.version = 4,
                       .ihl = 5,
                       .ttl = 64,
                       .protocol = IPPROTO_TCP,
                       .daddr = server.sin_addr.s_addr},
                .tcp = {.syn = 1, .doff = 6, .window = 0xffff, .dest = server.sin_port},
                .options = {2, 4, 5, 0xb4}};
    uint64_t random = 0x9e3779b97f4a7c15;
    int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
    double start_s = now_s();
    long sent = 0;
    if (fd < 0)
        die("raw socket");
    for (; sent < count && !ended; sent++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        packet.ip.saddr = prefix | htonl((uint32_t)(random >> 40) & 0xffff);
        packet.tcp.source = (uint16_t)(random >> 24);
        packet.tcp.seq = (uint32_t)(random >> 20);
        packet.tcp.check = 0;
        uint32_t pseudo = (packet.ip.saddr & 0xffff) + (packet.ip.saddr >> 16) +
                          (packet.ip.daddr & 0xffff) + (packet.ip.daddr >> 16) +
                          htons(IPPROTO_TCP) + htons(24);
        packet.tcp.check = sum_of(&packet.tcp, 24, pseudo);
        if (sendto(fd, &packet, sizeof packet, 0, (struct sockaddr *)&server, sizeof server) < 0 &&
            errno != ENOBUFS)
            die("sendto");
        while (rate && (double)sent / rate > now_s() - start_s && !ended)
            usleep(500);
    }
    printf("sent %ld seconds %.1f\n", sent, now_s() - start_s);
    return 0;
}

int main(int argc, char **argv)
{
    struct rlimit files = {65536, 65536};
    struct sigaction action = {.sa_handler = on_signal};
    const char *mode = argc > 1 ? argv[1] : "";
    bool takes_from = strcmp(mode, "hold") == 0 || strcmp(mode, "idle") == 0;
    char network[64];

    if (argc < 5 || inet_pton(AF_INET, argv[2], &server.sin_addr) != 1) {
        fprintf(stderr, "usage: net_load MODE ADDRESS PORT ...\n");
        return 2;
    }
    setrlimit(RLIMIT_NOFILE, &files);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
    server.sin_family = AF_INET;
    server.sin_port = htons((uint16_t)atoi(argv[3]));
    const char *path = strcmp(mode, "ask") == 0                 ? argv[4]
                       : strcmp(mode, "stall") == 0 && argc > 5 ? argv[5]
                                                                : "/";
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
             path);
    if (takes_from && argc > 5 && inet_pton(AF_INET, argv[5], &from.sin_addr) == 1)
        from.sin_family = AF_INET;
    long count = atol(argv[4]);
    if (strcmp(mode, "turns") == 0 && argc == 6)
        return turns(count, atoi(argv[5]));
    if (strcmp(mode, "again") == 0)
        return again((int)count);
    if (strcmp(mode, "ask") == 0)
        return ask_and_print();
    if (takes_from)
        return hold((int)count, strcmp(mode, "hold") == 0);
    if (strcmp(mode, "stall") == 0)
        return stall((int)count);
    if (strcmp(mode, "fill") == 0)
        return fill((int)count);
    if (strcmp(mode, "crawl") == 0)
        return crawl((int)count);
    if (strcmp(mode, "syn") == 0 && argc == 7) {
        snprintf(network, sizeof network, "%s.0.0", argv[6]);
        return syn(count, atof(argv[5]), inet_addr(network));
    }
    fprintf(stderr, "net_load: no such mode: %s\n", mode);
    return 2;
}
