/* SPDX-License-Identifier: MIT
 *
 * The files of an image, whether they lie in a folder or in an archive. Bytes
 * are mapped, not copied.
 */
#ifndef THIMBLE_TOOLS_BLOBS_H
#define THIMBLE_TOOLS_BLOBS_H

#include "file.h"
#include "text.h"

struct blob {
    const char *name; /* "index.json", "blobs/sha256/..." */
    const uint8_t *bytes;
    size_t size_bytes;
};

struct blobs {
    struct blob *at;
    size_t count;
    uint64_t total_bytes; /* of the archive, or of all files in the folder */
    struct file_bytes archive;
};

/* -1 and *why. */
int blobs_open_folder(struct blobs *blobs, const char *path, const char **why);
int blobs_open_archive(struct blobs *blobs, const char *path, const char **why);
void blobs_close(struct blobs *blobs);

const struct blob *blobs_find(const struct blobs *blobs, const char *name);

#endif
