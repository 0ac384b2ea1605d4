/* SPDX-License-Identifier: MIT
 *
 * Time as POSIX asks for it. The program has the processor to itself: its CPU
 * time is the time since boot.
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

static bool is_time(const struct timespec *time)
{
    return time->tv_sec >= 0 && time->tv_nsec >= 0 && time->tv_nsec < (long)S_NS;
}

/* Far away means the end of 64 bits, 584 years from boot. */
static uint64_t ns_of(const struct timespec *time)
{
    uint64_t ns;

    if (__builtin_mul_overflow((uint64_t)time->tv_sec, S_NS, &ns) ||
        __builtin_add_overflow(ns, (uint64_t)time->tv_nsec, &ns))
        return UINT64_MAX;
    return ns;
}

static int clock_read(clockid_t clock, uint64_t *ns)
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
    case CLOCK_PROCESS_CPUTIME_ID:
        *ns = clock_monotonic_ns();
        return 0;
    default:
        return -EINVAL;
    }
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    uint64_t ns;
    int error = clock_read(clock, &ns);

    if (!error)
        *time = timespec_of(ns);
    return (int)result(error);
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
    (void)r, (void)zone;
    if (time)
        *time = timeval_of(clock_realtime_ns());
    return 0;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    return _gettimeofday_r(NULL, time, zone);
}

clock_t _times_r(struct _reent *r, struct tms *times)
{
    clock_t now = clock_monotonic_ns() / (S_NS / CLOCKS_PER_SEC);

    (void)r;
    *times = (struct tms){.tms_utime = now};
    return now;
}

clock_t times(struct tms *times)
{
    struct tms unused;

    return _times_r(NULL, times ? times : &unused);
}

/* POSIX's odd one out: returns the error. */
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *wanted,
                    struct timespec *remaining)
{
    uint64_t now;
    uint64_t ns;
    int error = clock_read(clock, &now);

    if (error)
        return -error;
    if (!is_time(wanted))
        return EINVAL;
    ns = ns_of(wanted);
    if (flags & TIMER_ABSTIME)
        ns = ns > now ? ns - now : 0;
    if (ns)
        clock_sleep_ns(ns);
    if (remaining && !(flags & TIMER_ABSTIME))
        *remaining = timespec_of(0);
    return 0;
}

int nanosleep(const struct timespec *wanted, struct timespec *remaining)
{
    return (int)result(-clock_nanosleep(CLOCK_MONOTONIC, 0, wanted, remaining));
}

unsigned sleep(unsigned seconds)
{
    clock_sleep_ns(seconds * S_NS);
    return 0;
}

int usleep(useconds_t microseconds)
{
    clock_sleep_ns(microseconds * 1000ull);
    return 0;
}

int getrusage(int who, struct rusage *usage)
{
    *usage = (struct rusage){0};
    if (who == RUSAGE_CHILDREN)
        return 0;
    if (who != RUSAGE_SELF && who != RUSAGE_THREAD)
        return (int)result(-EINVAL);
    usage->ru_utime = timeval_of(clock_monotonic_ns());
    usage->ru_maxrss = (long)((memory_total_bytes() - memory_free_bytes()) / 1024);
    return 0;
}
