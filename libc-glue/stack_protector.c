/* SPDX-License-Identifier: MIT
 *
 * For programs compiled with -fstack-protector. The canary itself lies in the
 * thread control block, where compilers look for it (%fs:0x28).
 */
#include <stdint.h>

#include "kernel/panic.h"

uintptr_t __stack_chk_guard = 0x595e9fbd94fda766;

_Noreturn void __stack_chk_fail(void)
{
    program_abort_because(
        "stack smashing detected: a function wrote past the end of its variables");
}
