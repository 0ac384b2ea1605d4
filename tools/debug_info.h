/* SPDX-License-Identifier: MIT
 *
 * The debug information of an image: in it (-g), or in the file NAME.debug beside it
 * (--debug-file).
 */
#ifndef THIMBLE_TOOLS_DEBUG_INFO_H
#define THIMBLE_TOOLS_DEBUG_INFO_H

#include "crash.h"
#include "formats/media.h"

#define DEBUG_FILE_EXTENSION ".debug"

struct debug_info {
    struct media media;
    char id[PROGRAM_ID_TEXT_BYTES];
    struct file_bytes beside; /* NAME.debug, when that is where it was found */
    const char *path;         /* the ELF file with the debug information; NULL: inside of a disk */
    struct lines *lines;      /* NULL: there is none, and why_not is a sentence about it */
    const char *why_not;
};

/* -1, with a message, when `path` is no image of ours. */
int debug_info_open(struct debug_info *info, const char *path);
void debug_info_close(struct debug_info *info);

/* Prints what the guest said when it crashed, as well as it can be explained. */
void debug_info_explain(const char *path, const struct crash_text *text);

#endif
