/* SPDX-License-Identifier: MIT
 *
 * From the start of a command to the first whole answer of the web server in it:
 *     first_response ADDRESS PORT -- COMMAND...
 * Prints milliseconds. The command gets its standard output and error on ours' error, and
 * is ended afterwards. A connection is tried every few milliseconds, and the first that is
 * answered counts: who waits for one of them waits for the kernel's next attempt.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TRIES_MAX  16 /* at the same time; the oldest is given up */
#define EVERY_MS   4
#define PATIENCE_S 120

static const char request[] = "GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n";

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int try_new(const struct sockaddr_in *to)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)to, sizeof *to) && errno != EINPROGRESS) {
        close(fd);
        return -1;
    }
    return fd;
}

struct attempt {
    int fd;
    int asked;
};

/* 1: answered; -1: of no use any more. */
static int look(struct attempt *attempt, short events)
{
    char answer[4096];
    if (events & POLLOUT && !attempt->asked) {
        if (send(attempt->fd, request, sizeof request - 1, MSG_NOSIGNAL) < 0)
            return errno == EAGAIN || errno == ENOTCONN ? 0 : -1;
        attempt->asked = 1;
    }
    if (events & (POLLIN | POLLERR | POLLHUP)) {
        ssize_t got = recv(attempt->fd, answer, sizeof answer, 0);
        if (got <= 0)
            return got < 0 && errno == EAGAIN ? 0 : -1;
        return got > 12 && memcmp(answer, "HTTP/1.1 200", 12) == 0 ? 1 : -1;
    }
    return 0;
}

static int wait_for_answer(const struct sockaddr_in *to, double until_ms)
{
    struct attempt attempts[TRIES_MAX];
    struct pollfd polls[TRIES_MAX];
    double next_ms = 0;
    for (int i = 0; i < TRIES_MAX; i++)
        attempts[i] = (struct attempt){-1, 0};
    for (int oldest = 0; now_ms() < until_ms;) {
        if (now_ms() >= next_ms) {
            if (attempts[oldest].fd >= 0)
                close(attempts[oldest].fd);
            attempts[oldest] = (struct attempt){try_new(to), 0};
            oldest = (oldest + 1) % TRIES_MAX;
            next_ms = now_ms() + EVERY_MS;
        }
        for (int i = 0; i < TRIES_MAX; i++)
            polls[i] = (struct pollfd){attempts[i].fd, attempts[i].asked ? POLLIN : POLLOUT, 0};
        poll(polls, TRIES_MAX, 1);
        for (int i = 0; i < TRIES_MAX; i++) {
            int found = attempts[i].fd < 0 ? 0 : look(&attempts[i], polls[i].revents);
            if (found > 0)
                return 0;
            if (found < 0) {
                close(attempts[i].fd);
                attempts[i].fd = -1;
            }
        }
    }
    return -1;
}

int main(int argc, char **argv)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    if (argc < 5 || strcmp(argv[3], "--") != 0 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1) {
        fprintf(stderr, "usage: first_response ADDRESS PORT -- COMMAND...\n");
        return 2;
    }
    to.sin_port = htons((uint16_t)atoi(argv[2]));
    double start = now_ms();
    pid_t pid = fork();
    if (pid == 0) {
        int in = open("/dev/null", O_RDONLY);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(in, 0);
        dup2(2, 1);
        execvp(argv[4], argv + 4);
        _exit(127);
    }
    int result = wait_for_answer(&to, start + PATIENCE_S * 1e3);
    double end = now_ms();
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    if (result)
        return 1;
    printf("%.1f\n", end - start);
    return 0;
}
