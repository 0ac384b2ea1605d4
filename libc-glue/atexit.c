/* SPDX-License-Identifier: MIT
 *
 * atexit(): who has something to do at the end hears of the power button, too.
 */
#include <stdlib.h>

#include "kernel/thread.h"

/* newlib's, without a header of its own */
int __register_exitproc(int kind, void (*function)(void), void *argument, void *object);
#define KIND_ATEXIT 0

int atexit(void (*function)(void))
{
    interrupts_begin();
    return __register_exitproc(KIND_ATEXIT, function, NULL, NULL);
}
