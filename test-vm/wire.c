/* SPDX-License-Identifier: MIT
 *
 * A bad wire between two taps:
 *     wire [--seed N] [--offload] A B [FAULT...]
 * Frames that come out of one tap go into the other, but some are lost, come twice, late,
 * in another order or with a flipped bit. FAULT is one of
 *     loss=P duplicate=P reorder=P corrupt=P     so many percent of the frames
 *     delay=MS jitter=MS                         all of them, by so much (and by chance)
 *     clean                                      none of all that
 * for both directions, or with `a:` or `b:` in front for frames that come from this tap
 * alone. Lines of such words on standard input change them; the line `count` says what was
 * done so far, as does the end of input, with which the wire ends.
 *
 * Chance begins with the seed. With --offload whoever sits at the taps need neither
 * cut large frames nor finish checksums; then nothing can be corrupted, because nobody
 * would notice. Otherwise the kernel has done both before a frame comes here.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define FRAME_BYTES_MAX (66 << 10)
#define HELD_MAX        65536
#define BURST           64
#define LATE_NS         4000000 /* at most, for a frame that is overtaken */
#define ETHERNET_BYTES  14
#define TYPE_IP4        0x0800
#define TYPE_IP6        0x86dd

struct faults {
    double loss, duplicate, reorder, corrupt; /* percent */
    double delay, jitter;                     /* ms */
};

/* One end, and what happens to frames that come from it. */
struct end {
    const char *name;
    int fd;
    struct faults faults;
    unsigned long passed, lost, duplicated, reordered, corrupted, refused;
};

struct held {
    uint64_t due_ns, number;
    struct end *to, *from;
    size_t size_bytes;
    unsigned char data[];
};

static struct end ends[2] = {{.name = "a"}, {.name = "b"}};
static struct held *heap[HELD_MAX]; /* the next one first */
static size_t held_count;
static uint64_t numbers, chance_state = 1;
static bool offload;

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "wire: %s: %s\n", what, strerror(errno));
    exit(1);
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* splitmix64 */
static uint64_t chance_word(void)
{
    uint64_t word = chance_state += 0x9e3779b97f4a7c15;
    word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9;
    word = (word ^ word >> 27) * 0x94d049bb133111eb;
    return word ^ word >> 31;
}

/* From 0 to just below 1. */
static double chance(void)
{
    return (double)(chance_word() >> 11) / (double)(1ull << 53);
}

static bool happens(double percent)
{
    return percent > 0 && chance() * 100 < percent;
}

/* ---- frames that wait ---- */

static bool is_before(const struct held *a, const struct held *b)
{
    return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->number < b->number;
}

static void heap_put(struct held *held)
{
    size_t at = held_count++;

    for (; at && is_before(held, heap[(at - 1) / 2]); at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = held;
}

static struct held *heap_take(void)
{
    struct held *first = heap[0], *last = heap[--held_count];
    size_t at = 0, child;

    while ((child = 2 * at + 1) < held_count) {
        if (child + 1 < held_count && is_before(heap[child + 1], heap[child]))
            child++;
        if (!is_before(heap[child], last))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return first;
}

static void frame_write(struct end *from, struct end *to, const void *data, size_t size_bytes)
{
    if (write(to->fd, data, size_bytes) == (ssize_t)size_bytes)
        from->passed++;
    else
        from->refused++; /* the interface is down, or short of memory */
}

static void frame_hold(struct end *from, struct end *to, const void *data, size_t size_bytes,
                       uint64_t wait_ns)
{
    struct held *held = held_count < HELD_MAX ? malloc(sizeof *held + size_bytes) : NULL;

    if (!held) {
        from->refused++;
        return;
    }
    *held = (struct held){now_ns() + wait_ns, numbers++, to, from, size_bytes};
    memcpy(held->data, data, size_bytes);
    heap_put(held);
}

static void due_write(void)
{
    uint64_t now = now_ns();

    while (held_count && heap[0]->due_ns <= now) {
        struct held *held = heap_take();
        frame_write(held->from, held->to, held->data, held->size_bytes);
        free(held);
    }
}

/* ---- what happens to one ---- */

/* ARP is let be: it has no checksum, and what the real wire's would have caught nobody
 * else can notice. */
static bool has_checksum(const unsigned char *frame, size_t size_bytes)
{
    unsigned type = size_bytes > ETHERNET_BYTES ? frame[12] * 256u + frame[13] : 0;

    return type == TYPE_IP4 || type == TYPE_IP6;
}

static void frame_go(struct end *from, struct end *to, unsigned char *frame, size_t size_bytes)
{
    const struct faults *faults = &from->faults;
    double wait_ms = faults->delay + faults->jitter * (2 * chance() - 1);
    uint64_t wait_ns = wait_ms > 0 ? (uint64_t)(wait_ms * 1e6) : 0;

    if (happens(faults->reorder)) {
        from->reordered++;
        wait_ns += 1 + chance_word() % LATE_NS;
    }
    if (wait_ns)
        frame_hold(from, to, frame, size_bytes, wait_ns);
    else
        frame_write(from, to, frame, size_bytes);
}

static void frame_take(struct end *from, struct end *to, unsigned char *frame, size_t size_bytes)
{
    const struct faults *faults = &from->faults;

    if (happens(faults->loss)) {
        from->lost++;
        return;
    }
    if (happens(faults->duplicate)) {
        from->duplicated++;
        frame_go(from, to, frame, size_bytes);
    }
    if (happens(faults->corrupt) && has_checksum(frame, size_bytes)) {
        from->corrupted++;
        frame[chance_word() % size_bytes] ^= (unsigned char)(1u << chance_word() % 8);
    }
    frame_go(from, to, frame, size_bytes);
}

static void end_read(struct end *from, struct end *to)
{
    static unsigned char frame[FRAME_BYTES_MAX];
    ssize_t got;

    for (int i = 0; i < BURST && (got = read(from->fd, frame, sizeof frame)) > 0; i++)
        frame_take(from, to, frame, (size_t)got);
}

/* ---- orders ---- */

static bool number_set(struct faults *faults, const char *name, double value)
{
    const struct {
        const char *name;
        double *at;
    } all[] = {
        {"loss", &faults->loss},       {"duplicate", &faults->duplicate},
        {"reorder", &faults->reorder}, {"corrupt", &faults->corrupt},
        {"delay", &faults->delay},     {"jitter", &faults->jitter},
    };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (strcmp(all[i].name, name) != 0)
            continue;
        *all[i].at = value;
        return true;
    }
    return false;
}

static void fault_set(const char *word)
{
    int first = 0, last = 1;
    char name[16], rest;
    double value;

    if (strncmp(word, "a:", 2) == 0 || strncmp(word, "b:", 2) == 0) {
        first = last = word[0] - 'a';
        word += 2;
    }
    for (int i = first; i <= last; i++) {
        struct faults *faults = &ends[i].faults;
        if (strcmp(word, "clean") == 0) {
            *faults = (struct faults){0};
        } else if (sscanf(word, "%15[a-z]=%lf%c", name, &value, &rest) != 2 || value < 0 ||
                   !number_set(faults, name, value)) {
            fprintf(stderr, "wire: %s: not understood\n", word);
            exit(2);
        }
        if (offload && faults->corrupt > 0) {
            fprintf(stderr, "wire: nobody would notice what is corrupted with --offload\n");
            exit(2);
        }
    }
}

static void count_print(void)
{
    for (int i = 0; i < 2; i++)
        printf("%s passed %lu lost %lu duplicated %lu reordered %lu corrupted %lu refused %lu\n",
               ends[i].name, ends[i].passed, ends[i].lost, ends[i].duplicated, ends[i].reordered,
               ends[i].corrupted, ends[i].refused);
    fflush(stdout);
}

/* False: there will be no more. Lines come whole, from a pipe. */
static bool orders_read(void)
{
    char text[4096], *save = NULL;
    ssize_t got = read(0, text, sizeof text - 1);

    if (got <= 0)
        return got < 0 && errno == EAGAIN;
    text[got] = '\0';
    for (char *word = strtok_r(text, " \n", &save); word; word = strtok_r(NULL, " \n", &save)) {
        if (strcmp(word, "count") == 0)
            count_print();
        else
            fault_set(word);
    }
    return true;
}

/* ---- all of it ---- */

static int tap_open(const char *name)
{
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);

    if (offload)
        request.ifr_flags |= IFF_VNET_HDR;
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    if (fd < 0 || ioctl(fd, TUNSETIFF, &request) ||
        (offload && ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6)))
        die(name);
    return fd;
}

static struct timespec wait_time(void)
{
    uint64_t now = now_ns(), left = 0;

    if (held_count && heap[0]->due_ns > now)
        left = heap[0]->due_ns - now;
    return (struct timespec){(time_t)(left / 1000000000), (long)(left % 1000000000)};
}

int main(int argc, char **argv)
{
    int at = 1;

    for (; at < argc && argv[at][0] == '-'; at++) {
        if (strcmp(argv[at], "--offload") == 0)
            offload = true;
        else if (strcmp(argv[at], "--seed") == 0 && at + 1 < argc)
            chance_state = strtoull(argv[++at], NULL, 0);
        else
            argc = 0;
    }
    if (argc - at < 2) {
        fprintf(stderr, "usage: wire [--seed N] [--offload] A B [FAULT...]\n");
        return 2;
    }
    for (int i = 0; i < 2; i++)
        ends[i].fd = tap_open(argv[at + i]);
    for (at += 2; at < argc; at++)
        fault_set(argv[at]);
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        struct pollfd polled[3] = {
            {ends[0].fd, POLLIN, 0}, {ends[1].fd, POLLIN, 0}, {0, POLLIN, 0}};
        struct timespec wait = wait_time();
        if (ppoll(polled, 3, held_count ? &wait : NULL, NULL) < 0 && errno != EINTR)
            die("poll");
        if (polled[0].revents)
            end_read(&ends[0], &ends[1]);
        if (polled[1].revents)
            end_read(&ends[1], &ends[0]);
        if (polled[2].revents && !orders_read())
            break;
        due_write();
    }
    count_print();
    return 0;
}
