/* SPDX-License-Identifier: MIT
 *
 * Locks that many may have for reading or one for writing. Readers come first, as
 * on Linux: a thread may take the lock for reading again while a writer waits.
 */
#include <limits.h>
#include <pthread.h>
#include <time.h>

#include "libc-glue/glue.h"
#include "libc-glue/pthread_glue.h"

#define WRITING 0x80000000u /* in __readers, instead of a number */

int pthread_rwlock_init(pthread_rwlock_t *restrict lock, const pthread_rwlockattr_t *restrict attr)
{
    (void)attr;
    *lock = (pthread_rwlock_t)PTHREAD_RWLOCK_INITIALIZER;
    return 0;
}

int pthread_rwlock_destroy(pthread_rwlock_t *lock)
{
    return lock->__readers ? EBUSY : 0;
}

int pthread_rwlock_tryrdlock(pthread_rwlock_t *lock)
{
    unsigned readers = __atomic_load_n(&lock->__readers, __ATOMIC_RELAXED);

    do {
        if (readers & WRITING)
            return EBUSY;
        if (readers == WRITING - 1)
            return EAGAIN;
    } while (!__atomic_compare_exchange_n(&lock->__readers, &readers, readers + 1, true,
                                          __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
    return 0;
}

int pthread_rwlock_trywrlock(pthread_rwlock_t *lock)
{
    unsigned nobody = 0;

    if (!__atomic_compare_exchange_n(&lock->__readers, &nobody, WRITING, false, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED))
        return EBUSY;
    lock->__writer = (pthread_t)thread_self();
    return 0;
}

static int lock_until(pthread_rwlock_t *lock, int (*try)(pthread_rwlock_t *), uint64_t deadline_ns)
{
    for (;;) {
        unsigned turn = __atomic_load_n(&lock->__turn, __ATOMIC_ACQUIRE);
        int error = try(lock);

        if (error != EBUSY)
            return error;
        if (lock->__writer == (pthread_t)thread_self())
            return EDEADLK;
        if (wait_on(queue_of(&lock->__queue), &lock->__turn, turn, deadline_ns) == WAIT_TIMEOUT)
            return ETIMEDOUT;
    }
}

static int lock_by(pthread_rwlock_t *lock, int (*try)(pthread_rwlock_t *), clockid_t clock,
                   const struct timespec *time)
{
    uint64_t deadline_ns;
    int error = try(lock);

    if (error != EBUSY)
        return error;
    error = deadline_of(clock, time, &deadline_ns);
    return error ? error : lock_until(lock, try, deadline_ns);
}

int pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
    return lock_until(lock, pthread_rwlock_tryrdlock, WAIT_FOREVER);
}

int pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
    return lock_until(lock, pthread_rwlock_trywrlock, WAIT_FOREVER);
}

int pthread_rwlock_clockrdlock(pthread_rwlock_t *restrict lock, clockid_t clock,
                               const struct timespec *restrict time)
{
    return lock_by(lock, pthread_rwlock_tryrdlock, clock, time);
}

int pthread_rwlock_clockwrlock(pthread_rwlock_t *restrict lock, clockid_t clock,
                               const struct timespec *restrict time)
{
    return lock_by(lock, pthread_rwlock_trywrlock, clock, time);
}

int pthread_rwlock_timedrdlock(pthread_rwlock_t *restrict lock,
                               const struct timespec *restrict time)
{
    return pthread_rwlock_clockrdlock(lock, CLOCK_REALTIME, time);
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t *restrict lock,
                               const struct timespec *restrict time)
{
    return pthread_rwlock_clockwrlock(lock, CLOCK_REALTIME, time);
}

int pthread_rwlock_unlock(pthread_rwlock_t *lock)
{
    unsigned left = 0;

    if (!lock->__readers)
        return EPERM;
    if (lock->__readers & WRITING) {
        if (lock->__writer != (pthread_t)thread_self())
            return EPERM;
        lock->__writer = 0;
        __atomic_store_n(&lock->__readers, 0, __ATOMIC_RELEASE);
    } else {
        left = __atomic_sub_fetch(&lock->__readers, 1, __ATOMIC_RELEASE);
    }
    if (!left) {
        __atomic_add_fetch(&lock->__turn, 1, __ATOMIC_RELEASE);
        wake(queue_of(&lock->__queue), UINT_MAX);
    }
    return 0;
}
