/* SPDX-License-Identifier: MIT
 *
 * Condition variables. Each signal is a turn; who waits sleeps until the turn is
 * another one than when it gave its mutex back.
 */
#include <limits.h>
#include <pthread.h>
#include <time.h>

#include "kernel/interrupts.h"
#include "libc-glue/glue.h"
#include "libc-glue/pthread_glue.h"

int pthread_cond_init(pthread_cond_t *restrict cond, const pthread_condattr_t *restrict attr)
{
    *cond = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    if (attr)
        cond->__clock = attr->__clock;
    return 0;
}

int pthread_cond_destroy(pthread_cond_t *cond)
{
    return queue_of(&cond->__queue)->first ? EBUSY : 0;
}

static int cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, uint64_t deadline)
{
    unsigned turn = __atomic_load_n(&cond->__turn, __ATOMIC_ACQUIRE);
    enum wait_result result = WAIT_ALERTED;

    cancellation_point();
    int error = pthread_mutex_unlock(mutex);
    if (error)
        return error;
    while (result == WAIT_ALERTED && !cancellation.wanted)
        result = wait_until(queue_of(&cond->__queue), &cond->__turn, turn, deadline);
    error = pthread_mutex_lock(mutex);
    if (result != WAIT_WOKEN && result != WAIT_CHANGED)
        cancellation_point();
    return error ? error : result == WAIT_TIMEOUT ? ETIMEDOUT : 0;
}

int pthread_cond_wait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex)
{
    return cond_wait(cond, mutex, WAIT_FOREVER);
}

int pthread_cond_clockwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex,
                           clockid_t clock, const struct timespec *restrict time)
{
    uint64_t deadline;
    int error = deadline_of(clock, time, &deadline);

    return error ? error : cond_wait(cond, mutex, deadline);
}

int pthread_cond_timedwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict time)
{
    clockid_t clock = cond->__clock ? (clockid_t)cond->__clock : CLOCK_REALTIME;

    return pthread_cond_clockwait(cond, mutex, clock, time);
}

/* In one step: who is woken may destroy it and free its memory. */
static int wake_some(pthread_cond_t *cond, unsigned count)
{
    bool were_on = interrupts_off();

    __atomic_add_fetch(&cond->__turn, 1, __ATOMIC_RELEASE);
    wake(queue_of(&cond->__queue), count);
    interrupts_restore(were_on);
    thread_give_way();
    return 0;
}

int pthread_cond_signal(pthread_cond_t *cond)
{
    return wake_some(cond, 1);
}

int pthread_cond_broadcast(pthread_cond_t *cond)
{
    return wake_some(cond, UINT_MAX);
}
