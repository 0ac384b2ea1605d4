/* SPDX-License-Identifier: MIT
 *
 * An output file in the making: written under a temporary name in the folder
 * where it will live, hashed on the way, renamed when it is whole.
 */
#ifndef THIMBLE_TOOLS_OUTPUT_H
#define THIMBLE_TOOLS_OUTPUT_H

#include <stdint.h>
#include <sys/types.h>

#include "text.h"

struct output {
    const char *path;      /* the name at the end */
    const char *temporary; /* the name until then */
    int fd;
    bool discarded;      /* written to a device */
    uint64_t size_bytes; /* written so far */
    size_t buffered;
    struct evp_md_ctx_st *hash;
    uint8_t buffer[1 << 16];
};

/* Every trouble (full disk, no permission) names the path and ends the program. */
struct output *output_open(const char *path);
void output_write(struct output *output, const void *bytes, size_t size_bytes);
void output_write_unhashed(struct output *output, const void *bytes, size_t size_bytes);
void output_pad(struct output *output, uint64_t to_bytes); /* with zeros, up to this size */
void output_hash(struct output *output, uint8_t digest[32]);
void output_patch(struct output *output, uint64_t at, const void *bytes, size_t size_bytes);
void output_close(struct output *output, mode_t mode); /* whole, but under its temporary name */
void output_publish(struct output *output);            /* now under its own */

#endif
