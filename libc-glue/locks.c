/* SPDX-License-Identifier: MIT
 *
 * newlib's locks. A free lock is taken by one exchange; waiting is in
 * locks_slow.c, which only programs with threads link.
 */
#include <stdlib.h>
#include <stdio.h>
#include <sys/lock.h>

#include "kernel/panic.h"
#include "libc-glue/locks.h"
#include "libc-glue/pthread_glue.h"

#pragma weak lock_wait
#pragma weak lock_wake

#define LOCKS_AT_HAND 4 /* for the first streams; more come from malloc */

struct __lock __lock___sfp_recursive_mutex;
struct __lock __lock___atexit_recursive_mutex;
struct __lock __lock___at_quick_exit_mutex;
struct __lock __lock___malloc_recursive_mutex;
struct __lock __lock___env_recursive_mutex;
struct __lock __lock___tz_mutex;
struct __lock __lock___dd_hash_mutex;
struct __lock __lock___arc4random_mutex;

static struct __lock at_hand[LOCKS_AT_HAND];
static unsigned used_at_hand;
static struct __lock *closed;

void __retarget_lock_init_recursive(_LOCK_T *lock)
{
    struct __lock *free_lock = closed;

    if (free_lock)
        closed = free_lock->next_free;
    else if (used_at_hand < LOCKS_AT_HAND)
        free_lock = &at_hand[used_at_hand++];
    else
        free_lock = malloc(sizeof *free_lock);
    if (!free_lock)
        panic("no memory for a lock"); /* newlib does not look */
    *free_lock = (struct __lock){.owner = NULL};
    *lock = free_lock;
}

void __retarget_lock_init(_LOCK_T *lock)
{
    __retarget_lock_init_recursive(lock);
}

void __retarget_lock_close_recursive(_LOCK_T lock)
{
    lock->next_free = closed;
    closed = lock;
}

void __retarget_lock_close(_LOCK_T lock)
{
    __retarget_lock_close_recursive(lock);
}

/* 0 is "taken", as pthread_mutex_trylock has it. */
int __retarget_lock_try_acquire_recursive(_LOCK_T lock)
{
    struct thread *self = thread_self(), *owner = NULL;

    if (__atomic_compare_exchange_n(&lock->owner, &owner, self, false, __ATOMIC_ACQUIRE,
                                    __ATOMIC_RELAXED))
        return 0;
    if (owner != self)
        return 1;
    lock->depth++;
    return 0;
}

void __retarget_lock_acquire_recursive(_LOCK_T lock)
{
    if (__retarget_lock_try_acquire_recursive(lock))
        lock_wait(lock);
}

void __retarget_lock_release_recursive(_LOCK_T lock)
{
    if (lock->depth) {
        lock->depth--;
        return;
    }
    __atomic_store_n(&lock->owner, NULL, __ATOMIC_SEQ_CST);
    if (lock->waiting)
        lock_wake(lock);
}

int __retarget_lock_try_acquire(_LOCK_T lock)
{
    return __retarget_lock_try_acquire_recursive(lock);
}

void __retarget_lock_acquire(_LOCK_T lock)
{
    __retarget_lock_acquire_recursive(lock);
}

void __retarget_lock_release(_LOCK_T lock)
{
    __retarget_lock_release_recursive(lock);
}

void flockfile(FILE *stream)
{
    __retarget_lock_acquire_recursive(stream->_lock);
}

int ftrylockfile(FILE *stream)
{
    return __retarget_lock_try_acquire_recursive(stream->_lock);
}

void funlockfile(FILE *stream)
{
    __retarget_lock_release_recursive(stream->_lock);
}
