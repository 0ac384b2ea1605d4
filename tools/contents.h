/* SPDX-License-Identifier: MIT
 *
 * What is inside of an image, as plain facts for `inspect` to show.
 */
#ifndef THIMBLE_TOOLS_CONTENTS_H
#define THIMBLE_TOOLS_CONTENTS_H

#include "image.h"

#define PART_KINDS 4

struct part_row {
    const char *name;
    uint64_t bytes[PART_KINDS]; /* by enum part_kind */
};

struct function_row {
    const char *name;
    uint64_t address, size_bytes;
};

struct file_row {
    const char *path;
    const char *target; /* of a symbolic link, or NULL */
    uint32_t mode;
    uint64_t size_bytes;
};

struct contents {
    struct part_row *parts;
    size_t part_count;
    struct function_row *functions; /* the biggest first */
    size_t function_count;
    struct strings arguments, environment;
    struct file_row *files; /* all of the root file system, folders too */
    size_t file_count;
    uint64_t file_bytes; /* of the regular files */
    size_t regular_count;
};

/* -1 and a reason when something in the bundle does not fit. */
int contents_read(const struct image *image, struct contents *contents, const char **why);

/* A licence of something that may be linked in. */
struct licence {
    const char *parts[4]; /* names of parts it covers */
    const char *work, *licence;
};

extern const struct licence licences[];
extern const size_t licence_count;
bool licence_applies(const struct licence *licence, const struct contents *contents);

#endif
