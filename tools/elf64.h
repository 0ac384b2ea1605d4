/* SPDX-License-Identifier: MIT
 *
 * Reading ELF64 files. The bytes are untrusted: every table is checked against
 * the file's size once, in elf64_open, and whatever a table points to is checked
 * in elf64_bytes and elf64_string. Nothing is assumed about alignment, so
 * records are returned by value.
 */
#ifndef THIMBLE_TOOLS_ELF64_H
#define THIMBLE_TOOLS_ELF64_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elf64 {
    const uint8_t *bytes;
    size_t size_bytes;
    Elf64_Ehdr header;
    unsigned segment_count;
    unsigned section_count;
};

/* -1 and a reason ("not an ELF file", ...) when this is no little-endian x86-64 ELF. */
int elf64_open(struct elf64 *elf, const void *bytes, size_t size_bytes, const char **why);

Elf64_Phdr elf64_segment(const struct elf64 *elf, unsigned index);
Elf64_Shdr elf64_section(const struct elf64 *elf, unsigned index);

/* NULL when any of it lies outside of the file. */
const uint8_t *elf64_bytes(const struct elf64 *elf, uint64_t offset, uint64_t size_bytes);

/* A text in a string section; "" when it is not wholly inside. */
const char *elf64_string(const struct elf64 *elf, unsigned section, uint64_t offset);
const char *elf64_section_name(const struct elf64 *elf, const Elf64_Shdr *section);

/* The file's bytes of a range of memory, NULL when they are not in one segment. */
const uint8_t *elf64_memory(const struct elf64 *elf, uint64_t address, uint64_t size_bytes);

/* The symbol table, when there is one. */
struct elf64_symbols {
    const struct elf64 *elf;
    Elf64_Shdr section;
    uint64_t count;
};

bool elf64_symbols_open(const struct elf64 *elf, struct elf64_symbols *symbols);
Elf64_Sym elf64_symbol(const struct elf64_symbols *symbols, uint64_t index);
const char *elf64_symbol_name(const struct elf64_symbols *symbols, const Elf64_Sym *symbol);
bool elf64_symbol_find(const struct elf64_symbols *symbols, const char *name, uint64_t *value);

/* The PVH entry address in a note segment; false when there is none. */
bool elf64_pvh_entry(const struct elf64 *elf, uint32_t *entry);

/* The entry address of a Multiboot2 header where boot loaders look for it. */
bool elf64_multiboot2_entry(const struct elf64 *elf, uint64_t *entry);

#endif
