/* SPDX-License-Identifier: MIT
 *
 * The console as a terminal: its one state, and the size of its window.
 */
#ifndef GLUE_TERMINAL_H
#define GLUE_TERMINAL_H

#include <sys/ioctl.h>
#include <termios.h>

#include "libc-glue/device_files.h"

#pragma GCC visibility push(hidden)

/* console_control.c */
extern struct winsize terminal_size;

/* terminal.c */
extern struct termios terminal_state;

/* terminal_lines.c: for consoles whose other end sends every key as it is pressed. One
 * line, or what of it fits: more comes with the next call. */
ssize_t line_read(struct file *file, char *to, size_t size_bytes);
int key_wait(struct file *file, uint64_t deadline_ns); /* 0, or -errno; -EAGAIN in time */
void line_discard(void);

#pragma GCC visibility pop

#endif
