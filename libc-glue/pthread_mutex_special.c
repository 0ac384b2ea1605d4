/* SPDX-License-Identifier: MIT
 *
 * Mutexes that change the priority of who has them, and those that outlive it. They
 * are passed on from owner to owner; each thread has a list of its own. Linked in
 * programs that set such attributes.
 */
#include <pthread.h>

#include "kernel/interrupts.h"
#include "libc-glue/glue.h"
#include "libc-glue/pthread_glue.h"

static _Thread_local pthread_mutex_t *held;    /* linked by __next */
static _Thread_local pthread_mutex_t *awaited; /* the one that this thread waits for */

int pthread_mutexattr_setprotocol(pthread_mutexattr_t *attr, int protocol)
{
    if (protocol != PTHREAD_PRIO_NONE && protocol != PTHREAD_PRIO_INHERIT &&
        protocol != PTHREAD_PRIO_PROTECT)
        return EINVAL;
    attr->__protocol = protocol;
    return 0;
}

int pthread_mutexattr_setrobust(pthread_mutexattr_t *attr, int robust)
{
    if (robust != PTHREAD_MUTEX_STALLED && robust != PTHREAD_MUTEX_ROBUST)
        return EINVAL;
    attr->__robust = robust;
    return 0;
}

static struct thread *owner_of(const pthread_mutex_t *mutex)
{
    return (struct thread *)mutex->__owner;
}

static int base_priority(const struct thread *thread)
{
    return ((struct pthread *)thread_local_of(thread, &pthread_here))->priority;
}

/* What the owner of a mutex has by it, at least. */
static int priority_by(pthread_mutex_t *mutex)
{
    const struct thread *first = queue_of(&mutex->__queue)->first;

    if (mutex->__kind & MUTEX_PROTECT)
        return mutex->__ceiling;
    return mutex->__kind & MUTEX_INHERIT && first ? first->priority : 0;
}

int mutex_priority(const struct thread *thread)
{
    int priority = base_priority(thread);
    pthread_mutex_t **first = thread_local_of(thread, &held);

    for (pthread_mutex_t *at = *first; at; at = at->__next)
        if (priority_by(at) > priority)
            priority = priority_by(at);
    return priority;
}

static void priority_renew(struct thread *thread)
{
    thread_set_priority(thread, mutex_priority(thread), thread->first_in_first_out);
}

/* Who has what somebody of this priority waits for, and who has what that one waits for. */
static void priority_lend(pthread_mutex_t *mutex, int priority)
{
    while (mutex && mutex->__kind & MUTEX_INHERIT) {
        struct thread *owner = owner_of(mutex);
        if (!owner || owner->priority >= priority)
            break;
        thread_set_priority(owner, priority, owner->first_in_first_out);
        mutex = *(pthread_mutex_t **)thread_local_of(owner, &awaited);
    }
}

static void held_remove(pthread_mutex_t *mutex)
{
    pthread_mutex_t **at = &held;

    while (*at && *at != mutex)
        at = (pthread_mutex_t **)&(*at)->__next;
    if (*at)
        *at = mutex->__next;
}

int mutex_taken(pthread_mutex_t *mutex)
{
    bool were_on = interrupts_off();
    int error = 0;

    mutex->__next = held;
    held = mutex;
    if (mutex->__kind & MUTEX_PROTECT && base_priority(thread_self()) > mutex->__ceiling)
        error = EINVAL;
    else
        priority_renew(thread_self());
    interrupts_restore(were_on);
    if (mutex->__kind & MUTEX_LOST)
        error = ENOTRECOVERABLE;
    if (error)
        mutex_give(mutex);
    return error ? error : mutex->__kind & MUTEX_ORPHAN ? EOWNERDEAD : 0;
}

void mutex_give(pthread_mutex_t *mutex)
{
    bool were_on = interrupts_off();

    if (mutex->__kind & MUTEX_ORPHAN)
        mutex->__kind ^= MUTEX_ORPHAN | MUTEX_LOST;
    held_remove(mutex);
    mutex_pass(mutex);
    priority_renew(thread_self());
    interrupts_restore(were_on);
    thread_give_way();
}

/* Interrupts are off until the thread waits, so that nobody changes what it waits for. */
enum wait_result mutex_wait(pthread_mutex_t *mutex, unsigned seen, uint64_t deadline)
{
    interrupts_off();
    if (mutex->__word == seen) {
        awaited = mutex;
        priority_lend(mutex, thread_self()->priority);
    }
    enum wait_result how = wait_until(queue_of(&mutex->__queue), &mutex->__word, seen, deadline);
    bool were_on = interrupts_off();
    awaited = NULL;
    if (how != WAIT_WOKEN && owner_of(mutex)) /* it does not wait for us any more */
        priority_renew(owner_of(mutex));
    interrupts_restore(were_on);
    return how;
}

void mutexes_leave(void)
{
    bool were_on = interrupts_off();

    while (held) {
        pthread_mutex_t *mutex = held;
        held = mutex->__next;
        if (!(mutex->__kind & MUTEX_ROBUST))
            continue;
        mutex->__kind |= MUTEX_ORPHAN;
        mutex->__depth = 0;
        mutex_pass(mutex);
    }
    interrupts_restore(were_on);
}

int pthread_mutex_consistent(pthread_mutex_t *mutex)
{
    if (!(mutex->__kind & MUTEX_ORPHAN) || owner_of(mutex) != thread_self())
        return EINVAL;
    mutex->__kind &= ~MUTEX_ORPHAN;
    return 0;
}

int pthread_mutex_setprioceiling(pthread_mutex_t *restrict mutex, int ceiling, int *restrict before)
{
    if (!(mutex->__kind & MUTEX_PROTECT) || ceiling < PRIORITY_MIN || ceiling > PRIORITY_MAX)
        return EINVAL;
    int error = pthread_mutex_lock(mutex);
    if (error)
        return error;
    if (before)
        *before = mutex->__ceiling;
    mutex->__ceiling = ceiling;
    return pthread_mutex_unlock(mutex);
}
