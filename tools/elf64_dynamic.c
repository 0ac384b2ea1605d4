/* SPDX-License-Identifier: MIT
 *
 * Reads the tables for Linux's loader.
 */
#include "elf64_dynamic.h"

#include <string.h>

static bool section_find(const struct elf64 *elf, uint32_t type, Elf64_Shdr *found)
{
    for (unsigned i = 0; i < elf->section_count; i++) {
        Elf64_Shdr section = elf64_section(elf, i);
        if (section.sh_type == type && elf64_bytes(elf, section.sh_offset, section.sh_size)) {
            *found = section;
            return true;
        }
    }
    *found = (Elf64_Shdr){0};
    return false;
}

static Elf64_Dyn entry_at(const struct elf64_dynamic *dynamic, size_t index)
{
    Elf64_Dyn entry = {.d_tag = DT_NULL};
    if ((index + 1) * sizeof entry <= dynamic->table.sh_size)
        memcpy(&entry,
               dynamic->symbols.elf->bytes + dynamic->table.sh_offset + index * sizeof entry,
               sizeof entry);
    return entry;
}

bool elf64_dynamic_open(const struct elf64 *elf, struct elf64_dynamic *dynamic)
{
    Elf64_Shdr symbols;
    *dynamic = (struct elf64_dynamic){0};
    if (!section_find(elf, SHT_DYNSYM, &symbols) || symbols.sh_entsize != sizeof(Elf64_Sym) ||
        !section_find(elf, SHT_DYNAMIC, &dynamic->table))
        return false;
    dynamic->symbols = (struct elf64_symbols){elf, symbols, symbols.sh_size / sizeof(Elf64_Sym)};
    section_find(elf, SHT_GNU_versym, &dynamic->versions);
    section_find(elf, SHT_GNU_verneed, &dynamic->needs);
    for (size_t i = 0; entry_at(dynamic, i).d_tag != DT_NULL; i++)
        dynamic->needed_count += entry_at(dynamic, i).d_tag == DT_NEEDED;
    return dynamic->needed_count > 0;
}

const char *elf64_dynamic_needed(const struct elf64_dynamic *dynamic, size_t index)
{
    for (size_t i = 0; entry_at(dynamic, i).d_tag != DT_NULL; i++) {
        Elf64_Dyn entry = entry_at(dynamic, i);
        if (entry.d_tag == DT_NEEDED && index-- == 0)
            return elf64_string(dynamic->symbols.elf, dynamic->table.sh_link, entry.d_un.d_val);
    }
    return "";
}

/* Copies a record of the table of needed versions; false outside of it. */
static bool need_copy(const struct elf64_dynamic *dynamic, uint64_t at, void *to, size_t size)
{
    if (at > dynamic->needs.sh_size || size > dynamic->needs.sh_size - at)
        return false;
    memcpy(to, dynamic->symbols.elf->bytes + dynamic->needs.sh_offset + at, size);
    return true;
}

static bool file_has_version(const struct elf64_dynamic *dynamic, uint64_t at,
                             const Elf64_Verneed *file, unsigned version)
{
    Elf64_Vernaux one;
    at += file->vn_aux;
    for (unsigned i = 0; i < file->vn_cnt && need_copy(dynamic, at, &one, sizeof one); i++) {
        if (one.vna_other == version)
            return true;
        if (!one.vna_next)
            break;
        at += one.vna_next;
    }
    return false;
}

const char *elf64_dynamic_library(const struct elf64_dynamic *dynamic, uint64_t symbol)
{
    uint16_t version;
    Elf64_Verneed file;
    uint64_t at = 0;
    if ((symbol + 1) * sizeof version > dynamic->versions.sh_size)
        return NULL;
    memcpy(&version,
           dynamic->symbols.elf->bytes + dynamic->versions.sh_offset + symbol * sizeof version,
           sizeof version);
    version &= 0x7fff;
    if (version < 2) /* local, or of no version */
        return NULL;
    while (need_copy(dynamic, at, &file, sizeof file)) {
        if (file_has_version(dynamic, at, &file, version))
            return elf64_string(dynamic->symbols.elf, dynamic->needs.sh_link, file.vn_file);
        if (!file.vn_next)
            break;
        at += file.vn_next;
    }
    return NULL;
}
