/* SPDX-License-Identifier: MIT
 *
 * The POSIX calls that send signals, wait for them and make sets of them.
 */
#define _GNU_SOURCE
#include <reent.h>
#include <setjmp.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "kernel/time.h"
#include "libc-glue/glue.h"
#include "libc-glue/signal_glue.h"

#undef sigpause

int raise(int signal)
{
    return (int)result(signal_raise(signal));
}

/* Process 1 is this one; 0 and -1 mean its group and all, which is it again. */
int kill(pid_t process, int signal)
{
    bool is_self = process == 1 || process == 0 || process == -1;

    return (int)result(is_self ? signal_kill(signal) : -ESRCH);
}

/* newlib's way here, for its own raise() and the like. */
int _kill_r(struct _reent *r, pid_t process, int signal)
{
    (void)r;
    return kill(process, signal);
}

int killpg(pid_t group, int signal)
{
    return kill(group, signal);
}

int pthread_kill(pthread_t id, int signal)
{
    siginfo_t info = {.si_signo = signal, .si_code = SI_TKILL, .si_pid = 1};

    return -signal_send_thread(id, signal, &info);
}

int sigqueue(pid_t process, int signal, const union sigval value)
{
    siginfo_t info = {.si_signo = signal, .si_code = SI_QUEUE, .si_pid = 1, .si_value = value};

    return (int)result(process == 1 ? signal_send_process(signal, &info) : -ESRCH);
}

int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict before)
{
    return (int)result(-pthread_sigmask(how, set, before));
}

/* Until a handler has run, with another mask meanwhile. */
int sigsuspend(const sigset_t *mask)
{
    sigset_t before = signal_state.blocked;

    cancellation_point();
    signal_handled = false;
    signal_state.blocked = *mask & ~(signal_bit(SIGKILL) | signal_bit(SIGSTOP));
    signals_deliver();
    while (!signal_handled && !cancellation.wanted)
        wait_on(NULL, NULL, 0, WAIT_FOREVER);
    signal_state.blocked = before;
    cancellation_point();
    signals_deliver();
    return (int)result(-EINTR);
}

int pause(void)
{
    sigset_t mask = signal_state.blocked;

    return sigsuspend(&mask);
}

static int wait_for(const sigset_t *set, siginfo_t *info, uint64_t deadline_ns)
{
    enum wait_result how = WAIT_ALERTED;
    int signal;

    cancellation_point();
    signal_interrupted = false;
    signal_state.waiting = *set;
    while (!(signal = signal_take(*set, info)) && how != WAIT_TIMEOUT && !signal_interrupted &&
           !cancellation.wanted)
        how = wait_on(NULL, NULL, 0, deadline_ns);
    signal_state.waiting = 0;
    cancellation_point();
    return signal ? signal : how == WAIT_TIMEOUT ? -EAGAIN : -EINTR;
}

int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info,
                 const struct timespec *restrict time)
{
    siginfo_t unwanted;
    uint64_t deadline_ns = WAIT_FOREVER;

    if (time) {
        if (time->tv_nsec < 0 || time->tv_nsec >= 1000000000)
            return (int)result(-EINVAL);
        deadline_ns =
            clock_monotonic_ns() + (uint64_t)time->tv_sec * 1000000000 + (uint64_t)time->tv_nsec;
    }
    return (int)result(wait_for(set, info ? info : &unwanted, deadline_ns));
}

int sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict info)
{
    return sigtimedwait(set, info, NULL);
}

int sigwait(const sigset_t *restrict set, int *restrict signal)
{
    siginfo_t info;
    int taken;

    do
        taken = wait_for(set, &info, WAIT_FOREVER);
    while (taken == -EINTR);
    if (taken < 0)
        return -taken;
    *signal = taken;
    return 0;
}

int sigemptyset(sigset_t *set)
{
    *set = 0;
    return 0;
}

int sigfillset(sigset_t *set)
{
    *set = ~0ul;
    return 0;
}

static int set_check(int signal)
{
    return signal_is_valid(signal) ? 0 : -EINVAL;
}

int sigaddset(sigset_t *set, int signal)
{
    *set |= set_check(signal) ? 0 : signal_bit(signal);
    return (int)result(set_check(signal));
}

int sigdelset(sigset_t *set, int signal)
{
    *set &= set_check(signal) ? ~0ul : ~signal_bit(signal);
    return (int)result(set_check(signal));
}

int sigismember(const sigset_t *set, int signal)
{
    return set_check(signal) ? (int)result(-EINVAL) : (*set & signal_bit(signal)) != 0;
}

/* System V's, which still have users. */
static int mask_one(int how, int signal)
{
    sigset_t set = signal_is_valid(signal) ? signal_bit(signal) : 0;

    return set ? sigprocmask(how, &set, NULL) : (int)result(-EINVAL);
}

int sighold(int signal)
{
    return mask_one(SIG_BLOCK, signal);
}

int sigrelse(int signal)
{
    return mask_one(SIG_UNBLOCK, signal);
}

int sigignore(int number)
{
    return signal(number, SIG_IGN) == SIG_ERR ? -1 : 0;
}

int sigpause(int signal)
{
    sigset_t mask = signal_state.blocked;

    if (!signal_is_valid(signal))
        return (int)result(-EINVAL);
    mask &= ~signal_bit(signal);
    return sigsuspend(&mask);
}

int siginterrupt(int signal, int interrupts)
{
    struct sigaction action;

    if (sigaction(signal, NULL, &action) < 0)
        return -1;
    action.sa_flags = interrupts ? action.sa_flags & ~SA_RESTART : action.sa_flags | SA_RESTART;
    return sigaction(signal, &action, NULL);
}

_sig_func_ptr sigset(int number, _sig_func_ptr handler)
{
    bool was_held = signal_is_valid(number) && signal_state.blocked & signal_bit(number);
    struct sigaction before, wanted = {.sa_handler = handler};

    if (sigaction(number, handler == SIG_HOLD ? NULL : &wanted, &before) < 0)
        return SIG_ERR;
    if (handler == SIG_HOLD)
        sighold(number);
    else
        sigrelse(number);
    return was_held ? SIG_HOLD : before.sa_handler;
}

void __sigjmp_save(sigjmp_buf buffer, int save)
{
    buffer[_JBLEN] = save;
    buffer[_JBLEN + 1] = (long long)signal_state.blocked;
}

void siglongjmp(sigjmp_buf buffer, int value)
{
    if (buffer[_JBLEN]) {
        sigset_t mask = (sigset_t)buffer[_JBLEN + 1];
        pthread_sigmask(SIG_SETMASK, &mask, NULL);
    }
    longjmp(buffer, value);
}
