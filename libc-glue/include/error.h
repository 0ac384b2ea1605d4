/* SPDX-License-Identifier: MIT */
#ifndef _ERROR_H
#define _ERROR_H

#include <sys/cdefs.h>

__BEGIN_DECLS

void error(int, int, const char *, ...) __attribute__((format(printf, 3, 4)));
void error_at_line(int, int, const char *, unsigned, const char *, ...)
    __attribute__((format(printf, 5, 6)));
extern void (*error_print_progname)(void);
extern unsigned error_message_count;
extern int error_one_per_line;

__END_DECLS

#endif
