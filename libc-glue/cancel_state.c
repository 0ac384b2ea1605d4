/* SPDX-License-Identifier: MIT
 *
 * Whether the thread may be cancelled. The C library asks for this around every
 * use of a stream, so it stands apart from the rest.
 */
#include "libc-glue/glue.h"
#include "libc-glue/pthread_glue.h"

_Thread_local struct cancellation cancellation;
void (*cancel_act)(void);

int pthread_setcancelstate(int state, int *before)
{
    if (state != PTHREAD_CANCEL_ENABLE && state != PTHREAD_CANCEL_DISABLE)
        return EINVAL;
    if (before)
        *before = cancellation.state;
    cancellation.state = state;
    return 0;
}
