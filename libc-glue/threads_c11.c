/* SPDX-License-Identifier: MIT
 *
 * The threads of ISO C, each as the POSIX one it is.
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <threads.h>
#include <time.h>

/* From an error of POSIX to ISO's. */
static int code(int error)
{
    switch (error) {
    case 0:
        return thrd_success;
    case EBUSY:
        return thrd_busy;
    case ETIMEDOUT:
        return thrd_timedout;
    case EAGAIN:
    case ENOMEM:
        return thrd_nomem;
    default:
        return thrd_error;
    }
}

/* The function returns int; in the register it is the low half of a pointer. */
int thrd_create(thrd_t *thread, thrd_start_t function, void *argument)
{
    return code(pthread_create(thread, NULL, (void *(*)(void *))(uintptr_t)function, argument));
}

thrd_t thrd_current(void)
{
    return pthread_self();
}

int thrd_detach(thrd_t thread)
{
    return code(pthread_detach(thread));
}

int thrd_equal(thrd_t a, thrd_t b)
{
    return a == b;
}

void thrd_exit(int status)
{
    pthread_exit((void *)(intptr_t)status);
}

int thrd_join(thrd_t thread, int *status)
{
    void *result;
    int error = pthread_join(thread, &result);

    if (!error && status)
        *status = (int)(intptr_t)result;
    return code(error);
}

int thrd_sleep(const struct timespec *time, struct timespec *left)
{
    int error = clock_nanosleep(CLOCK_REALTIME, 0, time, left);

    return error == 0 ? 0 : error == EINTR ? -1 : -2;
}

void thrd_yield(void)
{
    pthread_yield();
}

int mtx_init(mtx_t *mutex, int type)
{
    pthread_mutexattr_t attr = {.__type = type & mtx_recursive ? PTHREAD_MUTEX_RECURSIVE
                                                               : PTHREAD_MUTEX_NORMAL};

    if (type & ~(mtx_recursive | mtx_timed))
        return thrd_error;
    return code(pthread_mutex_init(mutex, &attr));
}

void mtx_destroy(mtx_t *mutex)
{
    pthread_mutex_destroy(mutex);
}

int mtx_lock(mtx_t *mutex)
{
    return code(pthread_mutex_lock(mutex));
}

int mtx_timedlock(mtx_t *restrict mutex, const struct timespec *restrict time)
{
    return code(pthread_mutex_timedlock(mutex, time));
}

int mtx_trylock(mtx_t *mutex)
{
    return code(pthread_mutex_trylock(mutex));
}

int mtx_unlock(mtx_t *mutex)
{
    return code(pthread_mutex_unlock(mutex));
}

int cnd_init(cnd_t *cond)
{
    return code(pthread_cond_init(cond, NULL));
}

void cnd_destroy(cnd_t *cond)
{
    pthread_cond_destroy(cond);
}

int cnd_wait(cnd_t *cond, mtx_t *mutex)
{
    return code(pthread_cond_wait(cond, mutex));
}

int cnd_timedwait(cnd_t *restrict cond, mtx_t *restrict mutex, const struct timespec *restrict time)
{
    return code(pthread_cond_timedwait(cond, mutex, time));
}

int cnd_signal(cnd_t *cond)
{
    return code(pthread_cond_signal(cond));
}

int cnd_broadcast(cnd_t *cond)
{
    return code(pthread_cond_broadcast(cond));
}

int tss_create(tss_t *key, tss_dtor_t destructor)
{
    return pthread_key_create(key, destructor) ? thrd_error : thrd_success;
}

void tss_delete(tss_t key)
{
    pthread_key_delete(key);
}

void *tss_get(tss_t key)
{
    return pthread_getspecific(key);
}

int tss_set(tss_t key, void *value)
{
    return pthread_setspecific(key, value) ? thrd_error : thrd_success;
}

void call_once(once_flag *flag, void (*function)(void))
{
    pthread_once(flag, function);
}
