/* SPDX-License-Identifier: MIT
 *
 * Mutexes. The word says free, taken, or taken while others wait; taking a free one
 * and giving one back that nobody waits for never leave this file. A mutex that is
 * given back is free for whoever comes first, which is often who had it, and that is
 * good for throughput; but who was woken for it in vain once asks to have it passed
 * on, so that nobody waits for ever.
 */
#include <pthread.h>
#include <time.h>

#include "kernel/interrupts.h"
#include "libc-glue/glue.h"
#include "libc-glue/pthread_glue.h"

enum { FREE, TAKEN, CONTENDED, PASS_ON };

#define DEPTH_MAX 0x7fffffffu

int pthread_mutex_init(pthread_mutex_t *restrict mutex, const pthread_mutexattr_t *restrict attr)
{
    *mutex = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    if (!attr)
        return 0;
    mutex->__kind = (unsigned)attr->__type | (attr->__robust ? MUTEX_ROBUST : 0) |
                    (attr->__protocol == PTHREAD_PRIO_PROTECT ? MUTEX_PROTECT : 0) |
                    (attr->__protocol == PTHREAD_PRIO_INHERIT ? MUTEX_INHERIT : 0);
    mutex->__ceiling = attr->__ceiling;
    return 0;
}

int pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    return mutex->__word == FREE ? 0 : EBUSY;
}

static inline bool take(pthread_mutex_t *mutex)
{
    unsigned expected = FREE;

    return __atomic_compare_exchange_n(&mutex->__word, &expected, TAKEN, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

static inline int taken(pthread_mutex_t *mutex)
{
    mutex->__owner = (pthread_t)thread_self();
    return mutex->__kind & MUTEX_SPECIAL ? mutex_taken(mutex) : 0;
}

static int take_again(pthread_mutex_t *mutex)
{
    unsigned type = mutex->__kind & MUTEX_TYPE;

    if (type == PTHREAD_MUTEX_ERRORCHECK)
        return EDEADLK;
    if (type != PTHREAD_MUTEX_RECURSIVE)
        return EBUSY;
    if (mutex->__depth == DEPTH_MAX)
        return EAGAIN;
    mutex->__depth++;
    return 0;
}

/* Takes it when it is free; otherwise the word says from now on that somebody waits, at
 * least as urgently as mark. Returns what it is. */
static unsigned take_or_mark(pthread_mutex_t *mutex, unsigned mark)
{
    unsigned seen = __atomic_load_n(&mutex->__word, __ATOMIC_RELAXED);

    while (seen < mark)
        if (__atomic_compare_exchange_n(&mutex->__word, &seen, mark, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED))
            return seen == FREE ? FREE : mark;
    return seen;
}

/* Until it is free and taken, or was passed on to this thread, which owns it then. */
static int wait_for(pthread_mutex_t *mutex, uint64_t deadline)
{
    bool special = mutex->__kind & MUTEX_SPECIAL;
    unsigned mark = special ? PASS_ON : CONTENDED, seen;

    while ((seen = take_or_mark(mutex, mark)) != FREE) {
        enum wait_result how =
            special ? mutex_wait(mutex, seen, deadline)
                    : wait_until(queue_of(&mutex->__queue), &mutex->__word, seen, deadline);
        if (mutex->__owner == (pthread_t)thread_self())
            break;
        if (how == WAIT_TIMEOUT)
            return ETIMEDOUT;
        if (how == WAIT_WOKEN)
            mark = PASS_ON;
    }
    return taken(mutex);
}

static int take_slowly(pthread_mutex_t *mutex, uint64_t deadline)
{
    bool is_mine = mutex->__owner == (pthread_t)thread_self();

    if (is_mine) {
        int error = take_again(mutex);
        if (error != EBUSY)
            return error;
        mutex->__owner = 0; /* a normal mutex is a deadlock, as POSIX wants it */
    }
    int error = wait_for(mutex, deadline);
    if (error == ETIMEDOUT && is_mine)
        mutex->__owner = (pthread_t)thread_self();
    return error;
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    return take(mutex) ? taken(mutex) : take_slowly(mutex, WAIT_FOREVER);
}

int pthread_mutex_trylock(pthread_mutex_t *mutex)
{
    if (take(mutex))
        return taken(mutex);
    if (mutex->__owner != (pthread_t)thread_self())
        return EBUSY;
    int error = take_again(mutex);
    return error == EDEADLK ? EBUSY : error;
}

int pthread_mutex_clocklock(pthread_mutex_t *restrict mutex, clockid_t clock,
                            const struct timespec *restrict time)
{
    uint64_t deadline;

    if (take(mutex))
        return taken(mutex);
    int error = deadline_of(clock, time, &deadline);
    return error ? error : take_slowly(mutex, deadline);
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict time)
{
    return pthread_mutex_clocklock(mutex, CLOCK_REALTIME, time);
}

void mutex_pass(pthread_mutex_t *mutex)
{
    struct thread *next = queue_of(&mutex->__queue)->first;

    mutex->__owner = (pthread_t)next;
    mutex->__word = !next ? FREE : next->next ? PASS_ON : TAKEN;
    wake(queue_of(&mutex->__queue), 1);
}

/* Nobody comes in between: the next owner may well be the last, and free its memory. */
static void give_slowly(pthread_mutex_t *mutex)
{
    bool were_on = interrupts_off();

    if (mutex->__word == CONTENDED) {
        mutex->__word = FREE;
        wake(queue_of(&mutex->__queue), 1);
    } else {
        mutex_pass(mutex);
    }
    interrupts_restore(were_on);
    thread_give_way();
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    unsigned expected = TAKEN;

    if (mutex->__kind) {
        if (mutex->__owner != (pthread_t)thread_self())
            return EPERM;
        if (mutex->__depth) {
            mutex->__depth--;
            return 0;
        }
        if (mutex->__kind & MUTEX_SPECIAL) {
            mutex_give(mutex);
            return 0;
        }
    }
    mutex->__owner = 0;
    if (!__atomic_compare_exchange_n(&mutex->__word, &expected, FREE, false, __ATOMIC_RELEASE,
                                     __ATOMIC_RELAXED))
        give_slowly(mutex);
    return 0;
}

int pthread_mutex_getprioceiling(const pthread_mutex_t *restrict mutex, int *restrict ceiling)
{
    *ceiling = mutex->__ceiling > PRIORITY_MIN ? mutex->__ceiling : PRIORITY_MIN;
    return 0;
}
