/* SPDX-License-Identifier: MIT
 *
 * timer_create and its family.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "libc-glue/glue.h"
#include "libc-glue/signal_glue.h"
#include "libc-glue/timer_glue.h"

#define S_NS 1000000000ull

static uint64_t ns_of(const struct timespec *time)
{
    uint64_t ns;

    if (__builtin_mul_overflow((uint64_t)time->tv_sec, S_NS, &ns))
        return INT64_MAX;
    return ns + (uint64_t)time->tv_nsec;
}

static struct timespec timespec_of(uint64_t ns)
{
    return (struct timespec){.tv_sec = (time_t)(ns / S_NS), .tv_nsec = (long)(ns % S_NS)};
}

static int create(clockid_t clock, const struct sigevent *event)
{
    uint64_t now_ns;

    if (clock_read(clock, &now_ns))
        return -EINVAL;
    if (event && event->sigev_notify == SIGEV_SIGNAL && !signal_is_valid(event->sigev_signo))
        return -EINVAL;
    if (event && (event->sigev_notify < SIGEV_NONE || event->sigev_notify > SIGEV_THREAD))
        return -EINVAL;
    for (int i = ITIMERS; i < TIMERS_MAX; i++) {
        struct alarm *alarm = &alarms[i];
        if (__atomic_exchange_n(&alarm->used, true, __ATOMIC_ACQUIRE))
            continue;
        alarm->clock = clock;
        alarm->pending = false;
        alarm->interval_ns = 0;
        alarm->overruns = 0;
        alarm->event = (struct sigevent){
            .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM, .sigev_value.sival_int = i};
        pthread_attr_init(&alarm->attributes);
        if (event)
            alarm->event = *event;
        if (event && event->sigev_notify == SIGEV_THREAD && event->sigev_notify_attributes)
            alarm->attributes = *event->sigev_notify_attributes;
        return i;
    }
    return -EAGAIN;
}

int timer_create(clockid_t clock, struct sigevent *restrict event, timer_t *restrict timer)
{
    int made = create(clock, event);

    if (made >= 0)
        *timer = (timer_t)made;
    return result(made) < 0 ? -1 : 0;
}

static struct alarm *alarm_of(timer_t timer)
{
    bool valid = timer >= ITIMERS && timer < TIMERS_MAX && alarms[timer].used;

    return valid ? &alarms[timer] : NULL;
}

int timer_delete(timer_t timer)
{
    struct alarm *alarm = alarm_of(timer);

    if (!alarm)
        return (int)result(-EINVAL);
    alarm_stop(alarm);
    return 0;
}

int timer_gettime(timer_t timer, struct itimerspec *value)
{
    const struct alarm *alarm = alarm_of(timer);

    if (!alarm)
        return (int)result(-EINVAL);
    value->it_value = timespec_of(alarm_left_ns(alarm));
    value->it_interval = timespec_of(alarm->interval_ns);
    return 0;
}

static bool is_time(const struct timespec *time)
{
    return time->tv_sec >= 0 && time->tv_nsec >= 0 && time->tv_nsec < (long)S_NS;
}

int timer_settime(timer_t timer, int flags, const struct itimerspec *restrict value,
                  struct itimerspec *restrict before)
{
    struct alarm *alarm = alarm_of(timer);

    if (!alarm || !is_time(&value->it_value) || !is_time(&value->it_interval))
        return (int)result(-EINVAL);
    if (before)
        timer_gettime(timer, before);
    return (int)result(alarm_set(alarm, flags & TIMER_ABSTIME, ns_of(&value->it_value),
                                 ns_of(&value->it_interval)));
}

int timer_getoverrun(timer_t timer)
{
    const struct alarm *alarm = alarm_of(timer);

    return alarm ? alarm->overruns : (int)result(-EINVAL);
}
