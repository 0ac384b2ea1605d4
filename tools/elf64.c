/* SPDX-License-Identifier: MIT
 *
 * The one gate through which ELF bytes are looked at.
 */
#include "elf64.h"

#include <string.h>

#define NOTE_PVH_ENTRY         18 /* XEN_ELFNOTE_PHYS32_ENTRY, owner "Xen" */
#define MULTIBOOT2_MAGIC       0xe85250d6u
#define MULTIBOOT2_TAG_ENTRY   3
#define MULTIBOOT2_SPACE_BYTES 32768 /* the header is in this much of the file's start */

static bool inside(const struct elf64 *elf, uint64_t offset, uint64_t size_bytes)
{
    return offset <= elf->size_bytes && size_bytes <= elf->size_bytes - offset;
}

static int refuse(const char **why, const char *reason)
{
    *why = reason;
    return -1;
}

int elf64_open(struct elf64 *elf, const void *bytes, size_t size_bytes, const char **why)
{
    *elf = (struct elf64){.bytes = bytes, .size_bytes = size_bytes};
    if (size_bytes < SELFMAG || memcmp(bytes, ELFMAG, SELFMAG) != 0)
        return refuse(why, size_bytes ? "not an ELF file" : "an empty file");
    if (size_bytes < sizeof elf->header)
        return refuse(why, "the ELF file is cut short");
    memcpy(&elf->header, bytes, sizeof elf->header);
    const Elf64_Ehdr *header = &elf->header;
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
        header->e_machine != EM_X86_64)
        return refuse(why, "an ELF file, but not for x86-64");
    if (header->e_phnum &&
        (header->e_phentsize != sizeof(Elf64_Phdr) ||
         !inside(elf, header->e_phoff, (uint64_t)header->e_phnum * sizeof(Elf64_Phdr))))
        return refuse(why, "the ELF file is cut short or damaged: its segment table is outside");
    if (header->e_shnum &&
        (header->e_shentsize != sizeof(Elf64_Shdr) ||
         !inside(elf, header->e_shoff, (uint64_t)header->e_shnum * sizeof(Elf64_Shdr))))
        return refuse(why, "the ELF file is cut short or damaged: its section table is outside");
    elf->segment_count = header->e_phnum;
    elf->section_count = header->e_shnum;
    for (unsigned i = 0; i < elf->segment_count; i++) {
        Elf64_Phdr segment = elf64_segment(elf, i);
        if (!inside(elf, segment.p_offset, segment.p_filesz))
            return refuse(why, "the ELF file is cut short: a segment reaches past its end");
        if (segment.p_vaddr + segment.p_memsz < segment.p_vaddr)
            return refuse(why, "the ELF file is damaged: a segment has no sensible address");
    }
    return 0;
}

Elf64_Phdr elf64_segment(const struct elf64 *elf, unsigned index)
{
    Elf64_Phdr segment = {0};
    if (index < elf->segment_count)
        memcpy(&segment, elf->bytes + elf->header.e_phoff + index * sizeof segment, sizeof segment);
    return segment;
}

Elf64_Shdr elf64_section(const struct elf64 *elf, unsigned index)
{
    Elf64_Shdr section = {0};
    if (index < elf->section_count)
        memcpy(&section, elf->bytes + elf->header.e_shoff + index * sizeof section, sizeof section);
    return section;
}

const uint8_t *elf64_bytes(const struct elf64 *elf, uint64_t offset, uint64_t size_bytes)
{
    return inside(elf, offset, size_bytes) ? elf->bytes + offset : NULL;
}

const char *elf64_string(const struct elf64 *elf, unsigned section, uint64_t offset)
{
    Elf64_Shdr table = elf64_section(elf, section);
    if (table.sh_type != SHT_STRTAB || offset >= table.sh_size)
        return "";
    const uint8_t *bytes = elf64_bytes(elf, table.sh_offset, table.sh_size);
    if (!bytes || !memchr(bytes + offset, 0, table.sh_size - offset))
        return "";
    return (const char *)bytes + offset;
}

const char *elf64_section_name(const struct elf64 *elf, const Elf64_Shdr *section)
{
    return elf64_string(elf, elf->header.e_shstrndx, section->sh_name);
}

const uint8_t *elf64_memory(const struct elf64 *elf, uint64_t address, uint64_t size_bytes)
{
    for (unsigned i = 0; i < elf->segment_count; i++) {
        Elf64_Phdr segment = elf64_segment(elf, i);
        if (segment.p_type != PT_LOAD || address < segment.p_vaddr)
            continue;
        uint64_t at = address - segment.p_vaddr;
        if (at <= segment.p_filesz && size_bytes <= segment.p_filesz - at)
            return elf64_bytes(elf, segment.p_offset + at, size_bytes);
    }
    return NULL;
}

bool elf64_symbols_open(const struct elf64 *elf, struct elf64_symbols *symbols)
{
    for (unsigned i = 0; i < elf->section_count; i++) {
        Elf64_Shdr section = elf64_section(elf, i);
        if (section.sh_type != SHT_SYMTAB || section.sh_entsize != sizeof(Elf64_Sym) ||
            !elf64_bytes(elf, section.sh_offset, section.sh_size))
            continue;
        *symbols = (struct elf64_symbols){elf, section, section.sh_size / sizeof(Elf64_Sym)};
        return true;
    }
    *symbols = (struct elf64_symbols){.elf = elf};
    return false;
}

Elf64_Sym elf64_symbol(const struct elf64_symbols *symbols, uint64_t index)
{
    Elf64_Sym symbol = {0};
    if (index < symbols->count)
        memcpy(&symbol, symbols->elf->bytes + symbols->section.sh_offset + index * sizeof symbol,
               sizeof symbol);
    return symbol;
}

const char *elf64_symbol_name(const struct elf64_symbols *symbols, const Elf64_Sym *symbol)
{
    return elf64_string(symbols->elf, symbols->section.sh_link, symbol->st_name);
}

bool elf64_symbol_find(const struct elf64_symbols *symbols, const char *name, uint64_t *value)
{
    for (uint64_t i = 0; i < symbols->count; i++) {
        Elf64_Sym symbol = elf64_symbol(symbols, i);
        if (symbol.st_shndx != SHN_UNDEF &&
            strcmp(elf64_symbol_name(symbols, &symbol), name) == 0) {
            *value = symbol.st_value;
            return true;
        }
    }
    return false;
}

/* Looks through one note segment: name size, content size, type, then both, padded to 4. */
static bool note_find(const uint8_t *notes, uint64_t size_bytes, uint32_t *entry)
{
    while (size_bytes >= sizeof(Elf64_Nhdr)) {
        Elf64_Nhdr note;
        memcpy(&note, notes, sizeof note);
        uint64_t name_bytes = ((uint64_t)note.n_namesz + 3) & ~3ull;
        uint64_t whole_bytes = sizeof note + name_bytes + (((uint64_t)note.n_descsz + 3) & ~3ull);
        if (whole_bytes > size_bytes)
            return false;
        if (note.n_type == NOTE_PVH_ENTRY && note.n_namesz == 4 && note.n_descsz >= 4 &&
            memcmp(notes + sizeof note, "Xen", 4) == 0) {
            memcpy(entry, notes + sizeof note + name_bytes, sizeof *entry);
            return true;
        }
        notes += whole_bytes;
        size_bytes -= whole_bytes;
    }
    return false;
}

bool elf64_pvh_entry(const struct elf64 *elf, uint32_t *entry)
{
    for (unsigned i = 0; i < elf->segment_count; i++) {
        Elf64_Phdr segment = elf64_segment(elf, i);
        const uint8_t *notes = elf64_bytes(elf, segment.p_offset, segment.p_filesz);
        if (segment.p_type == PT_NOTE && notes && note_find(notes, segment.p_filesz, entry))
            return true;
    }
    return false;
}

/* The tags after the header: type, flags, size; one may name the entry address. */
static uint64_t multiboot2_entry(const struct elf64 *elf, const uint8_t *tags, uint64_t size_bytes)
{
    while (size_bytes >= 12) {
        uint16_t type;
        uint32_t tag_bytes, entry;
        memcpy(&type, tags, sizeof type);
        memcpy(&tag_bytes, tags + 4, sizeof tag_bytes);
        memcpy(&entry, tags + 8, sizeof entry);
        if (type == MULTIBOOT2_TAG_ENTRY)
            return entry;
        uint64_t step = ((uint64_t)tag_bytes + 7) & ~7ull;
        if (step < 8 || step > size_bytes)
            break;
        tags += step;
        size_bytes -= step;
    }
    return elf->header.e_entry;
}

bool elf64_multiboot2_entry(const struct elf64 *elf, uint64_t *entry)
{
    uint32_t words[4]; /* magic, architecture, length, checksum: together zero */
    for (size_t at = 0; at < MULTIBOOT2_SPACE_BYTES && at + sizeof words <= elf->size_bytes;
         at += 8) {
        memcpy(words, elf->bytes + at, sizeof words);
        if (words[0] != MULTIBOOT2_MAGIC || words[0] + words[1] + words[2] + words[3] != 0 ||
            words[2] < sizeof words || words[2] > elf->size_bytes - at)
            continue;
        *entry = multiboot2_entry(elf, elf->bytes + at + sizeof words, words[2] - sizeof words);
        return true;
    }
    return false;
}
