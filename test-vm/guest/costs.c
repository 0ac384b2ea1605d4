/* SPDX-License-Identifier: MIT
 *
 * One of the things that programs do with files and events, COUNT times: what it costs
 * is the difference between two counts. Runs on Linux, too.
 *     costs pipe|unix|file|data|epoll|idle COUNT
 */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

/* A byte through a pipe and back through another. */
static void pipe_round_trips(long count)
{
    int there[2], back[2];
    char byte = 'x';

    CHECK(pipe(there) == 0 && pipe(back) == 0);
    while (count--) {
        CHECK(write(there[1], &byte, 1) == 1 && read(there[0], &byte, 1) == 1);
        CHECK(write(back[1], &byte, 1) == 1 && read(back[0], &byte, 1) == 1);
    }
}

static void unix_round_trips(long count)
{
    int fds[2];
    char byte = 'x';

    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
    while (count--) {
        CHECK(write(fds[0], &byte, 1) == 1 && read(fds[1], &byte, 1) == 1);
        CHECK(write(fds[1], &byte, 1) == 1 && read(fds[0], &byte, 1) == 1);
    }
}

static void files_made(long count)
{
    while (count--) {
        int fd = open("/tmp/costs", O_CREAT | O_EXCL | O_WRONLY, 0644);
        CHECK(fd >= 0 && close(fd) == 0 && unlink("/tmp/costs") == 0);
    }
}

static void data_moved(long count)
{
    static char block[65536];
    int fd = open("/tmp/costs", O_CREAT | O_RDWR | O_TRUNC, 0644);

    while (count--) {
        CHECK(pwrite(fd, block, sizeof block, 0) == sizeof block);
        CHECK(pread(fd, block, sizeof block, 0) == sizeof block);
    }
    CHECK(close(fd) == 0 && unlink("/tmp/costs") == 0);
}

/* One of five hundred pipes becomes ready, is found and read. */
static void epoll_rounds(long count)
{
    static int fds[500][2];
    struct epoll_event event = {.events = EPOLLIN};
    char byte = 'x';
    int set = epoll_create1(0);

    for (int i = 0; i < 500; i++) {
        event.data.fd = i;
        CHECK(pipe(fds[i]) == 0 && epoll_ctl(set, EPOLL_CTL_ADD, fds[i][0], &event) == 0);
    }
    for (long i = 0; i < count; i++) {
        CHECK(write(fds[i % 500][1], &byte, 1) == 1 && epoll_wait(set, &event, 1, -1) == 1);
        CHECK(event.data.fd == i % 500 && read(fds[i % 500][0], &byte, 1) == 1);
    }
}

/* COUNT ms without anything happening. */
static void idle(long count)
{
    struct epoll_event event;

    CHECK(epoll_wait(epoll_create1(0), &event, 1, (int)count) == 0);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(long count);
    } costs[] = {{"pipe", pipe_round_trips}, {"unix", unix_round_trips}, {"file", files_made},
                 {"data", data_moved},       {"epoll", epoll_rounds},    {"idle", idle}};

    for (size_t i = 0; argc > 2 && i < sizeof costs / sizeof costs[0]; i++)
        if (strcmp(costs[i].name, argv[1]) == 0)
            costs[i].run(atol(argv[2]));
    return success();
}
