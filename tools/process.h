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

enum process_bond {
    PROCESS_BESIDE, /* in our session; it dies when we do */
    PROCESS_APART,  /* in its own, where our terminal's Ctrl-C does not reach it; it dies when we do
                     */
    PROCESS_FREE,   /* in its own, and it may outlive us */
};

/* The same for a program that lives beside us. No signal is blocked in it; -1
 * for a stream: ours. */
pid_t process_launch(const struct strings *argv, const int streams[3], enum process_bond bond);

/* Runs it to its end; *words is all that it said. Returns its status. */
int process_ask(const struct strings *argv, const char **words);

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
