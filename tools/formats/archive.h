/* SPDX-License-Identifier: MIT
 *
 * libarchive, as far as disk formats need it.
 */
#ifndef THIMBLE_TOOLS_FORMATS_ARCHIVE_H
#define THIMBLE_TOOLS_FORMATS_ARCHIVE_H

#include "bytes.h"
#include "tools/output.h"

struct archive;

/* A ustar archive whose members have no owner and an old date. */
struct archive *archive_tar_start(struct output *output);
void archive_tar_add(struct archive *archive, const char *name, struct file_bytes contents);
void archive_tar_end(struct archive *archive);

/* Bytes through gzip, without a time stamp. */
struct archive *archive_gzip_start(struct output *output);
void archive_gzip_add(struct archive *archive, const void *bytes, size_t size_bytes);
void archive_gzip_end(struct archive *archive);

/* Copies the first member whose name ends so to a new file, sparse. -1 and a
 * reason when there is none, or it is larger than max_bytes. */
int archive_unpack(const struct file_bytes *file, const char *suffix, uint64_t max_bytes,
                   const char *path, const char **why);
bool archive_starts_with(const struct file_bytes *file, const char *name); /* its first member */
/* The contents of a small member, NUL-terminated; NULL when there is none. */
const char *archive_text(const struct file_bytes *file, const char *suffix);

#endif
