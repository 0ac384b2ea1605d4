/* SPDX-License-Identifier: MIT
 *
 * Time limits and signal masks of the calls that wait for events.
 */
#include "kernel/time.h"
#include "libc-glue/events.h"
#include "libc-glue/pthread_glue.h"

#define S_NS 1000000000ull

static uint64_t after_ns(uint64_t wait_ns)
{
    uint64_t deadline_ns;

    if (__builtin_add_overflow(clock_monotonic_ns(), wait_ns, &deadline_ns))
        return WAIT_FOREVER - 1;
    return deadline_ns;
}

int deadline_after(const struct timespec *wait, uint64_t *deadline_ns)
{
    struct timespec given;
    uint64_t wait_ns;

    *deadline_ns = WAIT_FOREVER;
    if (!wait)
        return 0;
    if (user_read(&given, wait, sizeof given))
        return -EFAULT;
    if (given.tv_sec < 0 || given.tv_nsec < 0 || given.tv_nsec >= (long)S_NS)
        return -EINVAL;
    if (__builtin_mul_overflow((uint64_t)given.tv_sec, S_NS, &wait_ns))
        wait_ns = WAIT_FOREVER - S_NS;
    wait_ns += (uint64_t)given.tv_nsec;
    *deadline_ns = wait_ns ? after_ns(wait_ns) : 0;
    return 0;
}

uint64_t deadline_after_ms(int wait_ms)
{
    return wait_ms < 0 ? WAIT_FOREVER : wait_ms == 0 ? 0 : after_ns((uint64_t)wait_ms * 1000000);
}

#pragma weak pthread_sigmask

int mask_begin(struct mask_change *change, const sigset_t *mask, uint64_t *deadline_ns)
{
    sigset_t wanted;

    handlers_forget();
    *change = (struct mask_change){.changed = mask && pthread_sigmask};
    if (!change->changed)
        return 0;
    if (user_read(&wanted, mask, sizeof wanted))
        return -EFAULT;
    pthread_sigmask(SIG_SETMASK, &wanted, &change->before);
    change->handled = signal_pass();
    if (change->handled)
        *deadline_ns = 0;
    return 0;
}

long mask_end(const struct mask_change *change, long answer)
{
    if (change->changed)
        pthread_sigmask(SIG_SETMASK, &change->before, NULL);
    return answer == 0 && change->handled ? -EINTR : answer;
}
