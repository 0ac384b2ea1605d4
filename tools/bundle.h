/* SPDX-License-Identifier: MIT
 *
 * The bundle of kernel/abi/bundle.h: laid out and written by a build, checked
 * and taken apart by everything that reads an image.
 */
#ifndef THIMBLE_TOOLS_BUNDLE_H
#define THIMBLE_TOOLS_BUNDLE_H

#include "kernel/abi/bundle.h"
#include "request.h"
#include "rootfs.h"
#include "symbols.h"

#define BUILD_ID_BYTES 32

/* A bundle in untrusted bytes. */
struct bundle_view {
    const uint8_t *bytes;
    uint64_t size_bytes;
    uint32_t entry_count;
    struct bundle_entry entries[BUNDLE_ENTRIES_MAX];
};

struct bundle_plan {
    uint64_t size_bytes;
    uint32_t entry_count;
    struct bundle_entry entries[BUNDLE_ENTRIES_MAX];
    const uint8_t *contents[BUNDLE_ENTRIES_MAX]; /* NULL: the root file system */
    struct rootfs_plan rootfs;
};

struct bundle_plan bundle_lay_out(const struct request *request, const struct elf64_symbols *table,
                                  const uint8_t program_id[PROGRAM_ID_BYTES]);

/* The bundle of an existing image with the request's program, arguments and environment,
 * and its files if it has any. */
struct bundle_plan bundle_lay_out_again(const struct bundle_view *old,
                                        const struct request *request);

/* Returns where in the file the build id belongs; it is left out of the hash. */
uint64_t bundle_write(const struct bundle_plan *plan, struct output *output);

/* -1 and a reason when it is none. */
int bundle_open(struct bundle_view *view, const uint8_t *bytes, uint64_t size_bytes,
                const char **why);
const struct bundle_entry *bundle_find(const struct bundle_view *view, enum bundle_type type);

#endif
