/* SPDX-License-Identifier: MIT
 *
 * Handlers for a thread that ends early.
 */
#include <pthread.h>

#include "libc-glue/glue.h"
#include "libc-glue/pthread_glue.h"

void __pthread_cleanup_push(struct __pthread_cleanup *cleanup, void (*function)(void *),
                            void *argument)
{
    *cleanup = (struct __pthread_cleanup){function, argument, cancellation.cleanups};
    cancellation.cleanups = cleanup;
}

void __pthread_cleanup_pop(struct __pthread_cleanup *cleanup, int execute)
{
    cancellation.cleanups = cleanup->__next;
    if (execute)
        cleanup->__function(cleanup->__argument);
}
