/* SPDX-License-Identifier: MIT
 *
 * Timers that send signals or start functions. One thread above all others waits for
 * the next that is due; it exists from the first timer on.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "kernel/thread.h"
#include "kernel/time.h"
#include "libc-glue/glue.h"
#include "libc-glue/signal_glue.h"

#define S_NS             1000000000ull
#define US_NS            1000ull
#define ITIMERS          3 /* ITIMER_REAL and its two siblings */
#define SERVICE_PRIORITY (PRIORITY_MAX + 1)

static struct alarm {
    bool used;
    clockid_t clock;
    struct sigevent event;
    uint64_t due_ns; /* of the monotonic clock; 0: not armed */
    uint64_t interval_ns;
    int overruns;
    pthread_attr_t attributes;
} alarms[TIMERS_MAX]; /* the first are setitimer's */

static pthread_mutex_t alarms_lock = PTHREAD_MUTEX_INITIALIZER;
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

static void notify(const struct alarm *alarm)
{
    siginfo_t info = {
        .si_signo = alarm->event.sigev_signo,
        .si_code = SI_TIMER,
        .si_value = alarm->event.sigev_value,
        .si_overrun = alarm->overruns,
        .si_timerid = (int)(alarm - alarms),
    };

    if (alarm->event.sigev_notify == SIGEV_SIGNAL)
        signal_send_process(info.si_signo, &info);
    else if (alarm->event.sigev_notify == SIGEV_THREAD)
        function_start(alarm);
}

/* Handles what is due, and returns when the next one is. */
static uint64_t service_round(void)
{
    uint64_t next_ns = WAIT_FOREVER;

    for (struct alarm *alarm = alarms; alarm < alarms + TIMERS_MAX; alarm++) {
        uint64_t now_ns = clock_monotonic_ns();
        if (!alarm->due_ns)
            continue;
        if (alarm->due_ns <= now_ns) {
            uint64_t missed =
                alarm->interval_ns ? (now_ns - alarm->due_ns) / alarm->interval_ns : 0;
            alarm->overruns = (int)(missed < DELAY_TIMER_MAX ? missed : DELAY_TIMER_MAX);
            alarm->due_ns =
                alarm->interval_ns ? alarm->due_ns + (missed + 1) * alarm->interval_ns : 0;
            notify(alarm);
        }
        if (alarm->due_ns && alarm->due_ns < next_ns)
            next_ns = alarm->due_ns;
    }
    return next_ns;
}

static void *service(void *argument)
{
    for (;;) {
        unsigned seen = changes;
        pthread_mutex_lock(&alarms_lock);
        uint64_t next_ns = service_round();
        pthread_mutex_unlock(&alarms_lock);
        wait_on(&service_queue, &changes, seen, next_ns);
    }
    return argument;
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

static uint64_t left_of(const struct alarm *alarm)
{
    uint64_t now_ns = clock_monotonic_ns();

    if (!alarm->due_ns)
        return 0;
    return alarm->due_ns > now_ns ? alarm->due_ns - now_ns : 1;
}

/* Sets one alarm to go off in (or, for absolute, at) value_ns. */
static int arm(struct alarm *alarm, uint64_t value_ns, uint64_t interval_ns, uint64_t clock_now_ns)
{
    int error = service_start();

    if (error)
        return error;
    pthread_mutex_lock(&alarms_lock);
    uint64_t wait_ns = value_ns > clock_now_ns ? value_ns - clock_now_ns : 0;
    alarm->interval_ns = interval_ns;
    alarm->overruns = 0;
    if (!value_ns)
        alarm->due_ns = 0;
    else if (__builtin_add_overflow(clock_monotonic_ns(), wait_ns, &alarm->due_ns))
        alarm->due_ns = WAIT_FOREVER - 1;
    __atomic_add_fetch(&changes, 1, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&alarms_lock);
    wake(&service_queue, 1);
    return 0;
}

static uint64_t ns_of(const struct timespec *time)
{
    return (uint64_t)time->tv_sec * S_NS + (uint64_t)time->tv_nsec;
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
    pthread_mutex_lock(&alarms_lock);
    alarm->due_ns = 0;
    alarm->used = false;
    pthread_mutex_unlock(&alarms_lock);
    return 0;
}

int timer_gettime(timer_t timer, struct itimerspec *value)
{
    const struct alarm *alarm = alarm_of(timer);

    if (!alarm)
        return (int)result(-EINVAL);
    value->it_value = timespec_of(left_of(alarm));
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
    uint64_t now_ns = 0;

    if (!alarm || !is_time(&value->it_value) || !is_time(&value->it_interval))
        return (int)result(-EINVAL);
    if (before)
        timer_gettime(timer, before);
    if (flags & TIMER_ABSTIME)
        clock_read(alarm->clock, &now_ns);
    return (int)result(arm(alarm, ns_of(&value->it_value), ns_of(&value->it_interval), now_ns));
}

int timer_getoverrun(timer_t timer)
{
    const struct alarm *alarm = alarm_of(timer);

    return alarm ? alarm->overruns : (int)result(-EINVAL);
}

static struct timeval timeval_of(uint64_t ns)
{
    return (struct timeval){.tv_sec = (time_t)(ns / S_NS),
                            .tv_usec = (suseconds_t)((ns % S_NS + US_NS - 1) / US_NS)};
}

int getitimer(int which, struct itimerval *value)
{
    if (which < 0 || which >= ITIMERS)
        return (int)result(-EINVAL);
    value->it_value = timeval_of(left_of(&alarms[which]));
    value->it_interval = timeval_of(alarms[which].interval_ns);
    return 0;
}

static bool is_timeval(const struct timeval *time)
{
    return time->tv_sec >= 0 && time->tv_usec >= 0 && time->tv_usec < 1000000;
}

/* The two that count processor time count all time. */
int setitimer(int which, const struct itimerval *restrict value, struct itimerval *restrict before)
{
    static const int signals[ITIMERS] = {SIGALRM, SIGVTALRM, SIGPROF};

    if (which < 0 || which >= ITIMERS || !is_timeval(&value->it_value) ||
        !is_timeval(&value->it_interval))
        return (int)result(-EINVAL);
    if (before)
        getitimer(which, before);
    alarms[which].event =
        (struct sigevent){.sigev_notify = SIGEV_SIGNAL, .sigev_signo = signals[which]};
    uint64_t value_ns =
        (uint64_t)value->it_value.tv_sec * S_NS + (uint64_t)value->it_value.tv_usec * US_NS;
    uint64_t interval_ns =
        (uint64_t)value->it_interval.tv_sec * S_NS + (uint64_t)value->it_interval.tv_usec * US_NS;
    return (int)result(arm(&alarms[which], value_ns, interval_ns, 0));
}

unsigned alarm(unsigned seconds)
{
    struct itimerval value = {.it_value = {.tv_sec = seconds}}, before = {0};

    setitimer(ITIMER_REAL, &value, &before);
    return (unsigned)before.it_value.tv_sec +
           (before.it_value.tv_usec >= 500000 ||
            (before.it_value.tv_usec && !before.it_value.tv_sec));
}

useconds_t ualarm(useconds_t value_us, useconds_t interval_us)
{
    struct itimerval value = {{interval_us / 1000000, interval_us % 1000000},
                              {value_us / 1000000, value_us % 1000000}};
    struct itimerval before;

    if (setitimer(ITIMER_REAL, &value, &before) < 0)
        return (useconds_t)-1;
    return (useconds_t)(before.it_value.tv_sec * 1000000 + before.it_value.tv_usec);
}
