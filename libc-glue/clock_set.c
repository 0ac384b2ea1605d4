/* SPDX-License-Identifier: MIT
 *
 * Setting the clock. It is this program's own: the host's stays as it is, and the
 * monotonic clock goes on. Who waits for a time of the realtime clock looks again.
 */
#include <sys/time.h>
#include <time.h>

#include "kernel/interrupts.h"
#include "kernel/time.h"
#include "libc-glue/glue.h"
#include "libc-glue/pthread_glue.h"

#define S_NS 1000000000ull

static void everybody_looks_again(void)
{
    attention_start();
    bool were_on = interrupts_off();
    for (struct thread *at = threads_all; at; at = at->all_next)
        if (at != thread_self())
            thread_alert(at);
    interrupts_restore(were_on);
    thread_give_way();
}

static int set(clockid_t clock, const struct timespec *time)
{
    if (clock != CLOCK_REALTIME && clock != CLOCK_PROCESS_CPUTIME_ID)
        return -EINVAL;
    if (time->tv_sec < 0 || time->tv_sec >= (time_t)(DEADLINE_REALTIME / S_NS) ||
        time->tv_nsec < 0 || time->tv_nsec >= (long)S_NS)
        return -EINVAL;
    uint64_t ns = (uint64_t)time->tv_sec * S_NS + (uint64_t)time->tv_nsec;
    if (clock == CLOCK_PROCESS_CPUTIME_ID)
        return cpu_time_set ? cpu_time_set(ns) : -EPERM;
    clock_realtime_set(ns);
    everybody_looks_again();
    return 0;
}

int clock_settime(clockid_t clock, const struct timespec *time)
{
    return (int)result(set(clock, time));
}

int settimeofday(const struct timeval *time, const struct timezone *zone)
{
    struct timespec precise = {.tv_sec = time->tv_sec, .tv_nsec = time->tv_usec * 1000};

    (void)zone; /* TZ says it */
    return clock_settime(CLOCK_REALTIME, &precise);
}
