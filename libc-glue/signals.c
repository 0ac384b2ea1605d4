/* SPDX-License-Identifier: MIT
 *
 * Signals within the one process: they come from raise, kill and abort. Faults
 * of the processor end the program in the kernel and are not delivered here yet.
 */
#include <signal.h>
#include <unistd.h>

#include "kernel/panic.h"
#include "kernel/power.h"
#include "libc-glue/glue.h"

/* signal.h has these as macros too; they take the bit of a signal the same way. */
#undef sigaddset
#undef sigdelset
#undef sigemptyset
#undef sigfillset
#undef sigismember

static struct sigaction actions[NSIG];
static sigset_t blocked;
static sigset_t pending;

static sigset_t bit(int signal)
{
    return 1ul << signal;
}

/* What ends the program only by its status, without a dump. */
static const sigset_t plain_ends = 1ul << SIGHUP | 1ul << SIGINT | 1ul << SIGKILL | 1ul << SIGPIPE |
                                   1ul << SIGALRM | 1ul << SIGTERM | 1ul << SIGIO | 1ul << SIGXCPU |
                                   1ul << SIGXFSZ | 1ul << SIGVTALRM | 1ul << SIGPROF |
                                   1ul << SIGUSR1 | 1ul << SIGUSR2 | 1ul << SIGLOST;
static const sigset_t ignored = 1ul << SIGCHLD | 1ul << SIGURG | 1ul << SIGWINCH | 1ul << SIGCONT;
static const sigset_t stops = 1ul << SIGSTOP | 1ul << SIGTSTP | 1ul << SIGTTIN | 1ul << SIGTTOU;

static int action_default(int signal)
{
    if (ignored & bit(signal))
        return 0;
    if (stops & bit(signal))
        return -ENOSYS; /* nobody could continue the one process */
    if (plain_ends & bit(signal))
        power_off(128 + signal);
    program_abort(signal);
}

static int deliver(int signal)
{
    struct sigaction action = actions[signal];
    sigset_t blocked_before = blocked;
    siginfo_t info = {.si_signo = signal, .si_code = SI_USER};

    pending &= ~bit(signal);
    if (action.sa_handler == SIG_IGN)
        return 0;
    if (action.sa_handler == SIG_DFL)
        return action_default(signal);
    blocked |= action.sa_mask;
    if (!(action.sa_flags & SA_NODEFER))
        blocked |= bit(signal);
    if (action.sa_flags & SA_RESETHAND)
        actions[signal].sa_handler = SIG_DFL;
    if (action.sa_flags & SA_SIGINFO)
        action.sa_sigaction(signal, &info, NULL);
    else
        action.sa_handler(signal);
    blocked = blocked_before;
    return 0;
}

static void deliver_pending(void)
{
    for (int signal = 1; signal < NSIG; signal++)
        if (pending & ~blocked & bit(signal))
            deliver(signal);
}

int signal_raise(int signal)
{
    int error;

    if (signal < 0 || signal >= NSIG)
        return -EINVAL;
    if (signal == 0)
        return 0;
    if (blocked & bit(signal)) {
        pending |= bit(signal);
        return 0;
    }
    error = deliver(signal);
    deliver_pending();
    return error;
}

static int action_set(int signal, const struct sigaction *wanted, struct sigaction *before)
{
    if (signal <= 0 || signal >= NSIG)
        return -EINVAL;
    if (wanted && (signal == SIGKILL || signal == SIGSTOP))
        return -EINVAL;
    if (before)
        *before = actions[signal];
    if (wanted)
        actions[signal] = *wanted;
    return 0;
}

int sigaction(int signal, const struct sigaction *wanted, struct sigaction *before)
{
    return (int)result(action_set(signal, wanted, before));
}

/* As on BSD and Linux, the handler stays. */
_sig_func_ptr signal(int signal, _sig_func_ptr handler)
{
    struct sigaction wanted = {.sa_handler = handler, .sa_flags = SA_RESTART};
    struct sigaction before;

    return result(action_set(signal, &wanted, &before)) < 0 ? SIG_ERR : before.sa_handler;
}

int raise(int signal)
{
    return (int)result(signal_raise(signal));
}

/* Process 1 is this one; 0 and -1 mean its group and all, which is it again. */
int kill(pid_t process, int signal)
{
    bool is_self = process == 1 || process == 0 || process == -1;

    return (int)result(is_self ? signal_raise(signal) : -ESRCH);
}

int killpg(pid_t group, int signal)
{
    return kill(group, signal);
}

static int mask_set(int how, const sigset_t *set, sigset_t *before)
{
    sigset_t mask = blocked;

    if (set && how != SIG_BLOCK && how != SIG_UNBLOCK && how != SIG_SETMASK)
        return -EINVAL;
    if (before)
        *before = blocked;
    if (!set)
        return 0;
    mask = how == SIG_BLOCK ? mask | *set : how == SIG_UNBLOCK ? mask & ~*set : *set;
    blocked = mask & ~(bit(SIGKILL) | bit(SIGSTOP));
    deliver_pending();
    return 0;
}

int sigprocmask(int how, const sigset_t *set, sigset_t *before)
{
    return (int)result(mask_set(how, set, before));
}

int sigpending(sigset_t *set)
{
    *set = pending;
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
    return signal > 0 && signal < NSIG ? 0 : -EINVAL;
}

int sigaddset(sigset_t *set, int signal)
{
    *set |= set_check(signal) ? 0 : bit(signal);
    return (int)result(set_check(signal));
}

int sigdelset(sigset_t *set, int signal)
{
    *set &= set_check(signal) ? ~0ul : ~bit(signal);
    return (int)result(set_check(signal));
}

int sigismember(const sigset_t *set, int signal)
{
    return set_check(signal) ? (int)result(-EINVAL) : (*set & bit(signal)) != 0;
}

/* newlib's abort would end with status 1 when a handler returns. */
void abort(void)
{
    signal_raise(SIGABRT);
    program_abort(SIGABRT);
}
