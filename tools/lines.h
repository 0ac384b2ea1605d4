/* SPDX-License-Identifier: MIT
 *
 * Where in the source an address is. Only lines.c knows the library that reads
 * debug information (elfutils' libdw).
 */
#ifndef THIMBLE_TOOLS_LINES_H
#define THIMBLE_TOOLS_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "file.h"

struct lines;

struct source_place {
    const char *function; /* NULL: not known */
    const char *file;     /* relative to the working folder when it is inside of it */
    int line;
};

/* NULL when there is no debug information in the ELF file, which must stay open. */
struct lines *lines_open(const struct file_bytes *elf);
void lines_close(struct lines *lines);

/* The place of an address, and behind it those that it was inlined into; returns how
 * many there are. Addresses are the linker's. */
size_t lines_find(struct lines *lines, uint64_t address, struct source_place *places, size_t max);

#endif
