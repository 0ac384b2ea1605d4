/* SPDX-License-Identifier: MIT
 *
 * Running other programs: the compiler, the linker. No shell in between.
 */
#ifndef THIMBLE_TOOLS_PROCESS_H
#define THIMBLE_TOOLS_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "text.h"

/* Starts argv[0], found in PATH. Its standard input is empty; out_fd and err_fd
 * take its output (-1: ours). Dies when it cannot be started. */
pid_t process_start(const struct strings *argv, int out_fd, int err_fd);

/* Its exit status, or 128 + the signal that ended it. */
int process_wait(pid_t pid);
int process_status(int wait_status);

/* What it printed, without the last newline; NULL when it failed. */
const char *process_capture(const struct strings *argv);

_Noreturn void process_become(const struct strings *argv);

const char *process_find(const char *program); /* its path, or NULL when it is not in PATH */

/* A file without a name that collects a program's output, and what is in it. */
int scratch_open(void);
const char *scratch_text(int fd);

extern bool process_verbose; /* print each command before it runs */

#endif
