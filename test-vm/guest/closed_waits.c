/* SPDX-License-Identifier: MIT
 *
 * A descriptor is closed while another thread waits on it, and its number is given to
 * another file: the wait is for the file that it began with, and ends as it would have.
 */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

#include "check.h"

#define TIMEOUT_MS 5000
#define PAUSE_US   1500 /* of which there are many, until the thread waits */
#define PAUSES     20

struct wait {
    long (*function)(int fd, char *byte);
    int fd;
    long answer;
    int error;
    char byte;
    atomic_int thread; /* its number, once it has begun */
};

static void *wait_run(void *argument)
{
    struct wait *wait = argument;

    wait->thread = gettid();
    wait->answer = wait->function(wait->fd, &wait->byte);
    wait->error = errno;
    return NULL;
}

/* On Linux the thread's state is to be read, which a busy computer makes necessary. */
static bool sleeps(int thread)
{
    char name[64], state = 'S';
    FILE *file;

    snprintf(name, sizeof name, "/proc/self/task/%d/stat", thread);
    file = fopen(name, "r");
    if (file) {
        CHECK(fscanf(file, "%*[^)]) %c", &state) == 1);
        fclose(file);
    }
    return state == 'S';
}

static pthread_t wait_begin(struct wait *wait)
{
    pthread_t id;

    CHECK(pthread_create(&id, NULL, wait_run, wait) == 0);
    for (int turn = 0; turn < PAUSES || !wait->thread || !sleeps(wait->thread); turn++)
        usleep(PAUSE_US);
    return id;
}

/* Closes what the thread waits on; the number is taken by something that is always ready. */
static int number_take(int fd)
{
    CHECK(close(fd) == 0);
    CHECK(open("/dev/zero", O_RDONLY) == fd);
    return fd;
}

static long read_byte(int fd, char *byte)
{
    return read(fd, byte, 1);
}

static long read_eight(int fd, char *byte)
{
    uint64_t count = 0;
    long answer = read(fd, &count, sizeof count);

    *byte = (char)count;
    return answer;
}

static long poll_input(int fd, char *byte)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};
    int answer = poll(&one, 1, TIMEOUT_MS);

    *byte = one.revents & POLLIN ? 'r' : 'x';
    return answer;
}

static long epoll_input(int fd, char *byte)
{
    struct epoll_event event = {0};
    int answer = epoll_wait(fd, &event, 1, TIMEOUT_MS);

    *byte = (char)event.data.u32;
    return answer;
}

static long accept_one(int fd, char *byte)
{
    int connection = accept(fd, NULL, NULL);
    long answer = connection < 0 ? -1 : read(connection, byte, 1);

    close(connection);
    return answer;
}

static void wait_end(pthread_t id, struct wait *wait, long answer, char byte)
{
    CHECK(pthread_join(id, NULL) == 0);
    errno = wait->error;
    CHECK(wait->answer == answer && wait->byte == byte);
    close(wait->fd); /* who has the number now */
}

static void pipes(void)
{
    int fds[2];
    struct wait wait = {.function = read_byte};

    CHECK(pipe(fds) == 0);
    wait.fd = fds[0];
    pthread_t id = wait_begin(&wait);
    number_take(fds[0]);
    CHECK(write(fds[1], "p", 1) == 1); /* whoever waits still reads */
    wait_end(id, &wait, 1, 'p');
    signal(SIGPIPE, SIG_IGN);
    CHECK(write(fds[1], "p", 1) == -1 && errno == EPIPE && close(fds[1]) == 0);

    /* the other end goes: end of file, after the number was taken */
    CHECK(pipe(fds) == 0);
    wait = (struct wait){.function = read_byte, .fd = fds[0]};
    id = wait_begin(&wait);
    number_take(fds[0]);
    CHECK(close(fds[1]) == 0);
    wait_end(id, &wait, 0, 0);
}

static void counters(void)
{
    int fd = eventfd(0, 0), other = dup(fd);
    struct wait wait = {.function = read_eight, .fd = fd};

    pthread_t id = wait_begin(&wait);
    number_take(fd);
    CHECK(eventfd_write(other, 7) == 0);
    wait_end(id, &wait, 8, 7);
    close(other);

    struct itimerspec soon = {.it_value.tv_nsec = 3 * PAUSES * PAUSE_US * 1000};
    fd = timerfd_create(CLOCK_MONOTONIC, 0);
    CHECK(timerfd_settime(fd, 0, &soon, NULL) == 0);
    wait = (struct wait){.function = read_eight, .fd = fd};
    id = wait_begin(&wait);
    number_take(fd);
    wait_end(id, &wait, 8, 1);
}

static void sockets(void)
{
    int fds[2];
    struct wait wait = {.function = read_byte};
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
    wait.fd = fds[0];
    pthread_t id = wait_begin(&wait);
    number_take(fds[0]);
    CHECK(write(fds[1], "s", 1) == 1);
    wait_end(id, &wait, 1, 's');
    close(fds[1]);

    snprintf(address.sun_path, sizeof address.sun_path, "/tmp/closed-waits-%d", (int)getpid());
    unlink(address.sun_path);
    int listening = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(bind(listening, (struct sockaddr *)&address, sizeof address) == 0 &&
          listen(listening, 1) == 0);
    wait = (struct wait){.function = accept_one, .fd = listening};
    id = wait_begin(&wait);
    number_take(listening);
    CHECK(connect(client, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(write(client, "c", 1) == 1);
    wait_end(id, &wait, 1, 'c');
    CHECK(close(client) == 0 && unlink(address.sun_path) == 0);
}

/* The set itself, and what is watched. */
static void sets(void)
{
    int fds[2], set = epoll_create1(0), other;
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = 'e'};
    struct wait wait = {.function = poll_input};

    CHECK(pipe(fds) == 0);
    other = dup(fds[0]);
    wait.fd = fds[0];
    pthread_t id = wait_begin(&wait);
    number_take(fds[0]);
    CHECK(write(fds[1], "p", 1) == 1);
    wait_end(id, &wait, 1, 'r');

    CHECK(epoll_ctl(set, EPOLL_CTL_ADD, other, &event) == 0);
    char byte;
    CHECK(read(other, &byte, 1) == 1);
    wait = (struct wait){.function = epoll_input, .fd = set};
    id = wait_begin(&wait);
    number_take(set);
    CHECK(write(fds[1], "p", 1) == 1);
    wait_end(id, &wait, 1, 'e');

    set = epoll_create1(0);
    CHECK(read(other, &byte, 1) == 1 && epoll_ctl(set, EPOLL_CTL_ADD, other, &event) == 0);
    wait = (struct wait){.function = epoll_input, .fd = set};
    id = wait_begin(&wait);
    CHECK(close(other) == 0); /* the last one: it leaves the set, and with it the reader */
    CHECK(write(fds[1], "p", 1) == -1 && errno == EPIPE);
    int woken = eventfd(1, 0);
    CHECK(epoll_ctl(set, EPOLL_CTL_ADD, woken, &event) == 0);
    wait_end(id, &wait, 1, 'e');
    close(woken);
    close(fds[1]);
}

int main(void)
{
    pipes();
    counters();
    sockets();
    sets();
    return success();
}
