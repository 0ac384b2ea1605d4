/* SPDX-License-Identifier: MIT
 *
 * How boot.S hands over to start.c.
 */
#ifndef ARCH_BOOT_PROTOCOLS_H
#define ARCH_BOOT_PROTOCOLS_H

#include "kernel/param.h"

#define PROTOCOL_PVH        0
#define PROTOCOL_MULTIBOOT2 1
#define PROTOCOL_LINUX      2

#define MULTIBOOT2_HEADER_MAGIC 0xe85250d6

/* Holds the command line (or all of the multiboot2 information) from the moment
 * when the loader's memory may be used for something else. */
#define BOOT_COPY_BYTES COMMAND_LINE_MAX

#endif
