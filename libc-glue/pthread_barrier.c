/* SPDX-License-Identifier: MIT
 *
 * Barriers and spin locks.
 */
#include <limits.h>
#include <pthread.h>

#include "kernel/interrupts.h"
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

/* The one that comes through first may do this while others still have to leave. */
int pthread_barrier_destroy(pthread_barrier_t *barrier)
{
    unsigned leaving;

    if (__atomic_load_n(&barrier->__here, __ATOMIC_ACQUIRE))
        return EBUSY;
    while ((leaving = __atomic_load_n(&barrier->__leaving, __ATOMIC_ACQUIRE)) != 0)
        wait_on(queue_of(&barrier->__queue), &barrier->__leaving, leaving, WAIT_FOREVER);
    return 0;
}

static void leave(pthread_barrier_t *barrier)
{
    bool were_on = interrupts_off(); /* who destroys it must not come in between */

    if (--barrier->__leaving == 0)
        wake(queue_of(&barrier->__queue), UINT_MAX);
    interrupts_restore(were_on);
}

static bool is_last(pthread_barrier_t *barrier, unsigned *turn)
{
    bool were_on = interrupts_off();
    bool last = ++barrier->__here == barrier->__count;

    *turn = barrier->__turn;
    if (last) {
        barrier->__here = 0;
        barrier->__leaving += barrier->__count - 1;
        barrier->__turn++;
        wake(queue_of(&barrier->__queue), UINT_MAX);
    }
    interrupts_restore(were_on);
    return last;
}

int pthread_barrier_wait(pthread_barrier_t *barrier)
{
    unsigned turn;

    if (is_last(barrier, &turn)) {
        thread_give_way();
        return PTHREAD_BARRIER_SERIAL_THREAD;
    }
    while (__atomic_load_n(&barrier->__turn, __ATOMIC_ACQUIRE) == turn)
        wait_on(queue_of(&barrier->__queue), &barrier->__turn, turn, WAIT_FOREVER);
    leave(barrier);
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
