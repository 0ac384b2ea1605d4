/* SPDX-License-Identifier: MIT
 *
 * A finished image, opened for reading and checked. The file is untrusted.
 */
#ifndef THIMBLE_TOOLS_IMAGE_H
#define THIMBLE_TOOLS_IMAGE_H

#include "bundle.h"
#include "elf64.h"
#include "file.h"

struct image {
    const char *path;       /* what messages call it */
    struct file_bytes file; /* when it is a file of its own */
    struct elf64 elf;
    uint32_t pvh_entry;
    Elf64_Phdr bundle_segment;
    struct bundle_view bundle;
    const uint8_t *build_id; /* BUILD_ID_BYTES */
};

/* -1 with one sentence that calls the file `name` when it is not an image of ours. */
int image_open(struct image *image, const char *path, const char *name);
/* The same when the ELF file is part of something that stays open. */
int image_open_bytes(struct image *image, const struct file_bytes *elf, const char *name);
int image_verify(const struct image *image); /* the build id fits the bytes */
void image_close(struct image *image);

/* The first address after everything the image needs loaded. */
uint64_t image_end(const struct image *image);

/* Anything of this part of the system is linked in. */
bool image_has_part(const struct image *image, const char *name);

/* A file that claims to be a finished program, ours or not. */
bool image_is_program(const char *path);

#endif
