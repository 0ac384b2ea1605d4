/* SPDX-License-Identifier: MIT
 *
 * The names that an image carries for backtraces (struct symbols in
 * kernel/abi/bundle.h): made from an ELF symbol table, read back for inspect.
 */
#ifndef THIMBLE_TOOLS_SYMBOLS_H
#define THIMBLE_TOOLS_SYMBOLS_H

#include "elf64.h"

struct bytes {
    uint8_t *at;
    size_t size_bytes;
};

/* The functions of the linked program, packed. */
struct bytes symbols_pack(const struct elf64_symbols *table);

/* Walks packed symbols. Untrusted bytes: symbols_next returns false at the end
 * and at anything that does not fit; `damaged` tells which. */
struct symbol_reader {
    const uint8_t *at, *end;
    uint64_t address;
    uint32_t left;
    bool damaged;
};

struct function_name {
    uint64_t address;
    const char *name;  /* not NUL-terminated */
    size_t name_bytes; /* 0: from here on there is no named function */
};

bool symbols_start(struct symbol_reader *reader, const uint8_t *bytes, size_t size_bytes);
bool symbols_next(struct symbol_reader *reader, struct function_name *next);

#endif
