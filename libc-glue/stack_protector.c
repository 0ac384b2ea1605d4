/* SPDX-License-Identifier: MIT
 *
 * For programs compiled with -fstack-protector. The canary itself lies in the
 * thread control block, where compilers look for it (%fs:0x28).
 */
#include <signal.h>
#include <stdint.h>

#include "kernel/console.h"
#include "kernel/panic.h"

uintptr_t __stack_chk_guard = 0x595e9fbd94fda766;

_Noreturn void __stack_chk_fail(void)
{
    static const char words[] = "*** stack smashing detected ***\n";

    console_write(CONSOLE_ERR, words, sizeof(words) - 1);
    program_abort(SIGABRT);
}
