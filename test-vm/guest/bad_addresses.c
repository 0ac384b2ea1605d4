/* SPDX-License-Identifier: MIT
 *
 * Addresses that are not the program's: every call that takes one says EFAULT and does
 * nothing else. They are tried one after the other: nothing mapped, page 0, the other half of the
 * address space, no address at all, code where an answer should go.
 */
#define _GNU_SOURCE 1
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

/* Both answers are told, so that one run shows all that is wrong. */
static int wrong;

#define FAULTS(call)                                                                               \
    do {                                                                                           \
        errno = 0;                                                                                 \
        long answer = (long)(call);                                                                \
        if (answer != -1 || errno != EFAULT) {                                                     \
            printf("%s with %p: %ld, %s\n", #call, (void *)bad, answer, strerror(errno));          \
            wrong++;                                                                               \
        }                                                                                          \
    } while (0)

static int file, ends[2], pair[2], set, timer;

static void outputs(char *bad)
{
    FAULTS(pread(file, bad, 3, 0));
    FAULTS(read(ends[0], bad, 1));
    FAULTS(preadv(file, &(struct iovec){bad, 3}, 1, 0));
    FAULTS(stat("/tmp/bad-addresses", (struct stat *)bad));
    FAULTS(fstat(file, (struct stat *)bad));
    FAULTS(readlink("/tmp/bad-link", bad, 8));
    FAULTS(getcwd(bad, 4096) ? 0 : -1);
    FAULTS(pipe((int *)bad));
    FAULTS(socketpair(AF_UNIX, SOCK_STREAM, 0, (int *)bad));
    FAULTS(epoll_wait(set, (struct epoll_event *)bad, 1, 0));
    FAULTS(timerfd_gettime(timer, (struct itimerspec *)bad));
    FAULTS(recv(pair[0], bad, 1, MSG_DONTWAIT));
    FAULTS(getrandom(bad, 16, 0));
    FAULTS(uname((struct utsname *)bad));
    FAULTS(sysinfo((struct sysinfo *)bad));
    FAULTS(getrusage(RUSAGE_SELF, (struct rusage *)bad));
}

static void inputs(char *bad)
{
    FAULTS(write(file, bad, 3));
    FAULTS(write(ends[1], bad, 1));
    FAULTS(writev(file, &(struct iovec){bad, 3}, 1));
    FAULTS(writev(file, (struct iovec *)bad, 1));
    FAULTS(pwrite(file, bad, 3, 0));
    FAULTS(open(bad, O_RDONLY));
    FAULTS(stat(bad, &(struct stat){0}));
    FAULTS(mkdir(bad, 0700));
    FAULTS(rename(bad, "/tmp/x"));
    FAULTS(rename("/tmp/bad-addresses", bad));
    FAULTS(link("/tmp/bad-addresses", bad));
    FAULTS(symlink(bad, "/tmp/y"));
    FAULTS(unlink(bad));
    FAULTS(rmdir(bad));
    FAULTS(chdir(bad));
    FAULTS(chmod(bad, 0600));
    FAULTS(truncate(bad, 0));
    FAULTS(access(bad, F_OK));
    FAULTS(poll((struct pollfd *)bad, 1, 0));
    FAULTS(select(1, (fd_set *)bad, NULL, NULL, &(struct timeval){0}));
    FAULTS(epoll_ctl(set, EPOLL_CTL_ADD, ends[0], (struct epoll_event *)bad));
    FAULTS(timerfd_settime(timer, 0, (struct itimerspec *)bad, NULL));
    FAULTS(nanosleep((struct timespec *)bad, NULL));
    FAULTS(send(pair[0], bad, 1, 0));
    FAULTS(sendmsg(pair[0], (struct msghdr *)bad, 0));
    FAULTS(recvmsg(pair[0], (struct msghdr *)bad, MSG_DONTWAIT));
    FAULTS(
        bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)bad, sizeof(struct sockaddr_un)));
    FAULTS(connect(pair[0], (struct sockaddr *)bad, sizeof(struct sockaddr_un)));
    FAULTS(setsockopt(pair[0], SOL_SOCKET, SO_REUSEADDR, bad, sizeof(int)));
    FAULTS(fcntl(file, F_SETLK, bad));
    FAULTS(sendfile(ends[1], file, (off_t *)bad, 1));
}

int main(void)
{
    static uint64_t addresses[] = {0x10, 0x800000000000, 0xffff800000000000, 0xfffffffffffffff0, 0};
    uint64_t page = (uint64_t)mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    addresses[4] = page;
    symlink("there", "/tmp/bad-link");
    file = open("/tmp/bad-addresses", O_CREAT | O_RDWR | O_TRUNC, 0600);
    CHECK(file >= 0 && write(file, "text", 4) == 4 && pipe2(ends, O_NONBLOCK) == 0);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && write(pair[1], "x", 1) == 1);
    set = epoll_create1(0);
    timer = timerfd_create(CLOCK_MONOTONIC, 0);
    CHECK(epoll_ctl(set, EPOLL_CTL_ADD, pair[0], &(struct epoll_event){.events = EPOLLIN}) == 0);
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        CHECK(write(ends[1], "y", 1) == 1);
        outputs((char *)addresses[i]);
        inputs((char *)addresses[i]);
        char byte;
        CHECK(read(ends[0], &byte, 1) == 1 && byte == 'y'); /* nothing was taken, nothing put */
    }
    CHECK(write(ends[1], "y", 1) == 1);
    outputs((char *)(uintptr_t)main); /* code */
    char text[8] = {0};
    CHECK(pread(file, text, 8, 0) == 4 && strcmp(text, "text") == 0 && wrong == 0);
    CHECK(unlink("/tmp/bad-addresses") == 0 && unlink("/tmp/bad-link") == 0);
    return success();
}
