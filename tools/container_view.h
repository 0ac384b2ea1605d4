/* SPDX-License-Identifier: MIT
 *
 * Reads a container image, ours or anybody's, and verifies it: every digest and
 * every size. What is read is untrusted.
 */
#ifndef THIMBLE_TOOLS_CONTAINER_VIEW_H
#define THIMBLE_TOOLS_CONTAINER_VIEW_H

#include <jansson.h>
#include <stdint.h>

#include "blobs.h"
#include "container.h"

struct container_file {
    const char *path;
    const char *target; /* of a link */
    uint32_t mode;
    uint64_t size_bytes;
};

struct container_layer {
    const char *digest;    /* as stored: "sha256:..." */
    const char *diff_id;   /* not compressed */
    uint64_t stored_bytes; /* in the image */
    uint64_t tar_bytes;
};

struct container_view {
    const char *path;
    enum container_format format;
    struct blobs blobs;
    json_t *config; /* the image configuration; NULL for a bare root file system */
    const char *tag;
    const char *config_digest;
    struct container_layer *layers;
    size_t layer_count;
    struct container_file *files; /* of all layers */
    size_t file_count;
    uint64_t files_bytes; /* of the regular ones */
    uint64_t total_bytes; /* of all that was written */
};

/* Whether the path looks like one: a folder or an archive with the marks of an image. */
bool container_is_image(const char *path);

/* -1 and *why, or 0: then all of it is verified. */
int container_view_open(struct container_view *view, const char *path, const char **why);
void container_view_close(struct container_view *view);

/* Show it. files: each of them, not only their number. */
void container_show_text(const struct container_view *view, bool files);
void container_show_json(const struct container_view *view, bool files);

#endif
