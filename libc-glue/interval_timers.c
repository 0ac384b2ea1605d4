/* SPDX-License-Identifier: MIT
 *
 * The timers that every process has: setitimer's three, and alarm().
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "libc-glue/glue.h"
#include "libc-glue/timer_glue.h"

#define US_NS 1000ull
#define S_US  1000000ull

static struct timeval timeval_of(uint64_t ns)
{
    uint64_t us = (ns + US_NS - 1) / US_NS;

    return (struct timeval){.tv_sec = (time_t)(us / S_US), .tv_usec = (suseconds_t)(us % S_US)};
}

static uint64_t ns_of(const struct timeval *time)
{
    uint64_t ns;

    if (__builtin_mul_overflow((uint64_t)time->tv_sec, S_US * US_NS, &ns))
        return INT64_MAX;
    return ns + (uint64_t)time->tv_usec * US_NS;
}

int getitimer(int which, struct itimerval *value)
{
    if (which < 0 || which >= ITIMERS)
        return (int)result(-EINVAL);
    value->it_value = timeval_of(alarm_left_ns(&alarms[which]));
    value->it_interval = timeval_of(alarms[which].interval_ns);
    return 0;
}

static bool is_timeval(const struct timeval *time)
{
    return time->tv_sec >= 0 && time->tv_usec >= 0 && time->tv_usec < (suseconds_t)S_US;
}

int setitimer(int which, const struct itimerval *restrict value, struct itimerval *restrict before)
{
    static const struct {
        clockid_t clock;
        int signal;
    } kinds[ITIMERS] = {{CLOCK_MONOTONIC, SIGALRM},
                        {CLOCK_PROCESS_CPUTIME_ID, SIGVTALRM},
                        {CLOCK_PROCESS_CPUTIME_ID, SIGPROF}};

    if (which < 0 || which >= ITIMERS || !is_timeval(&value->it_value) ||
        !is_timeval(&value->it_interval))
        return (int)result(-EINVAL);
    if (before)
        getitimer(which, before);
    alarms[which].clock = kinds[which].clock;
    alarms[which].event =
        (struct sigevent){.sigev_notify = SIGEV_SIGNAL, .sigev_signo = kinds[which].signal};
    return (int)result(
        alarm_set(&alarms[which], false, ns_of(&value->it_value), ns_of(&value->it_interval)));
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
