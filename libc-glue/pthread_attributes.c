/* SPDX-License-Identifier: MIT
 *
 * The attributes of threads and of what they synchronise with: plain values,
 * checked when they are set.
 */
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "libc-glue/glue.h"
#include "libc-glue/pthread_glue.h"

#define GUARD_BYTES 4096

/* One function that reads a field, and one that writes it if `check` holds. */
#define ATTRIBUTE_GET(type, name, field, value_type)                                               \
    int type##_get##name(const type##_t *restrict attr, value_type *restrict value)                \
    {                                                                                              \
        *value = attr->field;                                                                      \
        return 0;                                                                                  \
    }
#define ATTRIBUTE(type, name, field, value_type, check, error)                                     \
    ATTRIBUTE_GET(type, name, field, value_type)                                                   \
    int type##_set##name(type##_t *attr, value_type value)                                         \
    {                                                                                              \
        if (!(check))                                                                              \
            return error;                                                                          \
        attr->field = value;                                                                       \
        return 0;                                                                                  \
    }
#define ATTRIBUTES(type, ...)                                                                      \
    int type##_init(type##_t *attr)                                                                \
    {                                                                                              \
        *attr = (type##_t){__VA_ARGS__};                                                           \
        return 0;                                                                                  \
    }                                                                                              \
    int type##_destroy(type##_t *attr)                                                             \
    {                                                                                              \
        (void)attr;                                                                                \
        return 0;                                                                                  \
    }
#define BETWEEN(low, high) (value >= (low) && value <= (high))
#define SHARED(type)       ATTRIBUTE(type, pshared, __shared, int, BETWEEN(0, 1), EINVAL)

ATTRIBUTES(pthread_attr, .__stack_bytes = STACK_DEFAULT_BYTES, .__guard_bytes = GUARD_BYTES,
           .__detached = PTHREAD_CREATE_JOINABLE, .__inherit = PTHREAD_INHERIT_SCHED,
           .__policy = SCHED_OTHER, .__scope = PTHREAD_SCOPE_SYSTEM)
ATTRIBUTE(pthread_attr, detachstate, __detached, int, BETWEEN(0, 1), EINVAL)
ATTRIBUTE(pthread_attr, guardsize, __guard_bytes, size_t, true, EINVAL)
ATTRIBUTE(pthread_attr, inheritsched, __inherit, int,
          BETWEEN(PTHREAD_INHERIT_SCHED, PTHREAD_EXPLICIT_SCHED), EINVAL)
ATTRIBUTE(pthread_attr, schedpolicy, __policy, int, BETWEEN(SCHED_OTHER, SCHED_RR), EINVAL)
ATTRIBUTE(pthread_attr, stacksize, __stack_bytes, size_t, value >= PTHREAD_STACK_MIN, EINVAL)
ATTRIBUTE_GET(pthread_attr, scope, __scope, int)

int pthread_attr_setscope(pthread_attr_t *attr, int value)
{
    if (value == PTHREAD_SCOPE_PROCESS)
        return ENOTSUP; /* each thread is the kernel's */
    attr->__scope = value;
    return value == PTHREAD_SCOPE_SYSTEM ? 0 : EINVAL;
}

int pthread_attr_getschedparam(const pthread_attr_t *restrict attr,
                               struct sched_param *restrict param)
{
    *param = attr->__param;
    return 0;
}

int pthread_attr_setschedparam(pthread_attr_t *restrict attr,
                               const struct sched_param *restrict param)
{
    if (param->sched_priority < 0 || param->sched_priority > PRIORITY_MAX)
        return EINVAL;
    attr->__param = *param;
    return 0;
}

int pthread_attr_getstack(const pthread_attr_t *restrict attr, void **restrict stack,
                          size_t *restrict bytes)
{
    *stack = attr->__stack;
    *bytes = attr->__stack_bytes;
    return 0;
}

int pthread_attr_setstack(pthread_attr_t *attr, void *stack, size_t bytes)
{
    if (bytes < PTHREAD_STACK_MIN || (uintptr_t)stack % sizeof(void *))
        return EINVAL;
    attr->__stack = stack;
    attr->__stack_bytes = bytes;
    return 0;
}

/* The old pair, in which the address is the stack's top. */
int pthread_attr_getstackaddr(const pthread_attr_t *restrict attr, void **restrict top)
{
    *top = (char *)attr->__stack + attr->__stack_bytes;
    return 0;
}

int pthread_attr_setstackaddr(pthread_attr_t *attr, void *top)
{
    attr->__stack = (char *)top - attr->__stack_bytes;
    return 0;
}

ATTRIBUTES(pthread_mutexattr, .__ceiling = PRIORITY_MIN)
SHARED(pthread_mutexattr)
ATTRIBUTE(pthread_mutexattr, type, __type, int, BETWEEN(0, PTHREAD_MUTEX_ERRORCHECK), EINVAL)
ATTRIBUTE_GET(pthread_mutexattr, robust, __robust, int)
ATTRIBUTE_GET(pthread_mutexattr, protocol, __protocol, int)
ATTRIBUTE(pthread_mutexattr, prioceiling, __ceiling, int, BETWEEN(PRIORITY_MIN, PRIORITY_MAX),
          EINVAL)

ATTRIBUTES(pthread_condattr, 0)
SHARED(pthread_condattr)

int pthread_condattr_getclock(const pthread_condattr_t *restrict attr, clockid_t *restrict clock)
{
    *clock = attr->__clock ? (clockid_t)attr->__clock : CLOCK_REALTIME;
    return 0;
}

int pthread_condattr_setclock(pthread_condattr_t *attr, clockid_t clock)
{
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
        return EINVAL;
    attr->__clock = (int)clock;
    return 0;
}

ATTRIBUTES(pthread_rwlockattr, 0)
SHARED(pthread_rwlockattr)
ATTRIBUTE(pthread_rwlockattr, kind_np, __kind, int,
          BETWEEN(PTHREAD_RWLOCK_PREFER_READER_NP, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP),
          EINVAL)
ATTRIBUTES(pthread_barrierattr, 0)
SHARED(pthread_barrierattr)
