/* SPDX-License-Identifier: MIT
 *
 * What files and events cost, in ticks of the time-stamp counter, as primitives.c.
 *     file_primitives [NAME...]        only these
 */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "measure.h"

#define OPERATIONS  200
#define DESCRIPTORS 1000
#define BLOCK_BYTES 4096

static int there[2], back[2], fds[DESCRIPTORS], set;
static char block[BLOCK_BYTES];

static void *echo(void *unused)
{
    char byte;

    while (read(there[0], &byte, 1) == 1)
        CHECK(write(back[1], &byte, 1) == 1);
    return unused;
}

/* A byte to another thread, and back. */
static uint64_t batch_pipe_threads(void)
{
    uint64_t start = ticks_now();
    char byte = 'x';

    for (int i = 0; i < OPERATIONS; i++)
        CHECK(write(there[1], &byte, 1) == 1 && read(back[0], &byte, 1) == 1);
    return ticks_now() - start;
}

static uint64_t batch_pipe(void)
{
    uint64_t start = ticks_now();
    char byte = 'x';

    for (int i = 0; i < OPERATIONS; i++)
        CHECK(write(back[1], &byte, 1) == 1 && read(back[0], &byte, 1) == 1);
    return ticks_now() - start;
}

static uint64_t batch_unix(void)
{
    uint64_t start = ticks_now();
    char byte = 'x';
    int pair[2];

    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    for (int i = 0; i < OPERATIONS; i++)
        CHECK(write(pair[0], &byte, 1) == 1 && read(pair[1], &byte, 1) == 1);
    CHECK(close(pair[0]) == 0 && close(pair[1]) == 0);
    return ticks_now() - start;
}

/* One of many becomes ready, is found and read. */
static uint64_t batch_epoll(void)
{
    uint64_t start = ticks_now();
    struct epoll_event event;
    eventfd_t value;

    for (int i = 0; i < OPERATIONS; i++) {
        int which = i * 7 % DESCRIPTORS;
        CHECK(eventfd_write(fds[which], 1) == 0 && epoll_wait(set, &event, 1, -1) == 1);
        CHECK(event.data.fd == which && eventfd_read(fds[which], &value) == 0);
    }
    return ticks_now() - start;
}

/* All of them are ready: found in one call. */
static uint64_t batch_epoll_all(void)
{
    static struct epoll_event events[DESCRIPTORS];

    for (int i = 0; i < DESCRIPTORS; i++)
        CHECK(eventfd_write(fds[i], 1) == 0);
    uint64_t start = ticks_now();
    CHECK(epoll_wait(set, events, DESCRIPTORS, -1) == DESCRIPTORS);
    uint64_t end = ticks_now();
    for (int i = 0; i < DESCRIPTORS; i++)
        CHECK(eventfd_read(fds[i], &(eventfd_t){0}) == 0);
    return end - start;
}

static uint64_t batch_create(void)
{
    uint64_t start = ticks_now();

    for (int i = 0; i < OPERATIONS; i++) {
        int fd = open("/tmp/file", O_CREAT | O_EXCL | O_WRONLY, 0644);
        CHECK(fd >= 0 && close(fd) == 0 && unlink("/tmp/file") == 0);
    }
    return ticks_now() - start;
}

/* The whole life of a small file. */
static uint64_t batch_life(void)
{
    uint64_t start = ticks_now();
    char bytes[1000];

    for (int i = 0; i < OPERATIONS; i++) {
        int fd = open("/tmp/file", O_CREAT | O_EXCL | O_RDWR, 0644);
        CHECK(fd >= 0 && write(fd, block, sizeof bytes) == sizeof bytes);
        CHECK(pread(fd, bytes, sizeof bytes, 0) == sizeof bytes);
        CHECK(close(fd) == 0 && unlink("/tmp/file") == 0);
    }
    return ticks_now() - start;
}

static uint64_t batch_stat(void)
{
    struct stat status;
    uint64_t start = ticks_now();

    for (int i = 0; i < OPERATIONS; i++)
        CHECK(stat("/tmp/folder/there", &status) == 0);
    return ticks_now() - start;
}

static int file;

static uint64_t batch_write(void)
{
    uint64_t start = ticks_now();

    CHECK(lseek(file, 0, SEEK_SET) == 0);
    for (int i = 0; i < OPERATIONS; i++)
        CHECK(write(file, block, sizeof block) == sizeof block);
    return ticks_now() - start;
}

static uint64_t batch_read(void)
{
    uint64_t start = ticks_now();

    CHECK(lseek(file, 0, SEEK_SET) == 0);
    for (int i = 0; i < OPERATIONS; i++)
        CHECK(read(file, block, sizeof block) == sizeof block);
    return ticks_now() - start;
}

static void prepare(void)
{
    struct epoll_event event = {.events = EPOLLIN};

    mkdir("/tmp", 01777); /* the Linux guest has nothing */
    CHECK(mkdir("/tmp/folder", 0755) == 0);
    CHECK(close(creat("/tmp/folder/there", 0644)) == 0);
    file = open("/tmp/data", O_CREAT | O_RDWR, 0644);
    CHECK(file >= 0 && pipe(there) == 0 && pipe(back) == 0);
    set = epoll_create1(0);
    for (int i = 0; i < DESCRIPTORS; i++) {
        event.data.fd = i;
        fds[i] = eventfd(0, 0);
        CHECK(fds[i] >= 0 && epoll_ctl(set, EPOLL_CTL_ADD, fds[i], &event) == 0);
    }
}

int main(int argc, char **argv)
{
    pthread_t id;

    (void)argc;
    wanted = argv + 1;
    prepare();
    CHECK(pthread_create(&id, NULL, echo, NULL) == 0);
    measure("pipe_threads", batch_pipe_threads, OPERATIONS);
    CHECK(close(there[1]) == 0 && pthread_join(id, NULL) == 0);
    measure("pipe_write_read", batch_pipe, OPERATIONS);
    measure("unix_write_read", batch_unix, OPERATIONS);
    measure("epoll_1000", batch_epoll, OPERATIONS);
    measure("epoll_1000_all", batch_epoll_all, DESCRIPTORS);
    measure("file_create_unlink", batch_create, OPERATIONS);
    measure("file_life", batch_life, OPERATIONS);
    measure("file_stat", batch_stat, OPERATIONS);
    measure("file_write_4k", batch_write, OPERATIONS);
    measure("file_read_4k", batch_read, OPERATIONS);
    return success();
}
