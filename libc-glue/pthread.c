/* SPDX-License-Identifier: MIT
 *
 * Threads come, are waited for, and go.
 */
#include <pthread.h>
#include <reent.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernel/thread.h"
#include "libc-glue/glue.h"
#include "libc-glue/pthread_glue.h"

void _reclaim_reent(struct _reent *r);

_Thread_local struct pthread pthread_here;
static unsigned alive = 1; /* threads that have not ended; the first is always there */

/* Brings locks_slow.c into the link. Nobody calls this, and the linker drops it. */
__attribute__((used)) static void (*linked_with_threads(void))(struct __lock *)
{
    return lock_wait;
}

static struct pthread *here(void)
{
    if (!pthread_here.thread)
        pthread_here.thread = thread_self(); /* the main thread */
    return &pthread_here;
}

pthread_t pthread_self(void)
{
    return (pthread_t)here();
}

int pthread_equal(pthread_t a, pthread_t b)
{
    return a == b;
}

/* A name that was valid once cannot be told from one that is: as POSIX has it. */
bool pthread_is_alive(pthread_t id)
{
    return id && !pthread_of(id)->ended;
}

static void begin(void *argument)
{
    struct pthread *self = argument;

    pthread_finish(self->function(self->argument));
}

_Noreturn void pthread_finish(void *result)
{
    struct pthread *self = here();

    cancellation.state = PTHREAD_CANCEL_DISABLE;
    self->result = result;
    while (cancellation.cleanups) {
        struct __pthread_cleanup *cleanup = cancellation.cleanups;
        cancellation.cleanups = cleanup->__next;
        cleanup->__function(cleanup->__argument);
    }
    if (keys_destroy)
        keys_destroy();
    if (mutexes_leave)
        mutexes_leave();
    if (__atomic_sub_fetch(&alive, 1, __ATOMIC_SEQ_CST) == 0)
        exit(0);
    _reclaim_reent(_REENT);
    if (signals_leave)
        signals_leave();
    thread_end(&self->ended, &self->joiners, &self->detached);
}

void pthread_exit(void *result)
{
    pthread_finish(result);
}

static void attributes_apply(struct pthread *made, const pthread_attr_t *attributes)
{
    int policy = pthread_here.policy, priority = pthread_here.priority;

    if (attributes && attributes->__inherit == PTHREAD_EXPLICIT_SCHED) {
        policy = attributes->__policy;
        priority = attributes->__param.sched_priority;
    }
    made->policy = policy;
    made->priority = priority;
    made->stack = attributes ? attributes->__stack : NULL;
    made->stack_bytes = attributes ? attributes->__stack_bytes : STACK_DEFAULT_BYTES;
    made->detached = attributes && attributes->__detached == PTHREAD_CREATE_DETACHED;
    thread_set_priority_new(made->thread, priority, policy == SCHED_FIFO);
}

int pthread_create(pthread_t *restrict id, const pthread_attr_t *restrict attributes,
                   void *(*function)(void *), void *restrict argument)
{
    size_t stack_bytes = attributes ? attributes->__stack_bytes : STACK_DEFAULT_BYTES;
    struct thread *thread =
        thread_create(begin, NULL, attributes ? attributes->__stack : NULL, stack_bytes);

    if (!thread)
        return EAGAIN;
    struct pthread *made = thread_local_of(thread, here());
    thread->argument = made;
    made->thread = thread;
    made->function = function;
    made->argument = argument;
    attributes_apply(made, attributes);
    if (signal_inherit)
        signal_inherit(thread_local_of(thread, &signal_state));
    __atomic_add_fetch(&alive, 1, __ATOMIC_SEQ_CST);
    *id = (pthread_t)made;
    thread_ready(thread);
    return 0;
}

int pthread_create_service(pthread_t *id, const pthread_attr_t *attributes,
                           void *(*function)(void *))
{
    int error = pthread_create(id, attributes, function, NULL);

    if (!error)
        __atomic_sub_fetch(&alive, 1, __ATOMIC_SEQ_CST);
    return error;
}

static int join(pthread_t id, void **result, uint64_t deadline)
{
    struct pthread *other = pthread_of(id);

    if (!id || other->joined)
        return ESRCH;
    if (other == here())
        return EDEADLK;
    if (other->detached)
        return EINVAL;
    cancellation_point();
    while (!other->ended) {
        if (wait_until(&other->joiners, &other->ended, 0, deadline) == WAIT_TIMEOUT)
            return ETIMEDOUT;
        cancellation_point();
    }
    other->joined = true;
    if (result)
        *result = other->result;
    thread_release(other->thread);
    return 0;
}

int pthread_join(pthread_t id, void **result)
{
    return join(id, result, WAIT_FOREVER);
}

int pthread_tryjoin_np(pthread_t id, void **result)
{
    return pthread_is_alive(id) ? EBUSY : join(id, result, WAIT_FOREVER);
}

int pthread_clockjoin_np(pthread_t id, void **result, clockid_t clock, const struct timespec *time)
{
    uint64_t deadline;
    int error = deadline_of(clock, time, &deadline);

    return error ? error : join(id, result, deadline);
}

int pthread_timedjoin_np(pthread_t id, void **result, const struct timespec *time)
{
    return pthread_clockjoin_np(id, result, CLOCK_REALTIME, time);
}

int pthread_detach(pthread_t id)
{
    struct pthread *other = pthread_of(id);

    if (!id || other->joined)
        return ESRCH;
    if (other->detached)
        return EINVAL;
    if (!thread_detach(&other->ended, &other->detached))
        thread_release(other->thread);
    return 0;
}

int pthread_getname_np(pthread_t id, char *name, size_t size_bytes)
{
    const char *from = pthread_of(id)->thread->name;

    if (id == pthread_self() && !*from && !thread_self()->stack_start)
        from = "main";
    return strlcpy(name, from, size_bytes) < size_bytes ? 0 : ERANGE;
}

int pthread_setname_np(pthread_t id, const char *name)
{
    if (strlen(name) >= THREAD_NAME_BYTES)
        return ERANGE;
    strcpy(pthread_of(id)->thread->name, name);
    return 0;
}

/* There is no fork whose handlers could run. */
int pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void))
{
    (void)prepare, (void)parent, (void)child;
    return 0;
}
