/* SPDX-License-Identifier: MIT
 *
 * Two ways to show what is in an image: for people and for programs.
 */
#ifndef THIMBLE_TOOLS_INSPECT_H
#define THIMBLE_TOOLS_INSPECT_H

#include "contents.h"
#include "formats/media.h"

struct inspection {
    const struct media *media;
    const struct image *image; /* the one in it */
    const struct contents *contents;
    bool files; /* list the root file system, not only count it */
};

void print_manifest(const struct contents *contents);
void inspect_text(const struct inspection *inspection);
void inspect_json(const struct inspection *inspection);

/* Shared by both. */
#define BIGGEST_COUNT 10

#define PROTOCOL_COUNT 3

struct boot_protocol {
    const char *name, *used_by;
    uint64_t entry; /* 0: the image does not offer it */
};

/* The ways in that this image has. */
void boot_protocols(const struct image *image, struct boot_protocol protocols[PROTOCOL_COUNT]);

const char *build_id_hex(const struct image *image);
const char *bundle_entry_name(uint32_t type);
const char *segment_rights(uint32_t flags);

#endif
