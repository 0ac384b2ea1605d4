/* SPDX-License-Identifier: MIT
 *
 * The console waist: byte streams to and from the person or tool outside.
 * Below it are devices (drivers/), above it file descriptors and panics.
 */
#ifndef KERNEL_CONSOLE_H
#define KERNEL_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

enum { CONSOLE_IN = 0, CONSOLE_OUT = 1, CONSOLE_ERR = 2 };

void console_init(void);

/* How the host uses the console; set from the kernel command line. */
void console_set_framed(bool on);
void console_set_tty(unsigned mask);

void console_write(int stream, const void *bytes, size_t n);

/* Blocks until there is at least one byte; 0 is the end of input. Returns -1 when it
 * had to wait and give_up (or NULL) says so: it is asked after each interruption. */
long console_read(void *to, size_t max, bool (*give_up)(void));
bool console_readable(void);
bool console_is_tty(int stream);

bool console_is_framed(void); /* it is `mkimage run` */

/* Tells the host that what follows is the report of a crash. */
void console_report_begin(void);

/* Tells the host, when it listens: the exit status, and that the control port is heard. */
void console_report_exit(int status);
void console_report_control(void);

/* A device supplies what it can; missing members are NULL. */
struct console_device {
    const char *name;
    bool (*probe)(void);                        /* is it there? also makes it ready */
    void (*write)(const char *bytes, size_t n); /* all of it, before it returns */
    int (*read)(void);                          /* next byte, or -1 when there is none now */
    void (*wait)(void);                         /* returns when read may succeed */
};

/* Defined by drivers/: all console devices, best first, NULL at the end. */
extern const struct console_device *const console_devices[];

#endif
