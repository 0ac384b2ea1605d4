/* SPDX-License-Identifier: MIT
 *
 * Semaphores, and those that have a name.
 */
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/interrupts.h"
#include "libc-glue/glue.h"
#include "libc-glue/pthread_glue.h"

int sem_init(sem_t *sem, int shared, unsigned value)
{
    (void)shared; /* there is one process */
    if (value > SEM_VALUE_MAX)
        return (int)result(-EINVAL);
    *sem = (sem_t){.__value = value};
    return 0;
}

int sem_destroy(sem_t *sem)
{
    return (int)result(queue_of(&sem->__queue)->first ? -EBUSY : 0);
}

static bool take(sem_t *sem)
{
    unsigned value = __atomic_load_n(&sem->__value, __ATOMIC_RELAXED);

    while (value)
        if (__atomic_compare_exchange_n(&sem->__value, &value, value - 1, true, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED))
            return true;
    return false;
}

static int take_until(sem_t *sem, uint64_t deadline)
{
    cancellation_point();
    if (signals_restart)
        signals_restart(); /* what ran before does not count */
    while (!take(sem)) {
        enum wait_result how = wait_until(queue_of(&sem->__queue), &sem->__value, 0, deadline);
        cancellation_point();
        if (how == WAIT_TIMEOUT)
            return -ETIMEDOUT;
        if (how == WAIT_ALERTED && signals_restart && !signals_restart())
            return -EINTR;
    }
    return 0;
}

int sem_wait(sem_t *sem)
{
    return (int)result(take_until(sem, WAIT_FOREVER));
}

int sem_trywait(sem_t *sem)
{
    return (int)result(take(sem) ? 0 : -EAGAIN);
}

int sem_clockwait(sem_t *restrict sem, clockid_t clock, const struct timespec *restrict time)
{
    uint64_t deadline;

    if (take(sem))
        return 0;
    int error = deadline_of(clock, time, &deadline);
    return (int)result(error ? -error : take_until(sem, deadline));
}

int sem_timedwait(sem_t *restrict sem, const struct timespec *restrict time)
{
    return sem_clockwait(sem, CLOCK_REALTIME, time);
}

/* In one step: who is let through may destroy it and free its memory. */
int sem_post(sem_t *sem)
{
    bool were_on = interrupts_off();
    bool full = sem->__value == SEM_VALUE_MAX;

    if (!full) {
        __atomic_add_fetch(&sem->__value, 1, __ATOMIC_RELEASE);
        wake(queue_of(&sem->__queue), 1);
    }
    interrupts_restore(were_on);
    if (full)
        return (int)result(-EOVERFLOW);
    thread_give_way();
    return 0;
}

int sem_getvalue(sem_t *restrict sem, int *restrict value)
{
    *value = (int)sem->__value;
    return 0;
}

/* Semaphores with names; one goes when nobody has it open and its name is gone. */
static struct named {
    sem_t sem;
    struct named *next;
    unsigned opened;
    bool unlinked;
    char name[NAME_MAX + 1];
} * all;
static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;

static struct named *find(const char *name)
{
    struct named *at = all;

    while (at && (at->unlinked || strcmp(at->name, name) != 0))
        at = at->next;
    return at;
}

static void drop_unused(void)
{
    for (struct named **at = &all; *at;) {
        struct named *named = *at;
        if (named->unlinked && !named->opened) {
            *at = named->next;
            free(named);
        } else {
            at = &named->next;
        }
    }
}

static long open_locked(const char *name, int flags, unsigned value)
{
    struct named *named = find(name);

    if (named && (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
        return -EEXIST;
    if (!named) {
        if (!(flags & O_CREAT))
            return -ENOENT;
        if (value > SEM_VALUE_MAX)
            return -EINVAL;
        if (!(named = calloc(1, sizeof *named)))
            return -ENOMEM;
        strcpy(named->name, name);
        named->sem.__value = value;
        named->next = all;
        all = named;
    }
    named->opened++;
    return (long)&named->sem;
}

sem_t *sem_open(const char *name, int flags, ...)
{
    va_list more;
    unsigned value;

    va_start(more, flags);
    (void)((flags & O_CREAT) && va_arg(more, int)); /* the mode */
    value = flags & O_CREAT ? va_arg(more, unsigned) : 0;
    va_end(more);
    if (strlen(name) > NAME_MAX) {
        errno = ENAMETOOLONG;
        return SEM_FAILED;
    }
    name += *name == '/';
    if (!*name || strchr(name, '/')) {
        errno = EINVAL;
        return SEM_FAILED;
    }
    pthread_mutex_lock(&all_lock);
    long sem = open_locked(name, flags, value);
    pthread_mutex_unlock(&all_lock);
    return result(sem) < 0 ? SEM_FAILED : (sem_t *)sem;
}

static int close_locked(const sem_t *sem)
{
    for (struct named *at = all; at; at = at->next) {
        if (&at->sem != sem || !at->opened)
            continue;
        at->opened--;
        drop_unused();
        return 0;
    }
    return -EINVAL;
}

int sem_close(sem_t *sem)
{
    pthread_mutex_lock(&all_lock);
    int error = close_locked(sem);
    pthread_mutex_unlock(&all_lock);
    return (int)result(error);
}

int sem_unlink(const char *name)
{
    if (strlen(name) > NAME_MAX)
        return (int)result(-ENAMETOOLONG);
    name += *name == '/';
    pthread_mutex_lock(&all_lock);
    struct named *named = find(name);
    if (named) {
        named->unlinked = true;
        drop_unused();
    }
    pthread_mutex_unlock(&all_lock);
    return (int)result(named ? 0 : -ENOENT);
}
