/* SPDX-License-Identifier: MIT
 *
 * Timers that send signals or start functions. One thread above all others waits for
 * the next that is due; it exists from the first timer on.
 */
#define _GNU_SOURCE
#include "libc-glue/timer_glue.h"

#include <stdlib.h>
#include <time.h>

#include "kernel/interrupts.h"
#include "kernel/time.h"
#include "libc-glue/glue.h"
#include "libc-glue/signal_glue.h"

#define SERVICE_PRIORITY (PRIORITY_MAX + 1)
#define LATEST_NS        (uint64_t) INT64_MAX

struct alarm alarms[TIMERS_MAX];
static unsigned changes; /* of any alarm, for the service to see */
static struct wait_queue service_queue;

static void *run_function(void *argument)
{
    struct sigevent *event = argument;
    struct sigevent copy = *event;

    free(event);
    copy.sigev_notify_function(copy.sigev_value);
    return NULL;
}

static void function_start(const struct alarm *alarm)
{
    pthread_attr_t attributes = alarm->attributes;
    struct sigevent *event = malloc(sizeof *event);
    pthread_t id;

    if (!event)
        return;
    *event = alarm->event;
    attributes.__detached = PTHREAD_CREATE_DETACHED;
    attributes.__inherit = PTHREAD_EXPLICIT_SCHED;
    if (pthread_create(&id, &attributes, run_function, event))
        free(event);
}

static void notify(const struct alarm *alarm, int id)
{
    siginfo_t info = {
        .si_signo = alarm->event.sigev_signo,
        .si_code = SI_TIMER,
        .si_value = alarm->event.sigev_value,
        .si_timerid = id,
    };

    if (alarm->event.sigev_notify == SIGEV_SIGNAL)
        signal_send_process(info.si_signo, &info);
    else if (alarm->event.sigev_notify == SIGEV_THREAD)
        function_start(alarm);
}

/* How long until it is due; below 0, how late it is. A clock that counts processor time
 * does not go faster than time: when the wait is over it is looked at again. */
static int64_t wait_of(const struct alarm *alarm)
{
    uint64_t now_ns;

    if (clock_read(alarm->counting, &now_ns))
        return INT64_MAX; /* the clock of a thread that has ended */
    return (int64_t)(alarm->deadline - now_ns);
}

/* To the first time that is not past; returns how many were missed before that. */
static uint64_t advance(struct alarm *alarm, uint64_t late_ns)
{
    uint64_t missed = alarm->interval_ns ? late_ns / alarm->interval_ns : 0;

    alarm->deadline = alarm->interval_ns ? alarm->deadline + (missed + 1) * alarm->interval_ns : 0;
    return missed;
}

static void overruns_add(struct alarm *alarm, uint64_t count)
{
    uint64_t sum = (uint64_t)alarm->missed + count;

    alarm->missed = (int)(sum < DELAY_TIMER_MAX ? sum : DELAY_TIMER_MAX);
}

/* It is due. True if somebody is to be told: there is one signal of a timer at a time. */
static bool expire(struct alarm *alarm, uint64_t late_ns)
{
    bool was_pending = alarm->pending;

    if (!was_pending)
        alarm->missed = 0;
    overruns_add(alarm, advance(alarm, late_ns) + was_pending);
    alarm->pending = alarm->event.sigev_notify == SIGEV_SIGNAL;
    return !was_pending;
}

/* When to look at it. A periodic alarm whose signal waits to be taken is left alone until
 * then. What comes faster than others could run counts as overruns. */
static uint64_t look_ns(const struct alarm *alarm)
{
    if (!alarm->deadline || (alarm->pending && alarm->interval_ns))
        return WAIT_FOREVER;
    int64_t wait_ns = wait_of(alarm);
    uint64_t due_ns = clock_monotonic_ns() + (uint64_t)(wait_ns > 0 ? wait_ns : 0);
    return due_ns > alarm->rest_until_ns ? due_ns : alarm->rest_until_ns;
}

/* Handles what is due; returns when to look again. */
static uint64_t service_one(struct alarm *alarm)
{
    bool were_on = interrupts_off(), tell = false;
    uint64_t next_ns = look_ns(alarm), now_ns = clock_monotonic_ns();

    if (next_ns <= now_ns) {
        int64_t wait_ns = wait_of(alarm);
        tell = wait_ns <= 0 && expire(alarm, (uint64_t)-wait_ns);
        alarm->rest_until_ns = alarm->interval_ns < TIMER_REST_NS ? now_ns + TIMER_REST_NS : 0;
        next_ns = look_ns(alarm);
    }
    struct alarm copy = *alarm;
    interrupts_restore(were_on);
    if (tell)
        notify(&copy, (int)(alarm - alarms));
    return next_ns;
}

static void *service(void *argument)
{
    for (;;) {
        unsigned seen = changes;
        uint64_t next_ns = WAIT_FOREVER;
        for (int i = 0; i < TIMERS_MAX; i++) {
            uint64_t due_ns = service_one(&alarms[i]);
            next_ns = due_ns < next_ns ? due_ns : next_ns;
        }
        wait_on(&service_queue, &changes, seen, next_ns);
    }
    return argument;
}

static void service_call(void)
{
    __atomic_add_fetch(&changes, 1, __ATOMIC_RELEASE);
    wake(&service_queue, 1);
}

static int service_start(void)
{
    static bool running;
    pthread_attr_t attributes;
    sigset_t all, before;
    pthread_t id;

    if (running)
        return 0;
    pthread_attr_init(&attributes);
    attributes.__inherit = PTHREAD_EXPLICIT_SCHED;
    attributes.__policy = SCHED_FIFO;
    attributes.__param.sched_priority = SERVICE_PRIORITY;
    attributes.__detached = PTHREAD_CREATE_DETACHED;
    attributes.__stack_bytes = SERVICE_STACK_BYTES;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create_service(&id, &attributes, service);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    running = !error;
    return -error;
}

void timer_signal_gone(siginfo_t *info, bool taken)
{
    struct alarm *alarm = &alarms[info->si_timerid];
    bool were_on = interrupts_off();
    int64_t wait_ns = wait_of(alarm);

    alarm->pending = false;
    if (alarm->deadline && alarm->interval_ns && wait_ns <= 0)
        overruns_add(alarm, advance(alarm, (uint64_t)-wait_ns) + 1);
    if (taken)
        info->si_overrun = alarm->overruns = alarm->missed;
    interrupts_restore(were_on);
    if (alarm->deadline)
        service_call();
}

static bool is_of_processor(clockid_t clock)
{
    return clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME;
}

int alarm_set(struct alarm *alarm, bool absolute, uint64_t value_ns, uint64_t interval_ns)
{
    uint64_t now_ns = 0;
    int error = service_start();

    if (error)
        return error;
    bool were_on = interrupts_off();
    alarm->counting =
        absolute || is_of_processor(alarm->clock) ? alarm->clock : (clockid_t)CLOCK_MONOTONIC;
    if (!absolute)
        clock_read(alarm->counting, &now_ns);
    alarm->deadline = value_ns;
    if (value_ns &&
        (__builtin_add_overflow(now_ns, value_ns, &alarm->deadline) || alarm->deadline > LATEST_NS))
        alarm->deadline = LATEST_NS;
    alarm->interval_ns = interval_ns;
    alarm->rest_until_ns = 0;
    alarm->overruns = 0;
    interrupts_restore(were_on);
    service_call();
    return 0;
}

void alarm_stop(struct alarm *alarm)
{
    alarm->deadline = 0;
    alarm->used = false;
}

uint64_t alarm_left_ns(const struct alarm *alarm)
{
    bool were_on = interrupts_off();
    int64_t interval_ns = (int64_t)alarm->interval_ns;
    int64_t left_ns = alarm->deadline ? wait_of(alarm) : 0;

    if (alarm->deadline && left_ns <= 0)
        left_ns = interval_ns ? interval_ns - -left_ns % interval_ns : 1;
    interrupts_restore(were_on);
    return (uint64_t)left_ns;
}
