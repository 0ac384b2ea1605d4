/* SPDX-License-Identifier: MIT
 *
 * What the files of signals share.
 */
#ifndef GLUE_SIGNAL_GLUE_H
#define GLUE_SIGNAL_GLUE_H

#include <signal.h>
#include <stdbool.h>
#include <sys/ucontext.h>

#include "libc-glue/pthread_glue.h"

#pragma GCC visibility push(hidden)

static inline sigset_t signal_bit(int signal)
{
    return 1ul << signal;
}
static inline bool signal_is_valid(int signal)
{
    return signal > 0 && signal < NSIG;
}

/* signals.c */
extern struct sigaction signal_actions[NSIG];
/* Runs the handler or the default action, now, on this thread. frame: the registers of
 * what the signal interrupts, as in mcontext_t, or NULL. */
void signal_deliver(int signal, siginfo_t *info, gregset_t *frame);
/* The next signal of the set that is pending for this thread: 0, none. */
int signal_take(sigset_t set, siginfo_t *info);
int signal_send_process(int signal, const siginfo_t *info);
int signal_send_thread(pthread_t id, int signal, const siginfo_t *info);
extern _Thread_local bool signal_handled;     /* a handler ran */
extern _Thread_local bool signal_interrupted; /* ... one without SA_RESTART */

/* signalfd.c, where it is used: a signal has become pending */
void signalfd_tell(int signal) __attribute__((weak));

/* signal_faults.c, linked when a program may handle them */
void signal_faults_changed(void);

#pragma GCC visibility pop

#endif
