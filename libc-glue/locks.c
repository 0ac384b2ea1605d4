/* SPDX-License-Identifier: MIT
 *
 * newlib's locks. There is one thread: taking a lock always succeeds at once.
 * Threads will fill in these bodies and struct __lock, and nothing else.
 */
#include <sys/lock.h>

struct __lock {
    char unused;
};

struct __lock __lock___sfp_recursive_mutex;
struct __lock __lock___atexit_recursive_mutex;
struct __lock __lock___at_quick_exit_mutex;
struct __lock __lock___malloc_recursive_mutex;
struct __lock __lock___env_recursive_mutex;
struct __lock __lock___tz_mutex;
struct __lock __lock___dd_hash_mutex;
struct __lock __lock___arc4random_mutex;

void __retarget_lock_init(_LOCK_T *lock)
{
    *lock = &__lock___sfp_recursive_mutex; /* any: no state is kept in it */
}

void __retarget_lock_init_recursive(_LOCK_T *lock)
{
    *lock = &__lock___sfp_recursive_mutex;
}

#define LOCK_FUNCTION(name)                                                                        \
    void name(_LOCK_T lock)                                                                        \
    {                                                                                              \
        (void)lock;                                                                                \
    }

LOCK_FUNCTION(__retarget_lock_close)
LOCK_FUNCTION(__retarget_lock_close_recursive)
LOCK_FUNCTION(__retarget_lock_acquire)
LOCK_FUNCTION(__retarget_lock_acquire_recursive)
LOCK_FUNCTION(__retarget_lock_release)
LOCK_FUNCTION(__retarget_lock_release_recursive)

/* 0 is "taken", as pthread_mutex_trylock has it. */
int __retarget_lock_try_acquire(_LOCK_T lock)
{
    (void)lock;
    return 0;
}

int __retarget_lock_try_acquire_recursive(_LOCK_T lock)
{
    (void)lock;
    return 0;
}
