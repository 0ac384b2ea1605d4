/* SPDX-License-Identifier: MIT
 *
 * Pipes and what can be waited for. The same program runs on Linux.
 */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

#define REFUSED(call, error) CHECK((errno = 0, (call)) == -1 && errno == (error))

static volatile sig_atomic_t signals_seen;
static void *volatile nowhere;

static void on_signal(int number)
{
    signals_seen += number > 0;
}

static void handle(int number, int flags)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = flags};

    CHECK(sigaction(number, &action, NULL) == 0);
    signals_seen = 0;
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void nap(int ms)
{
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};

    nanosleep(&time, NULL);
}

/* What another thread does a little later. */
struct later {
    pthread_t id;
    int fd;
    enum { WRITE_BYTE, CLOSE, READ_ALL, ADD, RAISE } what;
};

static void *do_later(void *argument)
{
    struct later *later = argument;
    static char bytes[100000];
    uint64_t one = 1;
    sigset_t all;

    sigfillset(&all); /* signals are for the thread that waits */
    CHECK(pthread_sigmask(SIG_BLOCK, &all, NULL) == 0);
    nap(30);
    switch (later->what) {
    case WRITE_BYTE:
        CHECK(write(later->fd, "x", 1) == 1);
        break;
    case CLOSE:
        CHECK(close(later->fd) == 0);
        break;
    case READ_ALL:
        CHECK(read(later->fd, bytes, sizeof bytes) > 0);
        break;
    case ADD:
        CHECK(write(later->fd, &one, sizeof one) == sizeof one);
        break;
    case RAISE:
        CHECK(kill(getpid(), later->fd) == 0);
        break;
    }
    return NULL;
}

static struct later later(int fd, int what)
{
    static struct later later;

    later.fd = fd;
    later.what = what;
    CHECK(pthread_create(&later.id, NULL, do_later, &later) == 0);
    return later;
}

static void finish(struct later later)
{
    CHECK(pthread_join(later.id, NULL) == 0);
}

static void pipes(void)
{
    static char bytes[70000];
    char text[8];
    int fds[2], left;
    struct stat status;

    CHECK(pipe(fds) == 0 && fstat(fds[0], &status) == 0 && S_ISFIFO(status.st_mode));
    CHECK(write(fds[1], "hello", 5) == 5 && ioctl(fds[0], FIONREAD, &left) == 0 && left == 5);
    CHECK(read(fds[0], text, 2) == 2 && read(fds[0], text, 8) == 3);
    REFUSED(lseek(fds[0], 0, SEEK_CUR), ESPIPE);
    REFUSED(pread(fds[0], text, 1, 0), ESPIPE);
    REFUSED(read(fds[1], text, 1), EBADF);
    REFUSED(write(fds[0], text, 1), EBADF);
    REFUSED(ftruncate(fds[1], 0), EINVAL);
    CHECK(write(fds[1], "", 0) == 0 && read(fds[0], text, 0) == 0);
    CHECK(fcntl(fds[0], F_SETFL, O_NONBLOCK) == 0 && fcntl(fds[1], F_SETFL, O_NONBLOCK) == 0);
    REFUSED(read(fds[0], text, 1), EAGAIN);
    CHECK(write(fds[1], bytes, 70000) == 65536);
    REFUSED(write(fds[1], bytes, 1), EAGAIN);
    CHECK(read(fds[0], bytes, 4096) == 4096);
    CHECK(write(fds[1], bytes, 4096) == 4096);
    CHECK(read(fds[0], bytes, 70000) == 65536);
    CHECK(write(fds[1], "ab", 2) == 2 && close(fds[1]) == 0);
    CHECK(read(fds[0], text, 8) == 2 && read(fds[0], text, 8) == 0 && close(fds[0]) == 0);

    handle(SIGPIPE, 0);
    CHECK(pipe2(fds, O_CLOEXEC) == 0 && fcntl(fds[0], F_GETFD) == FD_CLOEXEC);
    CHECK(close(fds[0]) == 0);
    REFUSED(write(fds[1], "x", 1), EPIPE);
    CHECK(signals_seen == 1 && close(fds[1]) == 0);
    signal(SIGPIPE, SIG_IGN);
    REFUSED(pipe2(fds, 0x7fff0000), EINVAL);
    REFUSED(pipe((int *)nowhere), EFAULT);

    CHECK(pipe(fds) == 0);
    int size = fcntl(fds[1], F_GETPIPE_SZ);
    CHECK(size == 65536 && fcntl(fds[1], F_SETPIPE_SZ, 5000) == 8192);
    CHECK(fcntl(fds[0], F_GETPIPE_SZ) == 8192 && write(fds[1], bytes, 6000) == 6000);
    REFUSED(fcntl(fds[1], F_SETPIPE_SZ, 4096), EBUSY);
    CHECK(fcntl(fds[1], F_SETPIPE_SZ, 65536) == 65536 && read(fds[0], bytes, 7000) == 6000);
    CHECK(close(fds[0]) == 0 && close(fds[1]) == 0);
}

/* Waiting ends with what is waited for. */
static void pipes_wait(void)
{
    static char bytes[100000];
    char text[8];
    int fds[2];
    struct later other;

    CHECK(pipe(fds) == 0);
    other = later(fds[1], WRITE_BYTE);
    CHECK(read(fds[0], text, 8) == 1);
    finish(other);
    int copy = dup(fds[1]);
    CHECK(close(copy) == 0);
    other = later(fds[1], CLOSE);
    CHECK(read(fds[0], text, 8) == 0);
    finish(other);
    CHECK(close(fds[0]) == 0 && pipe(fds) == 0);
    other = later(fds[0], READ_ALL);
    CHECK(write(fds[1], bytes, sizeof bytes) == sizeof bytes); /* waits for room */
    finish(other);
    CHECK(read(fds[0], bytes, sizeof bytes) == sizeof bytes - 65536);
    /* a small write waits until all of it fits */
    CHECK(write(fds[1], bytes, 65000) == 65000);
    other = later(fds[0], READ_ALL);
    CHECK(write(fds[1], bytes, 4000) == 4000);
    finish(other);
    CHECK(close(fds[0]) == 0 && close(fds[1]) == 0);
}

static void interrupted(void)
{
    char text[8];
    int fds[2];
    struct later other;

    CHECK(pipe(fds) == 0);
    handle(SIGUSR1, 0);
    other = later(SIGUSR1, RAISE);
    sigset_t only_here, before;
    sigemptyset(&only_here);
    sigaddset(&only_here, SIGUSR1);
    REFUSED(read(fds[0], text, 1), EINTR);
    finish(other);
    CHECK(signals_seen == 1);
    handle(SIGUSR1, SA_RESTART);
    other = later(SIGUSR1, RAISE);
    struct pollfd entry = {fds[0], POLLIN, 0};
    REFUSED(poll(&entry, 1, -1), EINTR); /* never goes on */
    finish(other);
    /* goes on after a handler with SA_RESTART */
    struct itimerval soon = {.it_value = {0, 20000}};
    handle(SIGALRM, SA_RESTART);
    CHECK(setitimer(ITIMER_REAL, &soon, NULL) == 0);
    other = later(fds[1], WRITE_BYTE);
    nap(1);
    CHECK(read(fds[0], text, 8) == 1);
    finish(other);
    nap(30);
    CHECK(signals_seen == 1);
    /* ppoll: the signal can come only while it waits */
    handle(SIGUSR1, 0);
    CHECK(pthread_sigmask(SIG_BLOCK, &only_here, &before) == 0 && kill(getpid(), SIGUSR1) == 0);
    CHECK(signals_seen == 0);
    REFUSED(ppoll(&entry, 1, NULL, &before), EINTR);
    CHECK(signals_seen == 1 && pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
    CHECK(close(fds[0]) == 0 && close(fds[1]) == 0);
}

static void fifos(void)
{
    char text[8];
    int reading, writing;
    struct stat status;

    CHECK(mkfifo("fifo", 0640) == 0 && stat("fifo", &status) == 0 && S_ISFIFO(status.st_mode));
    REFUSED(mkfifo("fifo", 0640), EEXIST);
    REFUSED(open("fifo", O_WRONLY | O_NONBLOCK), ENXIO);
    reading = open("fifo", O_RDONLY | O_NONBLOCK);
    struct pollfd entry = {reading, POLLIN, 0};
    CHECK(reading >= 0 && read(reading, text, 1) == 0 && poll(&entry, 1, 0) == 0);
    writing = open("fifo", O_WRONLY);
    CHECK(writing >= 0 && write(writing, "abc", 3) == 3 && read(reading, text, 8) == 3);
    REFUSED(read(reading, text, 1), EAGAIN);
    CHECK(close(writing) == 0 && poll(&entry, 1, 0) == 1 && entry.revents == POLLHUP);
    CHECK(close(reading) == 0);
    int both = open("fifo", O_RDWR);
    CHECK(both >= 0 && write(both, "x", 1) == 1 && read(both, text, 8) == 1 && close(both) == 0);
    CHECK(unlink("fifo") == 0);
}

static void *open_fifo(void *name)
{
    return (void *)(intptr_t)open(name, O_WRONLY);
}

static void fifo_waits(void)
{
    pthread_t id;
    void *opened;

    CHECK(mkfifo("fifo", 0600) == 0);
    CHECK(pthread_create(&id, NULL, open_fifo, (void *)"fifo") == 0);
    nap(10);
    int reading = open("fifo", O_RDONLY);
    CHECK(reading >= 0 && pthread_join(id, &opened) == 0 && (intptr_t)opened >= 0);
    CHECK(close((int)(intptr_t)opened) == 0 && close(reading) == 0 && unlink("fifo") == 0);
}

static void eventfds(void)
{
    uint64_t value = 5;
    int fd = eventfd(3, EFD_NONBLOCK);
    struct pollfd entry = {fd, POLLIN | POLLOUT, 0};

    CHECK(poll(&entry, 1, 0) == 1 && entry.revents == (POLLIN | POLLOUT));
    CHECK(write(fd, &value, 8) == 8 && read(fd, &value, 8) == 8 && value == 8);
    REFUSED(read(fd, &value, 8), EAGAIN);
    REFUSED(read(fd, &value, 7), EINVAL);
    value = UINT64_MAX;
    REFUSED(write(fd, &value, 8), EINVAL);
    value = UINT64_MAX - 1;
    CHECK(write(fd, &value, 8) == 8 && poll(&entry, 1, 0) == 1 && entry.revents == POLLIN);
    REFUSED(eventfd_write(fd, 1), EAGAIN);
    REFUSED(pread(fd, &value, 8, 0), ESPIPE);
    CHECK(close(fd) == 0);
    fd = eventfd(2, EFD_SEMAPHORE);
    CHECK(eventfd_read(fd, &value) == 0 && value == 1 && eventfd_read(fd, &value) == 0);
    struct later other = later(fd, ADD);
    CHECK(eventfd_read(fd, &value) == 0 && value == 1);
    finish(other);
    CHECK(close(fd) == 0);
    REFUSED(eventfd(0, 0x100), EINVAL);
}

static void timerfds(void)
{
    struct itimerspec value = {.it_value = {0, 30000000}}, got;
    struct timespec now;
    uint64_t count;
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    int64_t start = now_ms();

    CHECK(fd >= 0 && timerfd_settime(fd, 0, &value, NULL) == 0);
    CHECK(timerfd_gettime(fd, &got) == 0 && got.it_value.tv_nsec > 0);
    CHECK(read(fd, &count, 8) == 8 && count == 1 && now_ms() - start >= 29);
    CHECK(timerfd_gettime(fd, &got) == 0 && got.it_value.tv_nsec == 0);
    struct pollfd entry = {fd, POLLIN, 0};
    CHECK(poll(&entry, 1, 0) == 0);
    value.it_interval.tv_nsec = value.it_value.tv_nsec = 10000000;
    CHECK(timerfd_settime(fd, 0, &value, &got) == 0 && got.it_value.tv_sec == 0);
    nap(55);
    CHECK(poll(&entry, 1, 0) == 1 && read(fd, &count, 8) == 8 && count >= 5);
    CHECK(read(fd, &count, 8) == 8 && count >= 1);
    CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    value = (struct itimerspec){.it_value = {now.tv_sec, now.tv_nsec}};
    CHECK(timerfd_settime(fd, TFD_TIMER_ABSTIME, &value, NULL) == 0); /* long past */
    CHECK(poll(&entry, 1, 1000) == 1 && read(fd, &count, 8) == 8);
    value = (struct itimerspec){.it_value = {100, 0}};
    CHECK(timerfd_settime(fd, 0, &value, NULL) == 0);
    value = (struct itimerspec){.it_value = {0, 0}};
    CHECK(timerfd_settime(fd, 0, &value, &got) == 0 && got.it_value.tv_sec >= 99);
    CHECK(poll(&entry, 1, 0) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
    REFUSED(read(fd, &count, 8), EAGAIN);
    value.it_value.tv_nsec = 1000000000;
    REFUSED(timerfd_settime(fd, 0, &value, NULL), EINVAL);
    REFUSED(timerfd_settime(0, 0, &got, NULL), EINVAL);
    REFUSED(timerfd_create(77, 0), EINVAL);
    CHECK(close(fd) == 0);
}

static void signalfds(void)
{
    struct signalfd_siginfo info[3];
    sigset_t set;
    union sigval value = {.sival_int = 42};

    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigaddset(&set, SIGRTMIN);
    CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
    int fd = signalfd(-1, &set, SFD_NONBLOCK);
    struct pollfd entry = {fd, POLLIN, 0};
    CHECK(fd >= 0 && poll(&entry, 1, 0) == 0);
    REFUSED(read(fd, info, sizeof info), EAGAIN);
    REFUSED(read(fd, info, 10), EINVAL);
    CHECK(kill(getpid(), SIGUSR2) == 0 && sigqueue(getpid(), SIGRTMIN, value) == 0);
    CHECK(poll(&entry, 1, 0) == 1 && entry.revents == POLLIN);
    CHECK(read(fd, info, sizeof info) == 2 * sizeof info[0]);
    CHECK(info[0].ssi_signo == SIGUSR2 && info[1].ssi_signo == (uint32_t)SIGRTMIN);
    CHECK(info[1].ssi_int == 42 && info[0].ssi_pid == (uint32_t)getpid());
    CHECK(fcntl(fd, F_SETFL, 0) == 0);
    struct later other = later(SIGUSR2, RAISE);
    CHECK(read(fd, info, sizeof info) == sizeof info[0] && info[0].ssi_signo == SIGUSR2);
    finish(other);
    sigdelset(&set, SIGUSR2);
    CHECK(signalfd(fd, &set, 0) == fd);
    CHECK(kill(getpid(), SIGUSR2) == 0 && poll(&entry, 1, 0) == 0);
    CHECK(close(fd) == 0 && signal(SIGUSR2, SIG_IGN) != SIG_ERR);
    CHECK(pthread_sigmask(SIG_UNBLOCK, &set, NULL) == 0);
    REFUSED(signalfd(0, &set, 0), EINVAL);
    REFUSED(signalfd(-1, nowhere, 0), EFAULT);
}

static void polling(void)
{
    int fds[2], file = open("file", O_CREAT | O_RDWR, 0600);
    int64_t start;

    CHECK(pipe(fds) == 0);
    struct pollfd entries[5] = {{fds[0], POLLIN, 99},
                                {fds[1], POLLOUT, 0},
                                {file, POLLIN | POLLOUT, 0},
                                {-1, POLLIN, 99},
                                {900, POLLIN, 0}};
    CHECK(poll(entries, 5, -1) == 3 && entries[0].revents == 0 && entries[1].revents == POLLOUT);
    CHECK(entries[2].revents == (POLLIN | POLLOUT) && entries[3].revents == 0);
    CHECK(entries[4].revents == POLLNVAL);
    start = now_ms();
    CHECK(poll(entries, 1, 40) == 0 && now_ms() - start >= 39);
    CHECK(poll(NULL, 0, 10) == 0);
    struct later other = later(fds[1], WRITE_BYTE);
    CHECK(poll(entries, 1, 10000) == 1 && entries[0].revents == POLLIN);
    finish(other);
    char byte;
    CHECK(read(fds[0], &byte, 1) == 1);
    other = later(fds[1], CLOSE);
    CHECK(poll(entries, 1, -1) == 1 && entries[0].revents == POLLHUP);
    finish(other);
    CHECK(close(fds[0]) == 0 && pipe(fds) == 0 && close(fds[0]) == 0);
    entries[0] = (struct pollfd){fds[1], POLLOUT, 0};
    CHECK(poll(entries, 1, 0) == 1 && entries[0].revents == (POLLOUT | POLLERR));
    CHECK(close(fds[1]) == 0 && close(file) == 0 && unlink("file") == 0);
    REFUSED(poll(nowhere, 3, 0), EFAULT);
    REFUSED(poll(entries, 1u << 30, 0), EINVAL);
}

static void selecting(void)
{
    fd_set reading, writing;
    struct timeval wait = {0, 30000};
    int fds[2], high;
    int64_t start = now_ms();

    CHECK(pipe(fds) == 0 && (high = dup2(fds[0], 700)) == 700);
    FD_ZERO(&reading);
    FD_ZERO(&writing);
    FD_SET(fds[0], &reading);
    FD_SET(high, &reading);
    CHECK(select(high + 1, &reading, NULL, NULL, &wait) == 0 && now_ms() - start >= 29);
    CHECK(!FD_ISSET(fds[0], &reading) && wait.tv_sec == 0 && wait.tv_usec == 0);
    CHECK(write(fds[1], "x", 1) == 1);
    FD_SET(fds[0], &reading);
    FD_SET(high, &reading);
    FD_SET(fds[1], &writing);
    CHECK(select(high + 1, &reading, &writing, NULL, NULL) == 3);
    CHECK(FD_ISSET(high, &reading) && FD_ISSET(fds[1], &writing));
    CHECK(select(fds[0] + 1, &reading, NULL, NULL, NULL) == 1);
    FD_SET(800, &reading);
    REFUSED(select(801, &reading, NULL, NULL, NULL), EBADF);
    REFUSED(select(-1, NULL, NULL, NULL, NULL), EINVAL);
    wait.tv_sec = -1;
    REFUSED(select(0, NULL, NULL, NULL, &wait), EINVAL);
    struct timespec time = {0, 1000000};
    CHECK(pselect(0, NULL, NULL, NULL, &time, NULL) == 0);
    CHECK(close(fds[1]) == 0 && close(fds[0]) == 0 && close(high) == 0);
}

static int epoll_add(int set, int fd, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.fd = fd};

    return epoll_ctl(set, EPOLL_CTL_ADD, fd, &event);
}

static void epolls(void)
{
    struct epoll_event got[8], event = {.events = EPOLLIN};
    char byte;
    int fds[2], set = epoll_create1(EPOLL_CLOEXEC), file = open("file", O_CREAT | O_RDWR, 0600);

    CHECK(set >= 0 && pipe(fds) == 0 && epoll_add(set, fds[0], EPOLLIN) == 0);
    REFUSED(epoll_add(set, fds[0], EPOLLIN), EEXIST);
    REFUSED(epoll_add(set, set, EPOLLIN), EINVAL);
    REFUSED(epoll_add(set, 900, EPOLLIN), EBADF);
    REFUSED(epoll_add(set, file, EPOLLIN), EPERM);
    REFUSED(epoll_add(fds[0], fds[1], EPOLLIN), EINVAL);
    REFUSED(epoll_ctl(set, EPOLL_CTL_MOD, fds[1], &event), ENOENT);
    REFUSED(epoll_ctl(set, EPOLL_CTL_DEL, fds[1], NULL), ENOENT);
    REFUSED(epoll_ctl(set, 77, fds[1], &event), EINVAL);
    REFUSED(epoll_ctl(set, EPOLL_CTL_ADD, fds[1], nowhere), EFAULT);
    REFUSED(epoll_wait(set, got, 0, 0), EINVAL);
    REFUSED(epoll_wait(fds[0], got, 1, 0), EINVAL);
    REFUSED(epoll_wait(900, got, 1, 0), EBADF);
    REFUSED(epoll_create(0), EINVAL);
    CHECK(epoll_wait(set, got, 8, 0) == 0);
    /* level: as long as there is something */
    CHECK(write(fds[1], "ab", 2) == 2 && epoll_wait(set, got, 8, -1) == 1);
    CHECK(got[0].events == EPOLLIN && got[0].data.fd == fds[0]);
    CHECK(epoll_wait(set, got, 8, 0) == 1 && read(fds[0], &byte, 1) == 1);
    CHECK(epoll_wait(set, got, 8, 0) == 1 && read(fds[0], &byte, 1) == 1);
    CHECK(epoll_wait(set, got, 8, 0) == 0);
    /* edge: once for each change */
    event = (struct epoll_event){.events = EPOLLIN | EPOLLET, .data.u64 = 7};
    CHECK(epoll_ctl(set, EPOLL_CTL_MOD, fds[0], &event) == 0);
    CHECK(write(fds[1], "a", 1) == 1 && epoll_wait(set, got, 8, 0) == 1 && got[0].data.u64 == 7);
    CHECK(epoll_wait(set, got, 8, 0) == 0 && write(fds[1], "b", 1) == 1);
    CHECK(epoll_wait(set, got, 8, 0) == 1 && epoll_wait(set, got, 8, 0) == 0);
    CHECK(epoll_ctl(set, EPOLL_CTL_MOD, fds[0], &event) == 0); /* looks again */
    CHECK(epoll_wait(set, got, 8, 0) == 1 && read(fds[0], &byte, 1) == 1);
    /* one shot */
    event.events = EPOLLIN | EPOLLONESHOT;
    CHECK(epoll_ctl(set, EPOLL_CTL_MOD, fds[0], &event) == 0 && epoll_wait(set, got, 8, 0) == 1);
    CHECK(epoll_wait(set, got, 8, 0) == 0 && write(fds[1], "c", 1) == 1);
    CHECK(epoll_wait(set, got, 8, 0) == 0);
    CHECK(epoll_ctl(set, EPOLL_CTL_MOD, fds[0], &event) == 0 && epoll_wait(set, got, 8, 0) == 1);
    /* the end */
    event.events = 0;
    CHECK(epoll_ctl(set, EPOLL_CTL_MOD, fds[0], &event) == 0 && epoll_wait(set, got, 8, 0) == 0);
    CHECK(close(fds[1]) == 0 && epoll_wait(set, got, 8, 0) == 1 && got[0].events == EPOLLHUP);
    /* a closed descriptor leaves by itself; a copy keeps it */
    CHECK(pipe(fds) == -1 || 1);
    int copy = dup(fds[0]);
    CHECK(close(copy) == 0 && epoll_ctl(set, EPOLL_CTL_DEL, fds[0], NULL) == -1);
    CHECK(close(fds[0]) == 0 && close(fds[1]) == 0 && close(set) == 0);
    CHECK(close(file) == 0 && unlink("file") == 0);
}

static void epoll_more(void)
{
    struct epoll_event got[8];
    int set = epoll_create1(0), outer = epoll_create1(0), fds[2], ends[2];
    char byte;

    CHECK(pipe(fds) == 0 && pipe(ends) == 0);
    CHECK(epoll_add(set, fds[0], EPOLLIN) == 0 && epoll_add(outer, set, EPOLLIN) == 0);
    REFUSED(epoll_add(set, outer, EPOLLIN), ELOOP);
    struct pollfd entry = {outer, POLLIN, 0};
    CHECK(poll(&entry, 1, 0) == 0 && write(fds[1], "x", 1) == 1 && poll(&entry, 1, 0) == 1);
    CHECK(epoll_wait(outer, got, 8, 0) == 1 && got[0].data.fd == set);
    CHECK(epoll_wait(set, got, 8, 0) == 1 && read(fds[0], &byte, 1) == 1);
    CHECK(epoll_wait(outer, got, 8, 0) == 0 && poll(&entry, 1, 0) == 0);
    struct later other = later(fds[1], WRITE_BYTE);
    CHECK(epoll_wait(outer, got, 8, 10000) == 1);
    finish(other);
    /* two ready, one asked for: each gets its turn */
    CHECK(epoll_add(set, ends[0], EPOLLIN) == 0 && write(ends[1], "y", 1) == 1);
    CHECK(epoll_wait(set, got, 1, 0) == 1);
    int first = got[0].data.fd;
    CHECK(epoll_wait(set, got, 1, 0) == 1 && got[0].data.fd != first);
    CHECK(epoll_wait(set, got, 8, 0) == 2);
    int64_t start = now_ms();
    CHECK(epoll_wait(outer, got, 8, 0) == 1 && read(fds[0], &byte, 1) == 1);
    CHECK(read(ends[0], &byte, 1) == 1 && epoll_wait(set, got, 8, 40) == 0);
    CHECK(now_ms() - start >= 39);
    CHECK(close(fds[0]) == 0 && close(ends[0]) == 0 && epoll_wait(set, got, 8, 0) == 0);
    CHECK(close(set) == 0 && close(outer) == 0 && close(fds[1]) == 0 && close(ends[1]) == 0);
}

static int exclusive_pipe;
static volatile int woken;

static void *wait_exclusive(void *unused)
{
    struct epoll_event got, event = {.events = EPOLLIN | EPOLLEXCLUSIVE};
    int set = epoll_create1(0);

    (void)unused;
    CHECK(epoll_ctl(set, EPOLL_CTL_ADD, exclusive_pipe, &event) == 0);
    if (epoll_wait(set, &got, 1, 1000) == 1)
        __atomic_add_fetch(&woken, 1, __ATOMIC_SEQ_CST);
    close(set);
    return NULL;
}

static void exclusive(void)
{
    pthread_t ids[4];
    int fds[2];
    char byte;

    CHECK(pipe(fds) == 0);
    exclusive_pipe = fds[0];
    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&ids[i], NULL, wait_exclusive, NULL) == 0);
    nap(50);
    CHECK(write(fds[1], "x", 1) == 1);
    nap(50);
    CHECK(woken >= 1 && woken < 4 && read(fds[0], &byte, 1) == 1);
    for (int i = 0; i < 4; i++)
        CHECK(pthread_join(ids[i], NULL) == 0);
    CHECK(close(fds[0]) == 0 && close(fds[1]) == 0);
}

/* A thousand descriptors, and all numbers used up. */
static void many(void)
{
    static int fds[900][2];
    static struct epoll_event got[1000];
    struct rlimit limit;
    int set = epoll_create1(0), count = 0;

    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = 1024;
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    while (count < 900 && pipe(fds[count]) == 0)
        CHECK(epoll_add(set, fds[count++][0], EPOLLIN) == 0);
    CHECK(errno == EMFILE && count > 490);
    int last = dup(0); /* a pipe takes two */
    REFUSED(dup(0), EMFILE);
    REFUSED(open("/dev/null", O_RDONLY), EMFILE);
    CHECK(last < 0 || close(last) == 0);
    CHECK(epoll_wait(set, got, 1000, 0) == 0);
    for (int i = 0; i < count; i += 2)
        CHECK(write(fds[i][1], "x", 1) == 1);
    CHECK(epoll_wait(set, got, 1000, 0) == (count + 1) / 2);
    for (int i = 0; i < count; i++)
        CHECK(close(fds[i][0]) == 0 && close(fds[i][1]) == 0);
    CHECK(epoll_wait(set, got, 1000, 0) == 0 && close(set) == 0);
    limit.rlim_cur = 3000 < limit.rlim_max ? 3000 : limit.rlim_max;
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0 && dup2(0, 2500) == 2500 && close(2500) == 0);
}

/* Closing what another thread waits for does no harm; the thread goes on waiting. */
static void *read_one(void *argument)
{
    char byte;

    return (void *)(intptr_t)read(*(int *)argument, &byte, 1);
}

static void closed_meanwhile(void)
{
    pthread_t id;
    void *got;
    int fds[2];

    CHECK(pipe(fds) == 0 && pthread_create(&id, NULL, read_one, &fds[0]) == 0);
    nap(150);
    CHECK(close(fds[0]) == 0 && write(fds[1], "x", 1) == 1);
    CHECK(pthread_join(id, &got) == 0 && (intptr_t)got == 1);
    REFUSED(write(fds[1], "x", 1), EPIPE); /* the last reader is gone now */
    CHECK(close(fds[1]) == 0);
    /* a thread that is cancelled there leaves nothing behind */
    CHECK(pipe(fds) == 0 && pthread_create(&id, NULL, read_one, &fds[0]) == 0);
    nap(150);
    CHECK(pthread_cancel(id) == 0 && pthread_join(id, &got) == 0 && got == PTHREAD_CANCELED);
    CHECK(close(fds[0]) == 0);
    REFUSED(write(fds[1], "x", 1), EPIPE);
    CHECK(close(fds[1]) == 0);
}

static int shared[2];

static void *write_lines(void *argument)
{
    char line[PIPE_BUF];

    memset(line, 'a' + (int)(intptr_t)argument, sizeof line);
    for (int i = 0; i < 50; i++)
        CHECK(write(shared[1], line, sizeof line) == sizeof line);
    return NULL;
}

/* Writes of PIPE_BUF bytes do not mix. */
static void whole_writes(void)
{
    static char line[PIPE_BUF];
    pthread_t ids[4];

    CHECK(pipe(shared) == 0);
    for (intptr_t i = 0; i < 4; i++)
        CHECK(pthread_create(&ids[i], NULL, write_lines, (void *)i) == 0);
    for (int i = 0; i < 200; i++) {
        size_t got = 0;
        while (got < sizeof line) {
            ssize_t n = read(shared[0], line + got, sizeof line - got);
            CHECK(n > 0);
            got += (size_t)n;
        }
        for (size_t j = 1; j < sizeof line; j++)
            CHECK(line[j] == line[0]);
    }
    for (int i = 0; i < 4; i++)
        CHECK(pthread_join(ids[i], NULL) == 0);
    CHECK(close(shared[0]) == 0 && close(shared[1]) == 0);
}

static const struct {
    const char *name;
    void (*run)(void);
} tests[] = {
#define TEST(name)                                                                                 \
    {                                                                                              \
#name, name                                                                                \
    }
    TEST(pipes),      TEST(pipes_wait), TEST(interrupted),      TEST(fifos),
    TEST(fifo_waits), TEST(eventfds),   TEST(timerfds),         TEST(signalfds),
    TEST(polling),    TEST(selecting),  TEST(epolls),           TEST(epoll_more),
    TEST(exclusive),  TEST(many),       TEST(closed_meanwhile), TEST(whole_writes),
};

int main(void)
{
    char folder[] = "/tmp/events-XXXXXX";

    CHECK(mkdtemp(folder) != NULL && chdir(folder) == 0);
    for (unsigned i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        printf("%s\n", tests[i].name);
        fflush(stdout);
        tests[i].run();
    }
    return success();
}
