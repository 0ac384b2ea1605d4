/* SPDX-License-Identifier: MIT
 *
 * What the files of /dev share.
 */
#ifndef GLUE_DEVICE_FILES_H
#define GLUE_DEVICE_FILES_H

#include "libc-glue/files.h"

#pragma GCC visibility push(hidden)

/* console_file.c */
ssize_t console_file_read(struct file *file, void *to, size_t size_bytes, off_t *at);
ssize_t console_file_write(struct file *file, const void *from, size_t size_bytes, off_t *at);
bool console_file_is_terminal(struct file *file);

/* console_events.c, in programs that wait for more than one thing */
unsigned console_ready(struct file *file) __attribute__((weak));
struct event_source *console_source(struct file *file) __attribute__((weak));
int console_wait(uint64_t deadline_ns); /* for input: as source_wait() */

/* console_control.c: ioctl */
int console_control(struct file *file, unsigned long request, void *argument);

/* terminal.c, in programs that change the terminal's ways */
ssize_t terminal_read(struct file *file, void *to, size_t size_bytes) __attribute__((weak));

/* device_fd.c: /dev/fd. Its nodes are numbers from here on. */
#define FD_NODES ((uintptr_t)1 << 20)
extern const struct file_ops fd_folder_ops;
int fd_node_find(struct name name, uintptr_t *node);
int fd_node_stat(struct place place, struct stat *status);

#pragma GCC visibility pop

#endif
