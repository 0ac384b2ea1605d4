/* SPDX-License-Identifier: MIT
 *
 * Locks that many may have for reading or one for writing. Readers come first, as
 * on Linux: a thread may take the lock for reading again while a writer waits. They
 * wait for writers that wait where POSIX asks for it, with real-time policies and a
 * priority that is not higher, and where the lock's kind says so.
 */
#include <limits.h>
#include <pthread.h>
#include <time.h>

#include "kernel/interrupts.h"
#include "libc-glue/glue.h"
#include "libc-glue/pthread_glue.h"

#define WRITING 0x80000000u /* in __readers, instead of a number */

int pthread_rwlock_init(pthread_rwlock_t *restrict lock, const pthread_rwlockattr_t *restrict attr)
{
    *lock = (pthread_rwlock_t)PTHREAD_RWLOCK_INITIALIZER;
    if (attr)
        lock->__kind = attr->__kind;
    return 0;
}

int pthread_rwlock_destroy(pthread_rwlock_t *lock)
{
    return lock->__readers ? EBUSY : 0;
}

static bool is_for_writer(pthread_rwlock_t *lock)
{
    const struct thread *writer = queue_of(&lock->__writers)->first;

    if (!writer)
        return false;
    if (lock->__kind == PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP)
        return true;
    return pthread_here.policy != SCHED_OTHER && writer->priority >= thread_self()->priority;
}

/* Without regard to writers that wait. */
static int read_now(pthread_rwlock_t *lock)
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

int pthread_rwlock_tryrdlock(pthread_rwlock_t *lock)
{
    bool were_on = interrupts_off();
    int error = is_for_writer(lock) ? EBUSY : read_now(lock);

    interrupts_restore(were_on);
    return error;
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

/* Of equals, writers come first where POSIX asks for it; otherwise those who read, and
 * when they are done, one who writes. */
static bool is_writers_turn(const pthread_rwlock_t *lock, const struct thread *writer,
                            const struct thread *reader)
{
    if (!writer || !reader)
        return writer;
    if (writer->priority != reader->priority)
        return writer->priority > reader->priority;
    return writer->priority >= PRIORITY_MIN ||
           lock->__kind == PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP;
}

static void call_next(pthread_rwlock_t *lock)
{
    struct wait_queue *readers = queue_of(&lock->__queue), *writers = queue_of(&lock->__writers);
    bool were_on = interrupts_off();

    lock->__turn++;
    if (is_writers_turn(lock, writers->first, readers->first))
        wake(writers, 1);
    else
        wake(readers, UINT_MAX);
    interrupts_restore(were_on);
    thread_give_way();
}

static int lock_until(pthread_rwlock_t *lock, int (*try)(pthread_rwlock_t *), uint64_t deadline)
{
    bool writes = try == pthread_rwlock_trywrlock;
    struct wait_queue *queue = queue_of(writes ? &lock->__writers : &lock->__queue);

    for (;;) {
        unsigned turn = __atomic_load_n(&lock->__turn, __ATOMIC_ACQUIRE);
        int error = try(lock);

        if (error != EBUSY)
            return error;
        if (lock->__writer == (pthread_t)thread_self())
            return EDEADLK;
        if (wait_until(queue, &lock->__turn, turn, deadline) != WAIT_TIMEOUT)
            continue;
        if (writes) { /* readers may have waited for this one alone */
            __atomic_add_fetch(&lock->__turn, 1, __ATOMIC_RELEASE);
            wake(queue_of(&lock->__queue), UINT_MAX);
        }
        return ETIMEDOUT;
    }
}

static int lock_by(pthread_rwlock_t *lock, int (*try)(pthread_rwlock_t *), clockid_t clock,
                   const struct timespec *time)
{
    uint64_t deadline;
    int error = try(lock);

    if (error != EBUSY)
        return error;
    error = deadline_of(clock, time, &deadline);
    return error ? error : lock_until(lock, try, deadline);
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
    if (!left)
        call_next(lock);
    return 0;
}
