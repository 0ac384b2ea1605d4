/* SPDX-License-Identifier: MIT
 *
 * What the files of POSIX threads share. A thread's data are thread-local
 * variables; other threads find them with thread_local_of().
 */
#ifndef GLUE_PTHREAD_GLUE_H
#define GLUE_PTHREAD_GLUE_H

#include <pthread.h>
#include <stdbool.h>

#include "kernel/thread.h"

#pragma GCC visibility push(hidden)

/* pthread.c */
struct pthread {
    struct thread *thread;
    void *(*function)(void *);
    void *argument, *result;
    unsigned ended;
    bool detached, joined;
    int policy, priority; /* the thread's own may be higher for a while, by a mutex */
    void *stack;          /* the attributes that it began with */
    size_t stack_bytes;
    struct wait_queue joiners;
};
extern _Thread_local struct pthread pthread_here;
static inline struct pthread *pthread_of(pthread_t id)
{
    return (struct pthread *)id;
}
_Noreturn void pthread_finish(void *result);
bool pthread_is_alive(pthread_t id);
static inline bool pthread_is_waiting_for_join(pthread_t id) /* has ended, and is still a thread */
{
    const struct pthread *of = pthread_of(id);

    return id && of->ended && !of->joined && !of->detached;
}
/* A thread of the glue's own, which does not keep the program from ending. */
int pthread_create_service(pthread_t *id, const pthread_attr_t *attributes,
                           void *(*function)(void *));

/* cancel_state.c, pthread_cancel.c */
struct cancellation {
    int state, type;
    bool wanted, acting;
    struct __pthread_cleanup *cleanups;
};
extern _Thread_local struct cancellation cancellation;
extern void (*cancel_act)(void); /* ends the thread when it is to be cancelled; or NULL */
static inline void cancellation_point(void)
{
    if (cancel_act)
        cancel_act();
}

/* pthread_mutex.c. Bits of __kind, above the type; the last two are a robust mutex's state. */
#define MUTEX_TYPE    3u
#define MUTEX_PROTECT 4u /* its owner has at least the priority of its ceiling */
#define MUTEX_INHERIT 8u /* ... of whoever waits for it */
#define MUTEX_ROBUST  16u
#define MUTEX_SPECIAL (MUTEX_PROTECT | MUTEX_INHERIT | MUTEX_ROBUST)
#define MUTEX_ORPHAN  32u                /* its owner has ended with it */
#define MUTEX_LOST    64u                /* ... and the next one did not make it consistent */
void mutex_pass(pthread_mutex_t *mutex); /* to who waits first; with interrupts off */

/* pthread_mutex_special.c, in programs that ask for such attributes */
int mutex_taken(pthread_mutex_t *mutex) __attribute__((weak)); /* 0, or why one cannot have it */
void mutex_give(pthread_mutex_t *mutex) __attribute__((weak));
enum wait_result mutex_wait(pthread_mutex_t *mutex, unsigned seen, uint64_t deadline)
    __attribute__((weak));
void mutexes_leave(void) __attribute__((weak)); /* before a thread ends */
/* What a thread has by itself and by its mutexes. */
int mutex_priority(const struct thread *thread) __attribute__((weak));

/* attention.c */
void attention_start(void);

/* terminate.c: what the power button does to a program that does not handle SIGTERM */
void terminate_begin(int status);
void terminate_attend(void);

/* pthread_keys.c */
void keys_destroy(void) __attribute__((weak));

#define PRIORITY_MIN 1 /* of SCHED_FIFO and SCHED_RR; the others have 0 */
#define PRIORITY_MAX 99

/* times.c, and sleep.c for programs that wait or have threads */
int clock_read(clockid_t clock, uint64_t *ns);
uint64_t cpu_time_process(void) __attribute__((weak));
int cpu_time_thread(clockid_t clock, uint64_t *ns) __attribute__((weak));

/* sleep.c. A deadline is a time of the monotonic clock or, with this bit, of the realtime
 * clock, which may be set while somebody waits; or WAIT_FOREVER. */
#define DEADLINE_REALTIME (1ull << 63)
int deadline_of(clockid_t clock, const struct timespec *time, uint64_t *deadline); /* 0 or error */
uint64_t deadline_due_ns(uint64_t deadline); /* of the monotonic clock */
int cpu_time_set(uint64_t ns) __attribute__((weak));

static inline enum wait_result wait_until(struct wait_queue *queue, const unsigned *word,
                                          unsigned value, uint64_t deadline)
{
    bool is_realtime = deadline & DEADLINE_REALTIME && deadline != WAIT_FOREVER;

    return wait_on(queue, word, value, is_realtime ? deadline_due_ns(deadline) : deadline);
}

static inline struct wait_queue *queue_of(struct __pthread_queue *queue)
{
    return (struct wait_queue *)queue;
}

/* locks_slow.c: waiting for a lock of locks.h. Programs with threads have it (pthread.c);
 * others leave it out: who calls it there says `#pragma weak`. */
struct __lock;
void lock_wait(struct __lock *lock);
void lock_wake(struct __lock *lock);
/* From now on the thread does not wait long for a lock, but goes on without it. */
void locks_hurry(const struct thread *thread);

/* signals.c: what threads have of their own */
struct signal_state {
    uint64_t blocked, pending;
    uint64_t waiting; /* in sigwait for these */
};
extern _Thread_local struct signal_state signal_state;
void signals_deliver(void) __attribute__((weak)); /* all that are pending and not blocked */
bool signals_restart(void) __attribute__((weak)); /* no handler ran that ends a wait */
/* The same without the signals' code where nobody has asked for them. handled: a
 * handler ran at all, which ends a sleep. */
bool signals_handled(void) __attribute__((weak));
void signals_leave(void) __attribute__((weak)); /* before a thread ends */
void signal_inherit(struct signal_state *child) __attribute__((weak));
/* To the process, by interrupt; status: see terminate.c. */
void signal_send_interrupt(int signal, int status);

static inline bool signal_pass(void)
{
    return signals_handled && signals_handled();
}

#pragma GCC visibility pop

#endif
