/* SPDX-License-Identifier: MIT
 *
 * Mutexes. The word says free, taken, or taken while others wait; taking a free one
 * and giving one back that nobody waits for never leave this file.
 */
#include <pthread.h>
#include <time.h>

#include "libc-glue/glue.h"
#include "libc-glue/pthread_glue.h"

enum { FREE, TAKEN, CONTENDED };

#define KIND_TYPE    3u
#define KIND_PROTECT 4u /* the priority ceiling is checked */
#define KIND_ROBUST  8u
#define DEPTH_MAX    0x7fffffffu

int pthread_mutex_init(pthread_mutex_t *restrict mutex, const pthread_mutexattr_t *restrict attr)
{
    *mutex = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    if (!attr)
        return 0;
    mutex->__kind = (unsigned)attr->__type | (attr->__robust ? KIND_ROBUST : 0) |
                    (attr->__protocol == PTHREAD_PRIO_PROTECT ? KIND_PROTECT : 0);
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

static int take_again(pthread_mutex_t *mutex)
{
    unsigned type = mutex->__kind & KIND_TYPE;

    if (type == PTHREAD_MUTEX_ERRORCHECK)
        return EDEADLK;
    if (type != PTHREAD_MUTEX_RECURSIVE)
        return EBUSY;
    if (mutex->__depth == DEPTH_MAX)
        return EAGAIN;
    mutex->__depth++;
    return 0;
}

static int take_slowly(pthread_mutex_t *mutex, uint64_t deadline_ns)
{
    pthread_t self = (pthread_t)thread_self();

    if (mutex->__kind & KIND_PROTECT && thread_self()->priority > mutex->__ceiling)
        return EINVAL;
    if (mutex->__owner == self) {
        int error = take_again(mutex);
        if (error != EBUSY)
            return error; /* a normal mutex is a deadlock, as POSIX wants it */
    }
    while (__atomic_exchange_n(&mutex->__word, CONTENDED, __ATOMIC_ACQUIRE) != FREE)
        if (wait_on(queue_of(&mutex->__queue), &mutex->__word, CONTENDED, deadline_ns) ==
            WAIT_TIMEOUT)
            return ETIMEDOUT;
    mutex->__owner = self;
    return 0;
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    if (!take(mutex))
        return take_slowly(mutex, WAIT_FOREVER);
    mutex->__owner = (pthread_t)thread_self();
    return 0;
}

int pthread_mutex_trylock(pthread_mutex_t *mutex)
{
    if (take(mutex)) {
        mutex->__owner = (pthread_t)thread_self();
        return 0;
    }
    if (mutex->__owner != (pthread_t)thread_self())
        return EBUSY;
    int error = take_again(mutex);
    return error == EDEADLK ? EBUSY : error;
}

int pthread_mutex_clocklock(pthread_mutex_t *restrict mutex, clockid_t clock,
                            const struct timespec *restrict time)
{
    uint64_t deadline_ns;

    if (pthread_mutex_trylock(mutex) == 0)
        return 0;
    int error = deadline_of(clock, time, &deadline_ns);
    return error ? error : take_slowly(mutex, deadline_ns);
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict time)
{
    return pthread_mutex_clocklock(mutex, CLOCK_REALTIME, time);
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    if (mutex->__kind) {
        if (mutex->__owner != (pthread_t)thread_self())
            return EPERM;
        if (mutex->__depth) {
            mutex->__depth--;
            return 0;
        }
    }
    mutex->__owner = 0;
    if (__atomic_exchange_n(&mutex->__word, FREE, __ATOMIC_RELEASE) == CONTENDED)
        wake(queue_of(&mutex->__queue), 1);
    return 0;
}

/* An owner's death is not watched for: a robust mutex is never inconsistent. */
int pthread_mutex_consistent(pthread_mutex_t *mutex)
{
    (void)mutex;
    return EINVAL;
}

int pthread_mutex_getprioceiling(const pthread_mutex_t *restrict mutex, int *restrict ceiling)
{
    *ceiling = mutex->__ceiling > PRIORITY_MIN ? mutex->__ceiling : PRIORITY_MIN;
    return 0;
}

int pthread_mutex_setprioceiling(pthread_mutex_t *restrict mutex, int ceiling, int *restrict before)
{
    if (!(mutex->__kind & KIND_PROTECT) || ceiling < PRIORITY_MIN || ceiling > PRIORITY_MAX)
        return EINVAL;
    int error = pthread_mutex_lock(mutex);
    if (error)
        return error;
    if (before)
        *before = mutex->__ceiling;
    mutex->__ceiling = ceiling;
    return pthread_mutex_unlock(mutex);
}
