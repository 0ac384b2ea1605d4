/* SPDX-License-Identifier: MIT
 *
 * The bundle: what mkimage appends to a linked image, read by the guest in
 * place and by `mkimage inspect`. It starts on the first page after .bss
 * (linker symbol image_bundle) and is a header, a table of entries, and the
 * entries' bytes. Little-endian; every offset counts from the bundle's start.
 *
 * Untrusted for the host tools (any file may be given to them); trusted in the
 * guest, where it is part of the image.
 */
#ifndef THIMBLE_ABI_BUNDLE_H
#define THIMBLE_ABI_BUNDLE_H

#include <stdint.h>

#define BUNDLE_MAGIC       0x454c424d494854ull /* "THIMBLE\0" */
#define BUNDLE_VERSION     1
#define BUNDLE_ENTRIES_MAX 16
#define PROGRAM_ID_BYTES   16

enum bundle_type {
    BUNDLE_MANIFEST = 1, /* struct manifest: arguments and environment */
    BUNDLE_SYMBOLS = 2,  /* function names for backtraces, see below */
    BUNDLE_PARTS = 3,    /* struct part[]: which part of the system owns what */
    BUNDLE_ROOTFS = 4,   /* rootfs.h; page aligned and always the last entry */
    BUNDLE_BUILD_ID = 5, /* 32 bytes: SHA-256 of the image without this entry */
    /* PROGRAM_ID_BYTES: the start of a SHA-256 over code and data as they are loaded,
     * the same with debug information and without, whatever else is in the bundle. */
    BUNDLE_PROGRAM_ID = 6,
};

struct bundle_entry {
    uint32_t type; /* enum bundle_type */
    uint32_t reserved;
    uint64_t offset;
    uint64_t size_bytes;
};

struct bundle {
    uint64_t magic;
    uint32_t version;
    uint32_t entry_count;
    uint64_t size_bytes; /* the whole bundle, this header included */
    struct bundle_entry entries[];
};

/* Arguments and environment baked in at build time. The header is followed by
 * NUL-terminated strings: argc arguments (argv[0] first), then envc KEY=VALUE. */
struct manifest {
    uint32_t argc;
    uint32_t envc;
    char strings[];
};

/* Function names by address. The header is followed by entry_count records in
 * ascending address order: the distance from the previous address as LEB128,
 * one length byte, that many bytes of name (cut at 255, no NUL). A function
 * reaches to the next record's address; a record of length 0 ends a range of
 * text without naming one. */
struct symbols {
    uint64_t base; /* address the first distance counts from */
    uint32_t entry_count;
    uint32_t reserved;
    uint8_t records[];
};

enum part_kind { PART_TEXT, PART_RODATA, PART_DATA, PART_BSS };

/* One contiguous piece of the image that belongs to one part of the system. */
struct part {
    char name[12];  /* program, libc, libm, libgcc, glue, kernel, drivers, ... */
    uint32_t kind;  /* enum part_kind */
    uint64_t start; /* link address */
    uint64_t size_bytes;
};

#define ABI_ASSERT(name, expression) typedef char abi_assert_##name[(expression) ? 1 : -1]
ABI_ASSERT(bundle, sizeof(struct bundle) == 24);
ABI_ASSERT(bundle_entry, sizeof(struct bundle_entry) == 24);
ABI_ASSERT(manifest, sizeof(struct manifest) == 8);
ABI_ASSERT(symbols, sizeof(struct symbols) == 16);
ABI_ASSERT(part, sizeof(struct part) == 32);

#endif
