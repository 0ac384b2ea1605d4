/* SPDX-License-Identifier: MIT
 *
 * What an alerted thread does when it looks up: handles its signals and the
 * power button, and ends if it is cancelled and does not mind where.
 */
#include <pthread.h>

#include "libc-glue/glue.h"
#include "libc-glue/pthread_glue.h"

static void attend(void)
{
    thread_self()->alerted = false;
    if (signals_deliver)
        signals_deliver();
    terminate_attend();
    if (cancellation.type == PTHREAD_CANCEL_ASYNCHRONOUS)
        cancellation_point();
}

void attention_start(void)
{
    thread_attention = attend;
}
