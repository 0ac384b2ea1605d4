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
size_t console_waiting(void); /* bytes that can be read at once */
bool console_at_end(void);    /* nothing is left, and nothing will come */
void console_discard(void);   /* what was typed and not read */
/* Input interrupts from now on (thread.h, device_interrupted); false: look now and then. */
bool console_listen(void);
bool console_is_tty(int stream);

bool console_is_framed(void); /* it is `mkimage run` */

/* Tells the host that what follows is the report of a crash. */
void console_report_begin(void);

/* Tells the host, when it listens: the exit status, and that the control port is heard. */
void console_report_exit(int status);
void console_report_control(void);

/* Asks the host for another mode of its terminal (TERMINAL_... of kernel/abi/console.h),
 * and to tell its size from now on. */
void console_set_mode(unsigned mode);
/* A frame of the host's that console.c does not know, byte by byte after its letter:
 * returns whether the byte was its. Or NULL. */
extern bool (*console_frame_take)(unsigned char byte, bool is_letter);

/* A device supplies what it can; missing members are NULL. */
struct console_device {
    const char *name;
    bool (*probe)(void);                        /* is it there? also makes it ready */
    void (*write)(const char *bytes, size_t n); /* all of it, before it returns */
    int (*read)(void);                          /* next byte, or -1 when there is none now */
    void (*wait)(void);                         /* returns when read may succeed */
    bool (*listen)(void);                       /* input interrupts from now on, if it can */
};

/* Defined by drivers/: all console devices, best first, NULL at the end. */
extern const struct console_device *const console_devices[];

#endif
