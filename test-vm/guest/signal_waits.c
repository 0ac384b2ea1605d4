/* SPDX-License-Identifier: MIT
 *
 * A signal that arrives while a call is on its way to sleep ends the call as one does that
 * finds it asleep. The moment is moved on in small steps, from before the call to long
 * after it sleeps; a signal that is lost shows as a call that lasts its whole time.
 */
#define _GNU_SOURCE 1 /* ppoll */
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <netinet/in.h>

#include "check.h"

#define STEP_NS 61
#define STEPS   600
#define WAIT_S  3 /* what it lasts when the signal is lost */

static volatile sig_atomic_t got;
static int pipe_ends[2], set;
static timer_t timer;
static sigset_t open_mask;

static void note(int signal)
{
    got = signal;
}

static int wait_epoll(void)
{
    struct epoll_event event;

    return epoll_pwait(set, &event, 1, WAIT_S * 1000, &open_mask);
}

static int wait_poll(void)
{
    struct pollfd one = {pipe_ends[0], POLLIN, 0};

    return ppoll(&one, 1, &(struct timespec){WAIT_S, 0}, &open_mask);
}

static int wait_select(void)
{
    fd_set reading;

    FD_ZERO(&reading);
    FD_SET(pipe_ends[0], &reading);
    return pselect(pipe_ends[0] + 1, &reading, NULL, NULL, &(struct timespec){WAIT_S, 0},
                   &open_mask);
}

static void sweep(const char *name, int (*wait)(void))
{
    for (long i = 0; i < STEPS; i++) {
        struct itimerspec when = {.it_value.tv_nsec = 1 + i * STEP_NS};

        got = 0;
        CHECK(timer_settime(timer, 0, &when, NULL) == 0);
        int answer = wait();
        if (answer != -1 || errno != EINTR || got != SIGUSR1) {
            printf("%s: %ld ns: answer %d, errno %d, handler %d\n", name, i * STEP_NS, answer,
                   errno, (int)got);
            exit(1);
        }
    }
}

int main(void)
{
    struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    struct epoll_event watched = {.events = EPOLLIN};
    sigset_t blocked;

    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    CHECK(sigprocmask(SIG_BLOCK, &blocked, &open_mask) == 0);
    CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    CHECK(pipe(pipe_ends) == 0);
    CHECK((set = epoll_create1(0)) >= 0);
    CHECK(epoll_ctl(set, EPOLL_CTL_ADD, pipe_ends[0], &watched) == 0);
    sweep("epoll_pwait", wait_epoll);
    sweep("ppoll", wait_poll);
    sweep("pselect", wait_select);
    /* With a network the call looks at the cards first. */
    CHECK(socket(AF_INET, SOCK_DGRAM, 0) >= 0);
    sweep("epoll_pwait with a network", wait_epoll);
    sweep("ppoll with a network", wait_poll);
    return success();
}
