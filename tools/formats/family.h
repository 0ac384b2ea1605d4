/* SPDX-License-Identifier: MIT
 *
 * What one build leaves behind: the same image in several formats.
 */
#ifndef THIMBLE_TOOLS_FORMATS_FAMILY_H
#define THIMBLE_TOOLS_FORMATS_FAMILY_H

#include "format.h"
#include "tools/request.h"

struct family {
    const char *stem; /* "dir/app" */
    unsigned formats; /* a bit per format */
    bool usual;       /* nobody asked for particular ones: leave out what cannot be had */
};

/* Settles the request and decides what comes of it; request->output is then the
 * ELF file, a temporary one when it is not asked for. */
struct family family_start(struct request *request, unsigned formats);

/* Writes the others from the finished ELF file, and says what there is. */
void family_finish(const struct family *family, const struct request *request);

/* The image in one more format. */
unsigned long long family_write(const struct image_format *format, const char *elf,
                                const char *path, mode_t mode);

/* Why the finished image cannot be had in that format here, or NULL. */
const char *family_lacks(const struct image_format *format, const char *elf);

#endif
