/* SPDX-License-Identifier: MIT
 *
 * Pseudo terminals. All of it is refused (libc-glue/refusals.h).
 */
#ifndef _PTY_H
#define _PTY_H

#include <sys/cdefs.h>
#include <sys/types.h>

__BEGIN_DECLS

struct termios;
struct winsize;

int openpty(int *, int *, char *, const struct termios *, const struct winsize *);
pid_t forkpty(int *, char *, const struct termios *, const struct winsize *);
int login_tty(int);

__END_DECLS

#endif
