/* SPDX-License-Identifier: MIT
 *
 * Waiting for one of newlib's locks that another thread has.
 */
#include "kernel/time.h"
#include "libc-glue/glue.h"
#include "libc-glue/locks.h"
#include "libc-glue/pthread_glue.h"

static const struct thread *hurried;

/* The thread that ends the program flushes all streams, and another one may be
 * waiting for input with a stream locked. */
void locks_hurry(const struct thread *thread)
{
    hurried = thread;
}

/* The low half of the owner's address is what the waiter looks at again, with
 * interrupts off; an owner that changes to another one does no harm. */
void lock_wait(struct __lock *lock)
{
    struct thread *self = thread_self(), *owner;
    enum wait_result how = WAIT_WOKEN;
    uint64_t deadline_ns = self == hurried ? clock_monotonic_ns() + LOCK_PATIENCE_NS : WAIT_FOREVER;

    __atomic_add_fetch(&lock->waiting, 1, __ATOMIC_SEQ_CST);
    while (how != WAIT_TIMEOUT) {
        owner = NULL;
        if (__atomic_compare_exchange_n(&lock->owner, &owner, self, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED))
            break;
        how = wait_on(&lock->queue, (const unsigned *)&lock->owner, (unsigned)(uintptr_t)owner,
                      deadline_ns);
    }
    __atomic_sub_fetch(&lock->waiting, 1, __ATOMIC_SEQ_CST);
}

void lock_wake(struct __lock *lock)
{
    wake(&lock->queue, 1);
}
