/* SPDX-License-Identifier: MIT
 *
 * Tar archives that come out the same every time: owner root, one time for all
 * entries, in the order the caller gives. ustar, with pax headers where a name
 * or size does not fit.
 */
#ifndef THIMBLE_TOOLS_TAR_H
#define THIMBLE_TOOLS_TAR_H

#include <sys/types.h>

#include "output.h"

struct tar;

struct tar *tar_open(struct output *output, int64_t time_s);
void tar_add_folder(struct tar *tar, const char *path, mode_t mode);
void tar_add_link(struct tar *tar, const char *path, const char *target);
void tar_add_bytes(struct tar *tar, const char *path, const void *bytes, size_t size_bytes);
/* The source must still have size_bytes. */
void tar_add_file(struct tar *tar, const char *path, const char *source, uint64_t size_bytes,
                  mode_t mode);
void tar_close(struct tar *tar); /* the output stays open */

/* Writes a file compressed: no name, no time in it. */
void gzip_file(const char *source, struct output *output);

#endif
