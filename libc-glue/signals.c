/* SPDX-License-Identifier: MIT
 *
 * Signals within the one process: sent by raise, kill and timers, kept while they are
 * blocked, delivered on the thread they are for. What must not be disturbed by other
 * threads runs with interrupts off.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "kernel/interrupts.h"
#include "kernel/kernel.h"
#include "kernel/panic.h"
#include "kernel/power.h"
#include "libc-glue/glue.h"
#include "libc-glue/signal_glue.h"
#include "libc-glue/timer_glue.h"

struct sigaction signal_actions[NSIG];
_Thread_local struct signal_state signal_state;
_Thread_local bool signal_interrupted, signal_handled;
static sigset_t process_pending;

/* What came with a signal that had to wait; without one, it was kill(). */
static struct kept {
    siginfo_t info;        /* si_signo 0: free */
    struct thread *thread; /* NULL: for the process */
    unsigned order;
} kept[SIGNALS_QUEUED_MAX];
static unsigned kept_order;

/* What ends the program only by its status, without a dump. */
static const sigset_t plain_ends =
    1ul << SIGHUP | 1ul << SIGINT | 1ul << SIGKILL | 1ul << SIGPIPE | 1ul << SIGALRM |
    1ul << SIGTERM | 1ul << SIGIO | 1ul << SIGXCPU | 1ul << SIGXFSZ | 1ul << SIGVTALRM |
    1ul << SIGPROF | 1ul << SIGUSR1 | 1ul << SIGUSR2 | 1ul << SIGLOST | ~0ul << SIGRTMIN;
static const sigset_t ignored = 1ul << SIGCHLD | 1ul << SIGURG | 1ul << SIGWINCH | 1ul << SIGCONT;
static const sigset_t stops = 1ul << SIGSTOP | 1ul << SIGTSTP | 1ul << SIGTTIN | 1ul << SIGTTOU;

static bool is_ignored(int signal)
{
    _sig_func_ptr handler = signal_actions[signal].sa_handler;

    return handler == SIG_IGN || (handler == SIG_DFL && ignored & signal_bit(signal));
}

static int action_default(int signal)
{
    if (ignored & signal_bit(signal))
        return 0;
    if (stops & signal_bit(signal))
        return -ENOSYS; /* nobody could continue the one process */
    if (plain_ends & signal_bit(signal))
        power_off((128 + signal) & 0xff);
    program_abort(signal);
}

/* The power button, and not somebody's kill(). */
static bool is_button(const siginfo_t *info)
{
    return info->si_signo == SIGTERM && info->si_code == SI_KERNEL;
}

struct call {
    const struct sigaction *action;
    siginfo_t *info;
    ucontext_t *context;
};

static void call_handler(void *argument)
{
    struct call *call = argument;

    if (call->action->sa_flags & SA_SIGINFO)
        call->action->sa_sigaction(call->info->si_signo, call->info, call->context);
    else
        call->action->sa_handler(call->info->si_signo);
}

/* On the alternate stack when the handler wants it and the thread is not there yet. */
static void call_on_its_stack(struct call *call)
{
    struct thread *self = thread_self();
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);

    if (call->action->sa_flags & SA_ONSTACK && self->alternate_end &&
        (here <= self->alternate_start || here > self->alternate_end))
        call_on_stack(call_handler, call, self->alternate_end);
    else
        call_handler(call);
}

void signal_deliver(int signal, siginfo_t *info, gregset_t *frame)
{
    struct sigaction action = signal_actions[signal];
    ucontext_t context = {.uc_sigmask = signal_state.blocked};
    struct call call = {&action, info, &context};

    if (action.sa_handler == SIG_IGN)
        return;
    if (action.sa_handler == SIG_DFL && is_button(info)) {
        terminate_begin(info->si_status);
        return;
    }
    if (action.sa_handler == SIG_DFL) {
        action_default(signal);
        return;
    }
    if (frame)
        memcpy(context.uc_mcontext.gregs, *frame, sizeof *frame);
    signal_state.blocked |= action.sa_mask;
    if (!(action.sa_flags & SA_NODEFER))
        signal_state.blocked |= signal_bit(signal);
    if (action.sa_flags & SA_RESETHAND)
        signal_actions[signal].sa_handler = SIG_DFL;
    int errno_before = errno;
    call_on_its_stack(&call);
    errno = errno_before;
    signal_handled = true;
    if (!(action.sa_flags & SA_RESTART))
        signal_interrupted = true;
    signal_state.blocked = context.uc_sigmask;
    if (frame)
        memcpy(*frame, context.uc_mcontext.gregs, sizeof *frame);
}

/* A timer counts what expires while its signal waits. */
static void signal_gone(siginfo_t *info, bool taken)
{
    if (info->si_code == SI_TIMER && timer_signal_gone)
        timer_signal_gone(info, taken);
}

static bool keep(const siginfo_t *info, struct thread *thread)
{
    for (int i = 0; i < SIGNALS_QUEUED_MAX; i++) {
        if (kept[i].info.si_signo)
            continue;
        kept[i].info = *info;
        kept[i].thread = thread;
        kept[i].order = ++kept_order;
        return true;
    }
    return false;
}

/* Fills in info with the oldest of what was kept; true: there is more for this one. */
static bool kept_take(int signal, struct thread *thread, siginfo_t *info)
{
    struct kept *oldest = NULL;
    unsigned count = 0;

    *info = (siginfo_t){.si_signo = signal, .si_code = SI_USER, .si_pid = 1};
    for (int i = 0; i < SIGNALS_QUEUED_MAX; i++) {
        if (kept[i].info.si_signo != signal || kept[i].thread != thread)
            continue;
        count++;
        if (!oldest || (int)(kept[i].order - oldest->order) < 0)
            oldest = &kept[i];
    }
    if (oldest) {
        *info = oldest->info;
        oldest->info.si_signo = 0;
        signal_gone(info, true);
    }
    return count > 1;
}

int signal_take(sigset_t set, siginfo_t *info)
{
    bool were_on = interrupts_off();
    sigset_t mine = signal_state.pending & set, all = mine | (process_pending & set);
    int signal = all ? __builtin_ctzl(all) : 0;

    if (signal) {
        bool is_mine = mine & signal_bit(signal);
        if (!kept_take(signal, is_mine ? thread_self() : NULL, info))
            *(is_mine ? &signal_state.pending : &process_pending) &= ~signal_bit(signal);
    }
    interrupts_restore(were_on);
    if (signal)
        thread_give_way(); /* to the timers' service, if it was called */
    return signal;
}

void signals_deliver(void)
{
    siginfo_t info;
    int signal;

    while ((signal = signal_take(~signal_state.blocked, &info)))
        signal_deliver(signal, &info, NULL);
}

bool signals_restart(void)
{
    bool restart = !signal_interrupted;

    signal_interrupted = false;
    return restart;
}

bool signals_handled(void)
{
    bool handled = signal_handled;

    signal_handled = false;
    return handled;
}

void signal_inherit(struct signal_state *child)
{
    child->blocked = signal_state.blocked;
}

static struct signal_state *state_of(const struct thread *thread)
{
    return thread_local_of(thread, &signal_state);
}

static bool is_open(const struct thread *thread, int signal)
{
    const struct signal_state *state = state_of(thread);

    return !thread->deaf && (state->waiting | ~state->blocked) & signal_bit(signal);
}

static int drop(const siginfo_t *info)
{
    siginfo_t dropped = *info;

    signal_gone(&dropped, false);
    return 0;
}

/* Queued signals keep each of what was sent; the others are pending or not. */
static int pend(sigset_t *pending, struct thread *thread, const siginfo_t *info)
{
    sigset_t bit = signal_bit(info->si_signo);
    bool wanted = !(*pending & bit) || info->si_signo >= SIGRTMIN;

    if (!wanted || !keep(info, thread)) {
        if (wanted && info->si_code == SI_QUEUE)
            return -EAGAIN;
        drop(info);
    }
    *pending |= bit;
    if (signalfd_tell)
        signalfd_tell(info->si_signo);
    return 0;
}

static bool is_dropped(const struct thread *thread, int signal)
{
    return is_ignored(signal) && !(state_of(thread)->blocked & signal_bit(signal));
}

/* Who takes a signal for the process: this thread, if it does, or any. */
static struct thread *taker(int signal)
{
    struct thread *to = is_open(thread_self(), signal) ? thread_self() : NULL;

    for (struct thread *at = threads_all; !to && at; at = at->all_next)
        if (is_open(at, signal))
            to = at;
    return to;
}

static int send(struct thread *thread, const siginfo_t *info, sigset_t *pending)
{
    bool were_on = interrupts_off();
    struct thread *to = thread ? thread : taker(info->si_signo);

    int error = to && is_dropped(to, info->si_signo) ? drop(info) : pend(pending, thread, info);
    interrupts_restore(were_on);
    if (error)
        return error;
    if (to == thread_self())
        signals_deliver();
    else if (to && is_open(to, info->si_signo)) {
        attention_start();
        thread_alert(to);
    }
    return 0;
}

/* This thread may have been chosen for a signal that it will not handle now. */
static void retarget(void)
{
    for (sigset_t left = process_pending & signal_state.blocked; left; left &= left - 1) {
        int signal = __builtin_ctzl(left);
        bool were_on = interrupts_off();
        struct thread *at = threads_all;
        while (at && (at == thread_self() || !is_open(at, signal)))
            at = at->all_next;
        if (at)
            thread_alert(at);
        interrupts_restore(were_on);
    }
}

void signals_leave(void)
{
    signal_state.blocked = ~0ul;
    signal_state.waiting = 0;
    retarget();
}

int signal_send_process(int signal, const siginfo_t *info)
{
    if (signal < 0 || signal >= NSIG)
        return -EINVAL;
    if (signal == 0)
        return 0;
    if (stops & signal_bit(signal) && signal_actions[signal].sa_handler == SIG_DFL)
        return action_default(signal);
    return send(NULL, info, &process_pending);
}

int signal_send_thread(pthread_t id, int signal, const siginfo_t *info)
{
    if (signal < 0 || signal >= NSIG)
        return -EINVAL;
    if (id != pthread_self() && !pthread_is_alive(id))
        return pthread_is_waiting_for_join(id) ? 0 : -ESRCH;
    if (signal == 0)
        return 0;
    if (stops & signal_bit(signal) && signal_actions[signal].sa_handler == SIG_DFL)
        return action_default(signal);
    struct thread *thread = id == pthread_self() ? thread_self() : pthread_of(id)->thread;
    return send(thread, info, &state_of(thread)->pending);
}

struct told {
    int signal, status;
};

/* The thread that takes it looks up when the interrupt is over. */
static void told_send(void *argument)
{
    const struct told *told = argument;
    siginfo_t info = {.si_signo = told->signal, .si_code = SI_KERNEL, .si_status = told->status};
    struct thread *to = taker(told->signal);

    if (to && is_dropped(to, told->signal))
        return;
    pend(&process_pending, NULL, &info);
    if (to) {
        attention_start();
        thread_alert(to);
    }
}

/* By interrupt: the vector registers, in which the compiler moves a siginfo_t, are those of
 * whatever was interrupted. */
void signal_send_interrupt(int signal, int status)
{
    struct told told = {signal, status};

    call_with_registers_kept(told_send, &told);
}

static siginfo_t info_user(int signal, int code)
{
    return (siginfo_t){.si_signo = signal, .si_code = code, .si_pid = 1};
}

int signal_raise(int signal)
{
    siginfo_t info = info_user(signal, SI_USER);

    return signal_send_thread((pthread_t)&pthread_here, signal, &info);
}

void signal_abort(void)
{
    signal_state.blocked &= ~signal_bit(SIGABRT);
    signal_raise(SIGABRT);
}

int signal_kill(int signal)
{
    siginfo_t info = info_user(signal, SI_USER);

    return signal_send_process(signal, &info);
}

/* A signal that is ignored from now on is not pending any more. */
static void pending_drop(int signal)
{
    siginfo_t info;

    while (process_pending & signal_bit(signal))
        if (!kept_take(signal, NULL, &info))
            process_pending &= ~signal_bit(signal);
    signal_state.pending &= ~signal_bit(signal);
}

static int action_set(int signal, const struct sigaction *wanted, struct sigaction *before)
{
    if (!signal_is_valid(signal))
        return -EINVAL;
    if (wanted && (signal == SIGKILL || signal == SIGSTOP))
        return -EINVAL;
    if (before)
        *before = signal_actions[signal];
    if (!wanted)
        return 0;
    signal_actions[signal] = *wanted;
    if (is_ignored(signal))
        pending_drop(signal);
    if (signal == SIGTERM)
        interrupts_begin(); /* it comes by interrupt, even when nothing is waited for */
    signal_faults_changed();
    return 0;
}

int sigaction(int signal, const struct sigaction *restrict wanted,
              struct sigaction *restrict before)
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

int pthread_sigmask(int how, const sigset_t *restrict set, sigset_t *restrict before)
{
    sigset_t mask = signal_state.blocked;

    if (set && how != SIG_BLOCK && how != SIG_UNBLOCK && how != SIG_SETMASK)
        return EINVAL;
    if (before)
        *before = mask;
    if (!set)
        return 0;
    if (*set & signal_bit(SIGTERM))
        interrupts_begin(); /* it may come while it is blocked */
    mask = how == SIG_BLOCK ? mask | *set : how == SIG_UNBLOCK ? mask & ~*set : *set;
    signal_state.blocked = mask & ~(signal_bit(SIGKILL) | signal_bit(SIGSTOP));
    signals_deliver();
    retarget();
    return 0;
}

int sigpending(sigset_t *set)
{
    *set = (signal_state.pending | process_pending) & signal_state.blocked;
    return 0;
}
