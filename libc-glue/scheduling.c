/* SPDX-License-Identifier: MIT
 *
 * Scheduling: threads with SCHED_FIFO and SCHED_RR run before all others, the higher
 * priority first. There is one processor.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "kernel/interrupts.h"
#include "kernel/kernel.h"
#include "kernel/thread.h"
#include "libc-glue/glue.h"
#include "libc-glue/pthread_glue.h"

int sched_yield(void)
{
    thread_yield();
    return 0;
}

void pthread_yield(void)
{
    thread_yield();
}

static int policy_check(int policy, int priority)
{
    if (policy == SCHED_OTHER)
        return priority == 0 ? 0 : -EINVAL;
    if (policy != SCHED_FIFO && policy != SCHED_RR)
        return -EINVAL;
    return priority >= PRIORITY_MIN && priority <= PRIORITY_MAX ? 0 : -EINVAL;
}

int pthread_getschedparam(pthread_t id, int *restrict policy, struct sched_param *restrict param)
{
    if (!pthread_is_alive(id))
        return ESRCH;
    *policy = pthread_of(id)->policy;
    param->sched_priority = pthread_of(id)->priority;
    return 0;
}

int pthread_setschedparam(pthread_t id, int policy, const struct sched_param *param)
{
    int error = policy_check(policy, param->sched_priority);
    struct pthread *other = pthread_of(id);

    if (!pthread_is_alive(id))
        return ESRCH;
    if (error)
        return -error;
    bool were_on = interrupts_off();
    other->policy = policy;
    other->priority = param->sched_priority;
    thread_set_priority(other->thread,
                        mutex_priority ? mutex_priority(other->thread) : other->priority,
                        policy == SCHED_FIFO);
    interrupts_restore(were_on);
    thread_give_way();
    return 0;
}

int pthread_setschedprio(pthread_t id, int priority)
{
    struct sched_param param = {.sched_priority = priority};

    return pthread_is_alive(id) ? pthread_setschedparam(id, pthread_of(id)->policy, &param) : ESRCH;
}

/* For the process they speak of the calling thread. */
static bool is_self(pid_t process)
{
    return process == 0 || process == 1;
}

int sched_getscheduler(pid_t process)
{
    pthread_self();
    return (int)result(is_self(process) ? pthread_here.policy : -ESRCH);
}

int sched_setscheduler(pid_t process, int policy, const struct sched_param *param)
{
    int before = pthread_here.policy;

    if (!is_self(process))
        return (int)result(-ESRCH);
    int error = pthread_setschedparam(pthread_self(), policy, param);
    return error ? (int)result(-error) : before;
}

int sched_getparam(pid_t process, struct sched_param *param)
{
    if (!is_self(process))
        return (int)result(-ESRCH);
    param->sched_priority = pthread_here.priority;
    return 0;
}

int sched_setparam(pid_t process, const struct sched_param *param)
{
    int policy = pthread_here.policy;

    return sched_setscheduler(process, policy, param) < 0 ? -1 : 0;
}

static int limit_of(int policy, int limit)
{
    if (policy == SCHED_OTHER)
        return 0;
    return (int)result(policy == SCHED_FIFO || policy == SCHED_RR ? limit : -EINVAL);
}

int sched_get_priority_max(int policy)
{
    return limit_of(policy, PRIORITY_MAX);
}

int sched_get_priority_min(int policy)
{
    return limit_of(policy, PRIORITY_MIN);
}

int sched_rr_get_interval(pid_t process, struct timespec *interval)
{
    if (!is_self(process))
        return (int)result(-ESRCH);
    *interval = (struct timespec){.tv_nsec = TIME_SLICE_NS};
    return 0;
}

static int concurrency;

int pthread_getconcurrency(void)
{
    return concurrency;
}

int pthread_setconcurrency(int level)
{
    if (level < 0)
        return EINVAL;
    concurrency = level;
    return 0;
}

int sched_getcpu(void)
{
    return 0;
}

int sched_getaffinity(pid_t process, size_t bytes, cpu_set_t *set)
{
    if (!is_self(process) || bytes < sizeof *set)
        return (int)result(is_self(process) ? -EINVAL : -ESRCH);
    set->__bits = 1;
    return 0;
}

int sched_setaffinity(pid_t process, size_t bytes, const cpu_set_t *set)
{
    if (!is_self(process))
        return (int)result(-ESRCH);
    return (int)result(bytes >= sizeof *set && set->__bits & 1 ? 0 : -EINVAL);
}

int pthread_getaffinity_np(pthread_t id, size_t bytes, cpu_set_t *set)
{
    if (!pthread_is_alive(id))
        return ESRCH;
    return sched_getaffinity(0, bytes, set) < 0 ? EINVAL : 0;
}

int pthread_setaffinity_np(pthread_t id, size_t bytes, const cpu_set_t *set)
{
    if (!pthread_is_alive(id))
        return ESRCH;
    return bytes >= sizeof *set && set->__bits & 1 ? 0 : EINVAL;
}

int pthread_getattr_np(pthread_t id, pthread_attr_t *attr)
{
    const struct pthread *of = pthread_of(id);
    bool is_main = !of->thread->stack_end;

    pthread_attr_init(attr);
    attr->__policy = of->policy;
    attr->__param.sched_priority = of->priority;
    attr->__detached = of->detached ? PTHREAD_CREATE_DETACHED : PTHREAD_CREATE_JOINABLE;
    attr->__stack_bytes = is_main ? STACK_MAIN_SIZE : of->stack_bytes;
    attr->__stack = of->stack ? of->stack
                              : (char *)(is_main ? vm_stack_top() : of->thread->stack_end) -
                                    attr->__stack_bytes;
    return 0;
}
