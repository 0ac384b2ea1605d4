/* SPDX-License-Identifier: MIT
 *
 * Signals: sent, blocked, waited for, handled on another stack, and made of the
 * processor's exceptions.
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>
#include "check.h"

static volatile sig_atomic_t got, got_code, got_value;
static void *volatile got_address;
static char alternate[32768] __attribute__((aligned(16)));
static volatile int on_alternate;
static sigjmp_buf back;

static void note(int signal)
{
    got = signal;
}

static void note_info(int signal, siginfo_t *info, void *context)
{
    char here;

    CHECK(context != NULL && info->si_signo == signal);
    got = signal;
    got_code = info->si_code;
    got_value = info->si_value.sival_int;
    got_address = info->si_addr;
    on_alternate = &here >= alternate && &here < alternate + sizeof alternate;
}

static void jump_back(int signal, siginfo_t *info, void *context)
{
    note_info(signal, info, context);
    siglongjmp(back, signal);
}

static void skip_three_bytes(int signal, siginfo_t *info, void *context)
{
    note_info(signal, info, context);
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] += 3;
}

static void handle(int signal, void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};

    CHECK(sigaction(signal, &action, NULL) == 0);
}

static void sending(void)
{
    sigset_t set, before;

    CHECK(signal(SIGUSR1, note) == SIG_DFL);
    CHECK(raise(SIGUSR1) == 0 && got == SIGUSR1);
    got = 0;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    CHECK(sigprocmask(SIG_BLOCK, &set, &before) == 0);
    CHECK(kill(getpid(), SIGUSR1) == 0 && got == 0);
    CHECK(sigpending(&set) == 0 && sigismember(&set, SIGUSR1));
    CHECK(sigprocmask(SIG_SETMASK, &before, NULL) == 0 && got == SIGUSR1);

    handle(SIGRTMIN, note_info, 0);
    CHECK(sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 42}) == 0);
    CHECK(got == SIGRTMIN && got_code == SI_QUEUE && got_value == 42);
    CHECK(kill(getpid(), 0) == 0 && kill(getpid(), 1000) == -1 && errno == EINVAL);
}

static void *wait_for_it(void *argument)
{
    int signal;

    CHECK(sigwait(argument, &signal) == 0);
    return (void *)(intptr_t)signal;
}

static void waiting(void)
{
    struct timespec soon = {.tv_nsec = 1000000};
    sigset_t set, before;
    pthread_t id;
    void *result;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    CHECK(pthread_sigmask(SIG_BLOCK, &set, &before) == 0);
    CHECK(sigtimedwait(&set, NULL, &soon) == -1 && errno == EAGAIN);
    CHECK(pthread_create(&id, NULL, wait_for_it, &set) == 0);
    usleep(1000);
    CHECK(pthread_kill(id, SIGUSR2) == 0);
    CHECK(pthread_join(id, &result) == 0 && (intptr_t)result == SIGUSR2);
    CHECK(kill(getpid(), SIGUSR2) == 0);
    CHECK(sigwaitinfo(&set, NULL) == SIGUSR2);
    CHECK(signal(SIGUSR2, note) == SIG_DFL);
    CHECK(kill(getpid(), SIGUSR2) == 0 && got != SIGUSR2);
    CHECK(sigsuspend(&before) == -1 && errno == EINTR && got == SIGUSR2);
    CHECK(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
}

/* Also out of an endless loop: the timer's signal interrupts it. */
static void timers(void)
{
    struct itimerval often = {{.tv_usec = 5000}, {.tv_usec = 5000}};
    struct itimerval never = {{0, 0}, {0, 0}};
    struct itimerspec once = {.it_value = {.tv_nsec = 10000000}};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 1};
    timer_t timer;

    CHECK(signal(SIGALRM, note) == SIG_DFL);
    for (int i = 0; i < 3; i++) {
        got = 0;
        CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
        while (got != SIGALRM)
            ;
    }
    CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
    got = 0;
    CHECK(alarm(1) == 0);
    CHECK(sleep(5) >= 3 && got == SIGALRM);

    event.sigev_value.sival_int = 99;
    handle(SIGRTMIN + 1, note_info, 0);
    CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    CHECK(timer_settime(timer, 0, &once, NULL) == 0);
    CHECK(pause() == -1 && errno == EINTR);
    CHECK(got == SIGRTMIN + 1 && got_value == 99 && got_code == SI_TIMER);
    CHECK(timer_delete(timer) == 0);
}

static int *volatile nowhere = (int *)0x123456789000;
static volatile int zero;

static __attribute__((noinline)) int deep(volatile char *below)
{
    volatile char here[4096];

    here[0] = *below;
    return deep(here) + here[0];
}

static void faults(void)
{
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
    volatile char bottom = 0;

    handle(SIGSEGV, jump_back, 0);
    for (int i = 0; i < 3; i++)
        if (sigsetjmp(back, 1) == 0) {
            *nowhere = 1;
            CHECK(!"written");
        }
    CHECK(got == SIGSEGV && got_code == SEGV_MAPERR && got_address == nowhere);
    if (sigsetjmp(back, 1) == 0)
        *(volatile char *)(uintptr_t) "constant" = 1;
    CHECK(got == SIGSEGV && got_code == SEGV_ACCERR && !on_alternate);

    handle(SIGFPE, jump_back, 0);
    if (sigsetjmp(back, 1) == 0)
        zero = 100 / zero;
    CHECK(got == SIGFPE && got_code == FPE_INTDIV);
    handle(SIGILL, jump_back, 0);
    if (sigsetjmp(back, 1) == 0)
        __asm__ volatile("ud2");
    CHECK(got == SIGILL);

    handle(SIGSEGV, skip_three_bytes, 0);
    double before = 1.25;
    __asm__ volatile("movb (%1), %%al; .byte 0x90" : "+x"(before) : "r"(nowhere) : "rax");
    CHECK(got == SIGSEGV && before == 1.25);

    CHECK(sigaltstack(&stack, NULL) == 0);
    handle(SIGSEGV, jump_back, SA_ONSTACK);
    if (sigsetjmp(back, 1) == 0)
        deep(&bottom);
    CHECK(got == SIGSEGV && on_alternate);
    handle(SIGUSR1, note_info, SA_ONSTACK);
    CHECK(raise(SIGUSR1) == 0 && on_alternate && got == SIGUSR1);
}

int main(void)
{
    sending();
    waiting();
    timers();
    faults();
    return success();
}
