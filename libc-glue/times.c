/* SPDX-License-Identifier: MIT
 *
 * Time as POSIX asks for it. A program without threads or sleeps has the processor
 * to itself: its CPU time is the time since boot.
 */
#define _GNU_SOURCE /* the coarse and raw clocks */
#include <reent.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

#include "kernel/memory.h"
#include "kernel/time.h"
#include "libc-glue/glue.h"
#include "libc-glue/pthread_glue.h"

#define S_NS 1000000000ull

static struct timespec timespec_of(uint64_t ns)
{
    return (struct timespec){.tv_sec = (time_t)(ns / S_NS), .tv_nsec = (long)(ns % S_NS)};
}

static struct timeval timeval_of(uint64_t ns)
{
    return (struct timeval){.tv_sec = (time_t)(ns / S_NS),
                            .tv_usec = (suseconds_t)(ns % S_NS / 1000)};
}

int clock_read(clockid_t clock, uint64_t *ns)
{
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
        *ns = clock_realtime_ns();
        return 0;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
        *ns = clock_monotonic_ns();
        return 0;
    case CLOCK_PROCESS_CPUTIME_ID:
        *ns = cpu_time_process ? cpu_time_process() : clock_monotonic_ns();
        return 0;
    case CLOCK_THREAD_CPUTIME_ID:
        if (cpu_time_thread)
            return cpu_time_thread(clock, ns);
        *ns = clock_monotonic_ns();
        return 0;
    default:
        return cpu_time_thread ? cpu_time_thread(clock, ns) : -EINVAL;
    }
}

static __attribute__((noinline)) int gettime_of_others(clockid_t clock, struct timespec *time)
{
    uint64_t ns;
    int error = clock_read(clock, &ns);

    if (!error)
        *time = timespec_of(ns);
    return (int)result(error);
}

/* Short for the two that everybody asks for. */
int clock_gettime(clockid_t clock, struct timespec *time)
{
    if (clock != CLOCK_MONOTONIC && clock != CLOCK_REALTIME)
        return gettime_of_others(clock, time);
    *time = timespec_of(clock == CLOCK_MONOTONIC ? clock_monotonic_ns() : clock_realtime_ns());
    return 0;
}

int clock_getres(clockid_t clock, struct timespec *resolution)
{
    uint64_t ns;
    int error = clock_read(clock, &ns);

    if (!error && resolution)
        *resolution = timespec_of(1);
    return (int)result(error);
}

int _gettimeofday_r(struct _reent *r, struct timeval *time, void *zone)
{
    (void)r;
    if (time)
        *time = timeval_of(clock_realtime_ns());
    if (zone) /* the time zone is TZ's business: what other systems say, too */
        *(struct timezone *)zone = (struct timezone){0};
    return 0;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    return _gettimeofday_r(NULL, time, zone);
}

/* times() counts in ticks of which a second has sysconf(_SC_CLK_TCK). */
static clock_t ticks_of(uint64_t ns)
{
    return (clock_t)(ns / (S_NS / TICKS_PER_S));
}

static uint64_t cpu_time_ns(clockid_t clock)
{
    uint64_t ns = 0;

    clock_read(clock, &ns);
    return ns;
}

clock_t _times_r(struct _reent *r, struct tms *times)
{
    (void)r;
    *times = (struct tms){.tms_utime = ticks_of(cpu_time_ns(CLOCK_PROCESS_CPUTIME_ID))};
    return ticks_of(clock_monotonic_ns());
}

clock_t clock(void)
{
    return (clock_t)(cpu_time_ns(CLOCK_PROCESS_CPUTIME_ID) / (S_NS / CLOCKS_PER_SEC));
}

clock_t times(struct tms *times)
{
    struct tms unused;

    return _times_r(NULL, times ? times : &unused);
}

int getrusage(int who, struct rusage *usage)
{
    if (!memory_probe(usage, sizeof *usage, true))
        return (int)result(-EFAULT);
    *usage = (struct rusage){0};
    if (who == RUSAGE_CHILDREN)
        return 0;
    if (who != RUSAGE_SELF && who != RUSAGE_THREAD)
        return (int)result(-EINVAL);
    usage->ru_utime = timeval_of(
        cpu_time_ns(who == RUSAGE_THREAD ? CLOCK_THREAD_CPUTIME_ID : CLOCK_PROCESS_CPUTIME_ID));
    usage->ru_maxrss = (long)((memory_total_bytes() - memory_free_bytes()) / 1024);
    return 0;
}
