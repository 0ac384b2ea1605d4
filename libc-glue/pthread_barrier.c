/* SPDX-License-Identifier: MIT
 *
 * Barriers and spin locks.
 */
#include <limits.h>
#include <pthread.h>

#include "libc-glue/glue.h"
#include "libc-glue/pthread_glue.h"

int pthread_barrier_init(pthread_barrier_t *restrict barrier,
                         const pthread_barrierattr_t *restrict attr, unsigned count)
{
    (void)attr;
    if (!count)
        return EINVAL;
    *barrier = (pthread_barrier_t){.__count = count};
    return 0;
}

int pthread_barrier_destroy(pthread_barrier_t *barrier)
{
    return __atomic_load_n(&barrier->__here, __ATOMIC_ACQUIRE) ? EBUSY : 0;
}

int pthread_barrier_wait(pthread_barrier_t *barrier)
{
    unsigned turn = __atomic_load_n(&barrier->__turn, __ATOMIC_ACQUIRE);

    if (__atomic_add_fetch(&barrier->__here, 1, __ATOMIC_SEQ_CST) == barrier->__count) {
        barrier->__here = 0;
        __atomic_add_fetch(&barrier->__turn, 1, __ATOMIC_RELEASE);
        wake(queue_of(&barrier->__queue), UINT_MAX);
        return PTHREAD_BARRIER_SERIAL_THREAD;
    }
    while (__atomic_load_n(&barrier->__turn, __ATOMIC_ACQUIRE) == turn)
        wait_on(queue_of(&barrier->__queue), &barrier->__turn, turn, WAIT_FOREVER);
    return 0;
}

int pthread_spin_init(pthread_spinlock_t *lock, int shared)
{
    (void)shared;
    lock->__word = 0;
    return 0;
}

int pthread_spin_destroy(pthread_spinlock_t *lock)
{
    return lock->__word ? EBUSY : 0;
}

int pthread_spin_trylock(pthread_spinlock_t *lock)
{
    return __atomic_exchange_n(&lock->__word, 1, __ATOMIC_ACQUIRE) ? EBUSY : 0;
}

/* With one processor, spinning would only keep the owner from running. */
int pthread_spin_lock(pthread_spinlock_t *lock)
{
    while (pthread_spin_trylock(lock))
        thread_yield();
    return 0;
}

int pthread_spin_unlock(pthread_spinlock_t *lock)
{
    __atomic_store_n(&lock->__word, 0, __ATOMIC_RELEASE);
    return 0;
}
