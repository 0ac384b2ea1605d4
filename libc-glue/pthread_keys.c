/* SPDX-License-Identifier: MIT
 *
 * Data of each thread by key, and what is to be done once.
 */
#include <limits.h>
#include <pthread.h>

#include "libc-glue/glue.h"
#include "libc-glue/pthread_glue.h"

static struct {
    bool used;
    void (*destructor)(void *);
    unsigned issue; /* so that values of a deleted key are not those of the next one */
} keys[PTHREAD_KEYS_MAX];

static _Thread_local struct {
    void *value;
    unsigned issue;
} values[PTHREAD_KEYS_MAX];

int pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
    for (unsigned i = 0; i < PTHREAD_KEYS_MAX; i++) {
        if (__atomic_exchange_n(&keys[i].used, true, __ATOMIC_ACQUIRE))
            continue;
        keys[i].destructor = destructor;
        keys[i].issue++;
        *key = i;
        return 0;
    }
    return EAGAIN;
}

int pthread_key_delete(pthread_key_t key)
{
    if (key >= PTHREAD_KEYS_MAX || !keys[key].used)
        return EINVAL;
    __atomic_store_n(&keys[key].used, false, __ATOMIC_RELEASE);
    return 0;
}

void *pthread_getspecific(pthread_key_t key)
{
    bool valid = key < PTHREAD_KEYS_MAX && keys[key].used && values[key].issue == keys[key].issue;

    return valid ? values[key].value : NULL;
}

int pthread_setspecific(pthread_key_t key, const void *value)
{
    if (key >= PTHREAD_KEYS_MAX || !keys[key].used)
        return EINVAL;
    values[key].value = (void *)(uintptr_t)value;
    values[key].issue = keys[key].issue;
    return 0;
}

static bool destroy_round(void)
{
    bool some = false;

    for (unsigned i = 0; i < PTHREAD_KEYS_MAX; i++) {
        void *value = pthread_getspecific(i);
        if (!value)
            continue;
        values[i].value = NULL;
        if (keys[i].destructor) {
            some = true;
            keys[i].destructor(value);
        }
    }
    return some;
}

void keys_destroy(void)
{
    for (int i = 0; i < PTHREAD_DESTRUCTOR_ITERATIONS && destroy_round(); i++)
        ;
}

static struct wait_queue once_queue; /* of all: initialisations are rare and short */

enum { ONCE_NOT, ONCE_RUNNING, ONCE_DONE };

static void once_undo(void *argument)
{
    pthread_once_t *once = argument;

    __atomic_store_n(once, ONCE_NOT, __ATOMIC_RELEASE);
    wake(&once_queue, UINT_MAX);
}

int pthread_once(pthread_once_t *once, void (*function)(void))
{
    unsigned state = ONCE_NOT;

    if (__atomic_load_n(once, __ATOMIC_ACQUIRE) == ONCE_DONE)
        return 0;
    while (!__atomic_compare_exchange_n(once, &state, ONCE_RUNNING, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_ACQUIRE)) {
        if (state == ONCE_DONE)
            return 0;
        wait_on(&once_queue, once, ONCE_RUNNING, WAIT_FOREVER);
        state = ONCE_NOT;
    }
    pthread_cleanup_push(once_undo, once);
    function();
    pthread_cleanup_pop(0);
    __atomic_store_n(once, ONCE_DONE, __ATOMIC_RELEASE);
    wake(&once_queue, UINT_MAX);
    return 0;
}
