/* SPDX-License-Identifier: MIT
 *
 * abort() and the end of a failed assert(): a handler for SIGABRT runs first, in
 * programs that can have one. newlib's abort would end with status 1 after it.
 */
#include <signal.h>
#include <stdlib.h>

#include "kernel/panic.h"
#include "libc-glue/glue.h"

#pragma weak signal_abort

_Noreturn void abort_now(void)
{
    if (signal_abort)
        signal_abort();
    program_abort(SIGABRT);
}

void abort(void)
{
    abort_now();
}
