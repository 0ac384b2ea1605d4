/* SPDX-License-Identifier: MIT
 *
 * Writing where nobody reads any more.
 */
#include <signal.h>

#include "kernel/power.h"
#include "libc-glue/pipe.h"

#pragma weak signal_raise

/* A program that has never asked for signals has the default action. */
int broken_pipe(void)
{
    if (!signal_raise)
        power_off(128 + SIGPIPE);
    signal_raise(SIGPIPE);
    return -EPIPE;
}
