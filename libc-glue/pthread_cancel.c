/* SPDX-License-Identifier: MIT
 *
 * Cancellation: a request that a thread heeds at the next point where it may wait,
 * or at once if it said so.
 */
#include <pthread.h>

#include "libc-glue/glue.h"
#include "libc-glue/pthread_glue.h"

static void act(void)
{
    if (!cancellation.wanted || cancellation.acting || cancellation.state != PTHREAD_CANCEL_ENABLE)
        return;
    cancellation.acting = true;
    pthread_finish(PTHREAD_CANCELED);
}

int pthread_cancel(pthread_t id)
{
    if (!pthread_is_alive(id))
        return ESRCH;
    cancel_act = act;
    struct cancellation *theirs = id == pthread_self()
                                      ? &cancellation
                                      : thread_local_of(pthread_of(id)->thread, &cancellation);
    theirs->wanted = true;
    attention_start();
    thread_alert(pthread_of(id)->thread);
    if (id == pthread_self() && cancellation.type == PTHREAD_CANCEL_ASYNCHRONOUS)
        act();
    return 0;
}

int pthread_setcanceltype(int type, int *before)
{
    if (type != PTHREAD_CANCEL_DEFERRED && type != PTHREAD_CANCEL_ASYNCHRONOUS)
        return EINVAL;
    if (before)
        *before = cancellation.type;
    cancellation.type = type;
    if (type == PTHREAD_CANCEL_ASYNCHRONOUS)
        cancellation_point();
    return 0;
}

void pthread_testcancel(void)
{
    cancellation_point();
}
