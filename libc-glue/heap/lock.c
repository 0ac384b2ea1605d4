/* SPDX-License-Identifier: MIT
 *
 * The heap's lock, where it need not be quick.
 */
#include "libc-glue/heap/heap.h"

void heap_lock(void)
{
    if (heap_try_lock())
        return;
    if (heap_state.lock.owner == thread_self())
        heap_refuse(HEAP_REENTERED, NULL);
    lock_wait(&heap_state.lock);
}

void heap_unlock(void)
{
    if (heap_leave())
        lock_wake(&heap_state.lock);
}
