/* SPDX-License-Identifier: MIT
 *
 * How the host tool reports trouble. The convention, everywhere in tools/:
 *
 * - A message names the user's file, option or value, says what was expected,
 *   and is one sentence. It is printed where the trouble is found, once.
 * - die() prints and ends the program; temporary files go with it (temporary.h).
 *   It is for the straight road of one command: nothing is left to clean up by hand.
 * - A function whose caller may want to go on returns 0, or -1 after failed()
 *   has printed; or it takes `const char **why` and prints nothing (readers of
 *   untrusted bytes: the caller knows the file's name).
 * - Running out of host memory is always die().
 * - Statuses: 1 the work failed, 2 the command line is wrong, and those of
 *   kernel/abi/exit.h for `run`.
 */
#ifndef THIMBLE_TOOLS_ERROR_H
#define THIMBLE_TOOLS_ERROR_H

#include "kernel/abi/exit.h"

#define EXIT_STATUS_FAILED 1

#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

/* What messages start with: "mkimage", or "thimble" when called so. */
extern const char *program_name;

_Noreturn void die(int status, const char *format, ...) PRINTF_LIKE(2, 3);
void warn(const char *format, ...) PRINTF_LIKE(1, 2);
int failed(const char *format, ...) PRINTF_LIKE(1, 2); /* warns, returns -1 */

#endif
