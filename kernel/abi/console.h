/* SPDX-License-Identifier: MIT
 *
 * Console framing: how `mkimage run` and the guest share one byte stream in each
 * direction. Used only when the kernel command line says thimble.console=framed;
 * otherwise the console carries plain bytes. A frame is FRAME_ESCAPE and one
 * letter; FRAME_ESCAPE twice stands for the byte itself.
 */
#ifndef THIMBLE_ABI_CONSOLE_H
#define THIMBLE_ABI_CONSOLE_H

#define FRAME_ESCAPE 0x10 /* DLE, "data link escape" */

/* guest to host */
#define FRAME_START    's' /* the guest's first: firmware and boot loader have had their say */
#define FRAME_STDOUT   'o' /* what follows is standard output (the state at start) */
#define FRAME_STDERR   'e' /* what follows is standard error */
#define FRAME_EXIT     'x' /* then two hexadecimal digits: the exit status; the guest stops */
#define FRAME_LISTEN   'i' /* input is wanted: the host sends none before (it would be lost) */
#define FRAME_REPORT   'r' /* what follows is the report of a crash, until the exit */
#define FRAME_CONTROL  'c' /* somebody listens at the control port (below) from now on */
#define FRAME_TERMINAL 't' /* then two hexadecimal digits: the mode it wants, see below */

/* host to guest */
#define FRAME_EOF  'z' /* end of standard input */
#define FRAME_SIZE 'w' /* then rows and columns, four hexadecimal digits each */

/* What the host's terminal does with input and output; a program's are all of these. */
#define TERMINAL_CANONICAL 1 /* gathers lines, which can be edited */
#define TERMINAL_ECHO      2
#define TERMINAL_SIGNALS   4  /* Ctrl-C and its like are not input */
#define TERMINAL_CR        8  /* the return key is a line feed */
#define TERMINAL_OUTPUT    16 /* a line feed returns to the first column */
#define TERMINAL_FLOW      32 /* Ctrl-S and Ctrl-Q */
#define TERMINAL_ALL       63

/* The control port is a second serial port, apart from the stream of input. A byte
 * above this one asks the program to end; it is the exit status of a program that does
 * not say otherwise, 128 and the number of the signal that `mkimage run` was sent. */
#define CONTROL_TERMINATE 128

/* thimble.tty= takes the sum of these: which host streams are terminals. */
#define TTY_STDIN  1
#define TTY_STDOUT 2
#define TTY_STDERR 4

/* QEMU's fw_cfg file with the command line of an image that a boot loader starts. */
#define FW_CFG_COMMAND_LINE "opt/thimble/cmdline"

/* Ports of the devices that `mkimage run` adds on QEMU. */
#define PORT_DEBUG_CONSOLE          0xe9 /* isa-debugcon: output; reads back as below */
#define PORT_DEBUG_CONSOLE_READBACK 0xe9
#define PORT_CONTROL                0x2f8 /* a 16550 */
#define PORT_DEBUG_EXIT             0xf4  /* isa-debug-exit: QEMU ends with (value << 1) | 1 */

#endif
