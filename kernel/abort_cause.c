/* SPDX-License-Identifier: MIT
 *
 * The end of a program that a layer above the kernel has found to be broken.
 */
#include "kernel/kernel.h"
#include "kernel/panic.h"

#define SIGNAL_ABRT 6

_Noreturn void program_abort_because(const char *format, ...)
{
    char text[120];
    va_list args;

    va_start(args, format);
    size_t n = format_text(text, sizeof text, format, args);
    va_end(args);
    kprintf("\nthimble: %.*s\n", (int)n, text);
    program_abort(SIGNAL_ABRT);
}
