/* SPDX-License-Identifier: MIT
 *
 * Waiting for a time, and how much of the processor's time was used.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "kernel/interrupts.h"
#include "kernel/memory.h"
#include "kernel/thread.h"
#include "kernel/time.h"
#include "libc-glue/glue.h"
#include "libc-glue/pthread_glue.h"

#define S_NS 1000000000ull

static bool is_time(const struct timespec *time)
{
    return time->tv_nsec >= 0 && time->tv_nsec < (long)S_NS;
}

/* Far away means the end of 64 bits, 584 years; the past is 0. */
static uint64_t ns_of(const struct timespec *time)
{
    uint64_t ns;

    if (time->tv_sec < 0)
        return 0;
    if (__builtin_mul_overflow((uint64_t)time->tv_sec, S_NS, &ns) ||
        __builtin_add_overflow(ns, (uint64_t)time->tv_nsec, &ns))
        return UINT64_MAX;
    return ns;
}

/* From a time of some clock to one of the monotonic clock. */
static uint64_t due_of(uint64_t ns, uint64_t now_ns)
{
    uint64_t due_ns, wait_ns = ns > now_ns ? ns - now_ns : 0;

    if (__builtin_add_overflow(clock_monotonic_ns(), wait_ns, &due_ns) ||
        due_ns >= DEADLINE_REALTIME)
        return DEADLINE_REALTIME - 1;
    return due_ns;
}

static uint64_t deadline_from(clockid_t clock, uint64_t ns, uint64_t now_ns)
{
    uint64_t latest = DEADLINE_REALTIME - 2;

    if (clock == CLOCK_REALTIME)
        return DEADLINE_REALTIME | (ns < latest ? ns : latest);
    return clock == CLOCK_MONOTONIC && ns < latest ? ns : due_of(ns, now_ns);
}

int deadline_of(clockid_t clock, const struct timespec *time, uint64_t *deadline)
{
    uint64_t now_ns;

    if (!is_time(time) || clock_read(clock, &now_ns))
        return EINVAL;
    *deadline = deadline_from(clock, ns_of(time), now_ns);
    return 0;
}

uint64_t deadline_due_ns(uint64_t deadline)
{
    if (!(deadline & DEADLINE_REALTIME) || deadline == WAIT_FOREVER)
        return deadline;
    return due_of(deadline & ~DEADLINE_REALTIME, clock_realtime_ns());
}

static bool is_past(uint64_t deadline)
{
    return deadline & DEADLINE_REALTIME ? clock_realtime_ns() >= (deadline & ~DEADLINE_REALTIME)
                                        : clock_monotonic_ns() >= deadline;
}

static int sleep_until(uint64_t deadline)
{
    cancellation_point();
    signal_pass();
    while (!is_past(deadline)) {
        enum wait_result how = wait_until(NULL, NULL, 0, deadline);
        cancellation_point();
        if (how == WAIT_ALERTED && signal_pass())
            return EINTR;
    }
    return 0;
}

/* POSIX's odd one out: returns the error. */
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *wanted,
                    struct timespec *remaining)
{
    uint64_t now_ns, deadline;

    if (clock == CLOCK_THREAD_CPUTIME_ID || clock_read(clock, &now_ns))
        return EINVAL;
    if (!memory_probe(wanted, sizeof *wanted, false))
        return EFAULT;
    if (!is_time(wanted) || wanted->tv_sec < 0)
        return EINVAL;
    bool is_absolute = flags & TIMER_ABSTIME;
    deadline = is_absolute ? deadline_from(clock, ns_of(wanted), now_ns) : due_of(ns_of(wanted), 0);
    int error = sleep_until(deadline);
    if (error && remaining && !is_absolute) {
        uint64_t at_ns = clock_monotonic_ns(), left_ns = deadline > at_ns ? deadline - at_ns : 0;
        remaining->tv_sec = (time_t)(left_ns / S_NS);
        remaining->tv_nsec = (long)(left_ns % S_NS);
    }
    return error;
}

int nanosleep(const struct timespec *wanted, struct timespec *remaining)
{
    return (int)result(-clock_nanosleep(CLOCK_MONOTONIC, 0, wanted, remaining));
}

unsigned sleep(unsigned seconds)
{
    struct timespec left = {.tv_sec = seconds};

    if (nanosleep(&left, &left) == 0)
        return 0;
    return (unsigned)left.tv_sec + (left.tv_nsec > 0);
}

int usleep(useconds_t microseconds)
{
    struct timespec time = {.tv_sec = microseconds / 1000000,
                            .tv_nsec = microseconds % 1000000 * 1000};

    return nanosleep(&time, NULL);
}

static uint64_t process_set_ns; /* what clock_settime added */

static uint64_t process_run_ns(void)
{
    uint64_t cycles = threads_ended_cycles;
    bool were_on = interrupts_off();

    for (struct thread *at = threads_all; at; at = at->all_next)
        cycles += thread_run_cycles(at);
    interrupts_restore(were_on);
    return clock_ns_of_cycles(cycles);
}

uint64_t cpu_time_process(void)
{
    return process_set_ns + process_run_ns();
}

int cpu_time_set(uint64_t ns)
{
    process_set_ns = ns - process_run_ns();
    return 0;
}

/* A thread's clock is its pthread_t. */
static const struct thread *thread_of_clock(clockid_t clock)
{
    bool were_on = interrupts_off();
    const struct thread *at = threads_all;

    while (at && (clockid_t)thread_local_of(at, &pthread_here) != clock)
        at = at->all_next;
    interrupts_restore(were_on);
    return at;
}

int cpu_time_thread(clockid_t clock, uint64_t *ns)
{
    const struct thread *thread =
        clock == CLOCK_THREAD_CPUTIME_ID ? thread_self() : thread_of_clock(clock);

    if (!thread)
        return -EINVAL;
    *ns = clock_ns_of_cycles(thread_run_cycles(thread));
    return 0;
}

int pthread_getcpuclockid(pthread_t id, clockid_t *clock)
{
    if (!pthread_is_alive(id))
        return ESRCH;
    *clock = id == pthread_self() ? CLOCK_THREAD_CPUTIME_ID : (clockid_t)id;
    return 0;
}

int clock_getcpuclockid(pid_t process, clockid_t *clock)
{
    if (process != 0 && process != 1)
        return ESRCH;
    *clock = CLOCK_PROCESS_CPUTIME_ID;
    return 0;
}
