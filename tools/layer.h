/* SPDX-License-Identifier: MIT
 *
 * The files of a container: the root file system, the program on top of it,
 * and the folders that a program may count on.
 */
#ifndef THIMBLE_TOOLS_LAYER_H
#define THIMBLE_TOOLS_LAYER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "output.h"

struct layer_file {
    const char *path;   /* "data/file" */
    const char *source; /* on the host; NULL for folders that nobody gave */
    mode_t mode;        /* type and permissions */
    uint64_t size_bytes;
};

struct layer {
    struct layer_file *files; /* sorted by path, folders before what is in them */
    size_t count;
    int64_t time_s;       /* of all files: SOURCE_DATE_EPOCH or 0 */
    uint64_t files_bytes; /* of the regular ones */
};

/* roots: folders laid over each other. program: the file that becomes /name.
 * workdir: a folder that has to be there, or NULL. */
struct layer layer_plan(const struct strings *roots, const char *program, const char *name,
                        const char *workdir);

void layer_write_tar(const struct layer *layer, struct output *output);

/* Into a folder that is there and empty. */
void layer_write_folder(const struct layer *layer, const char *folder);

/* Copies the file's source to a new file. */
void layer_copy_file(const struct layer_file *file, const char *to);

#endif
