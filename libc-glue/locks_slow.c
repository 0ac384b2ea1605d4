/* SPDX-License-Identifier: MIT
 *
 * Waiting for one of newlib's locks that another thread has.
 */
#include "libc-glue/locks.h"
#include "libc-glue/pthread_glue.h"

/* The low half of the owner's address is what the waiter looks at again, with
 * interrupts off; an owner that changes to another one does no harm. */
void lock_wait(struct __lock *lock)
{
    struct thread *self = thread_self(), *owner;

    __atomic_add_fetch(&lock->waiting, 1, __ATOMIC_SEQ_CST);
    for (;;) {
        owner = NULL;
        if (__atomic_compare_exchange_n(&lock->owner, &owner, self, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED))
            break;
        wait_on(&lock->queue, (const unsigned *)&lock->owner, (unsigned)(uintptr_t)owner,
                WAIT_FOREVER);
    }
    __atomic_sub_fetch(&lock->waiting, 1, __ATOMIC_SEQ_CST);
}

void lock_wake(struct __lock *lock)
{
    wake(&lock->queue, 1);
}
