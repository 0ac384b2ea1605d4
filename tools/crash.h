/* SPDX-License-Identifier: MIT
 *
 * The report of a crash as text, as the guest wrote it or as some log kept it, with
 * words of its own before each line.
 */
#ifndef THIMBLE_TOOLS_CRASH_H
#define THIMBLE_TOOLS_CRASH_H

#include <stddef.h>
#include <stdio.h>

#include "lines.h"
#include "program_id.h"

struct crash_text {
    const char *bytes; /* with a zero behind the last */
    size_t size_bytes;
};

/* How many reports of the program there are in the text; *foreign is the id in one of
 * another program, or empty. */
size_t crash_count(const struct crash_text *text, const char *id,
                   char foreign[PROGRAM_ID_TEXT_BYTES]);

/* Writes the text, with file and line behind each address and a line more for each
 * function that was inlined there. */
void crash_print(const struct crash_text *text, struct lines *lines, FILE *to);

#endif
