/* SPDX-License-Identifier: MIT
 *
 * Ends that explain themselves.
 */
#ifndef KERNEL_PANIC_H
#define KERNEL_PANIC_H

/* A bug of ours: says what and where, ends with status 134. */
_Noreturn void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The program cannot go on for a reason of its own (a broken heap, a smashed stack):
 * says which, shows how it got there, ends with status 134. */
_Noreturn void program_abort_because(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The program asked for its own end by a signal (abort, kill): names it, shows
 * how it got there, ends with status 128 + signal. */
_Noreturn void program_abort(int signal);

#define kernel_assert(condition)                                                                   \
    do {                                                                                           \
        if (!(condition))                                                                          \
            panic("%s:%d: %s", __FILE__, __LINE__, #condition);                                    \
    } while (0)

#endif
