/* SPDX-License-Identifier: MIT
 *
 * What a program or library says to Linux's loader: which libraries it needs, which
 * symbols, and which symbol comes from which library. By elf64.h's rules for
 * untrusted bytes.
 */
#ifndef THIMBLE_TOOLS_ELF64_DYNAMIC_H
#define THIMBLE_TOOLS_ELF64_DYNAMIC_H

#include "elf64.h"

struct elf64_dynamic {
    struct elf64_symbols symbols;
    Elf64_Shdr table;    /* .dynamic */
    Elf64_Shdr versions; /* a number for each symbol; of no size when there is none */
    Elf64_Shdr needs;    /* what the numbers mean */
    size_t needed_count;
};

/* False when the file has no dynamic symbols: it is linked statically. */
bool elf64_dynamic_open(const struct elf64 *elf, struct elf64_dynamic *dynamic);
const char *elf64_dynamic_needed(const struct elf64_dynamic *dynamic, size_t index);
/* The file that a symbol is bound to by its version, or NULL. */
const char *elf64_dynamic_library(const struct elf64_dynamic *dynamic, uint64_t symbol);

#endif
