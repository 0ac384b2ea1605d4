/* SPDX-License-Identifier: MIT
 *
 * Collects undefined symbols.
 */
#include "needs.h"

#include <archive.h>
#include <archive_entry.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "glibc_names.h"
#include "tools/elf64_dynamic.h"
#include "tools/file.h"

#define MEMBER_BYTES_MAX (1u << 30)

enum needs_form needs_form_of(const char *path)
{
    Elf64_Ehdr header = {0};
    ssize_t bytes = file_peek(path, &header, sizeof header);
    const char *start = (const char *)&header;
    if (bytes >= 8 && (memcmp(start, "!<arch>\n", 8) == 0 || memcmp(start, "!<thin>\n", 8) == 0))
        return NEEDS_ARCHIVE;
    if (bytes < (ssize_t)sizeof header || memcmp(start, ELFMAG, SELFMAG) != 0)
        return NEEDS_OTHER;
    return header.e_type == ET_EXEC || header.e_type == ET_DYN ? NEEDS_LINUX : NEEDS_OBJECT;
}

static void need_add(struct needs *needs, struct need need)
{
    if (needs->count == needs->capacity) {
        size_t bytes = needs->count * sizeof need;
        needs->capacity = needs->capacity ? 2 * needs->capacity : 64;
        needs->at = memory_grow(needs->at, bytes, needs->capacity * sizeof need);
    }
    needs->at[needs->count++] = need;
}

static void symbols_take(struct needs *needs, const struct elf64_symbols *symbols)
{
    for (uint64_t i = 1; i < symbols->count; i++) {
        Elf64_Sym symbol = elf64_symbol(symbols, i);
        const char *name = elf64_symbol_name(symbols, &symbol);
        unsigned binding = ELF64_ST_BIND(symbol.st_info);
        if (!*name || binding == STB_LOCAL)
            continue;
        if (symbol.st_shndx != SHN_UNDEF)
            strings_add(&needs->defined, text_copy(name));
        else
            need_add(needs, (struct need){text_copy(name), NULL, binding == STB_WEAK});
    }
}

static void object_take(struct needs *needs, const char *called, const void *bytes, size_t size)
{
    struct elf64 elf;
    struct elf64_symbols symbols;
    const char *why;
    if (elf64_open(&elf, bytes, size, &why))
        die(EXIT_STATUS_FAILED, "%s: %s", called, why);
    if (elf.header.e_type != ET_REL || !elf64_symbols_open(&elf, &symbols))
        die(EXIT_STATUS_FAILED, "%s: an object file without symbols", called);
    for (unsigned i = 0; i < elf.section_count; i++) {
        Elf64_Shdr section = elf64_section(&elf, i);
        if (text_starts_with(elf64_section_name(&elf, &section), ".gnu.lto_.symtab"))
            die(EXIT_STATUS_FAILED, "%s: compiled with -flto: its machine code is not made yet",
                called);
    }
    symbols_take(needs, &symbols);
}

void needs_of_object(struct needs *needs, const char *path)
{
    struct file_bytes file;
    if (file_map(path, &file))
        exit(EXIT_STATUS_FAILED);
    object_take(needs, path, file.bytes, file.size_bytes);
    file_unmap(&file);
}

static void member_take(struct needs *needs, const char *path, struct archive *archive,
                        struct archive_entry *entry)
{
    const char *name = archive_entry_pathname(entry);
    int64_t size = archive_entry_size(entry);
    if (!name || *name == '/' || size <= 0)
        return; /* the archive's own index */
    if (size > MEMBER_BYTES_MAX)
        die(EXIT_STATUS_FAILED, "%s: damaged: a member of %lld bytes", path, (long long)size);
    char *bytes = memory_new((size_t)size);
    if (archive_read_data(archive, bytes, (size_t)size) != size)
        die(EXIT_STATUS_FAILED, "%s: cut short in its member %s", path, name);
    if ((size_t)size > SELFMAG && memcmp(bytes, ELFMAG, SELFMAG) == 0)
        object_take(needs, text_format("%s(%s)", path, name), bytes, (size_t)size);
}

void needs_of_archive(struct needs *needs, const char *path)
{
    struct archive *archive = archive_read_new();
    struct archive_entry *entry;
    struct file_bytes file;
    int result;
    if (file_map(path, &file))
        exit(EXIT_STATUS_FAILED);
    if (file.size_bytes >= 8 && memcmp(file.bytes, "!<thin>\n", 8) == 0)
        die(EXIT_STATUS_FAILED, "%s: a thin archive: give the objects that it names", path);
    archive_read_support_format_ar(archive);
    result = archive_read_open_memory(archive, file.bytes, file.size_bytes);
    while (result == ARCHIVE_OK &&
           (result = archive_read_next_header(archive, &entry)) >= ARCHIVE_WARN &&
           result != ARCHIVE_EOF) {
        member_take(needs, path, archive, entry);
        result = ARCHIVE_OK;
    }
    if (result != ARCHIVE_EOF && file.size_bytes > 8)
        die(EXIT_STATUS_FAILED, "%s: not readable as an archive", path);
    archive_read_free(archive);
    file_unmap(&file);
}

/* With versions in the file, a symbol without one is not the C library's. */
static const char *library_of(const struct elf64_dynamic *dynamic, const struct needs *needs,
                              uint64_t symbol)
{
    const char *library = elf64_dynamic_library(dynamic, symbol);
    if (library)
        return text_copy(library);
    if (!dynamic->versions.sh_size || !needs->libraries.count)
        return NULL;
    return needs->libraries.count == 1 ? needs->libraries.at[0] : LIBRARY_UNTOLD;
}

void needs_of_linux(struct needs *needs, const char *path)
{
    struct elf64 elf;
    struct elf64_dynamic dynamic;
    struct file_bytes file;
    const char *why;
    if (file_map(path, &file))
        exit(EXIT_STATUS_FAILED);
    if (elf64_open(&elf, file.bytes, file.size_bytes, &why))
        die(EXIT_STATUS_FAILED, "%s: %s", path, why);
    if (!elf64_dynamic_open(&elf, &dynamic))
        die(EXIT_STATUS_FAILED,
            "%s: linked statically, so what it calls cannot be told from what it is: expected "
            "its sources, its objects or a program that uses shared libraries",
            path);
    for (size_t i = 0; i < dynamic.needed_count; i++) {
        const char *library = text_copy(elf64_dynamic_needed(&dynamic, i));
        if (!glibc_is_library(library) && !strings_contain(&needs->libraries, library))
            strings_add(&needs->libraries, library);
    }
    for (uint64_t i = 1; i < dynamic.symbols.count; i++) {
        Elf64_Sym symbol = elf64_symbol(&dynamic.symbols, i);
        const char *name = elf64_symbol_name(&dynamic.symbols, &symbol);
        unsigned binding = ELF64_ST_BIND(symbol.st_info);
        if (!*name || binding == STB_LOCAL)
            continue;
        if (symbol.st_shndx != SHN_UNDEF) {
            strings_add(&needs->defined, text_copy(name));
            continue;
        }
        /* Start-up code leaves weak symbols that no library has. */
        const char *library = binding == STB_WEAK ? NULL : library_of(&dynamic, needs, i);
        need_add(needs, (struct need){text_copy(name), library, binding == STB_WEAK});
    }
    file_unmap(&file);
}

static int by_symbol(const void *a, const void *b)
{
    return strcmp(((const struct need *)a)->symbol, ((const struct need *)b)->symbol);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void needs_settle(struct needs *needs)
{
    size_t kept = 0;
    strings_sort(&needs->defined);
    if (needs->count)
        qsort(needs->at, needs->count, sizeof *needs->at, by_symbol);
    for (size_t i = 0; i < needs->count; i++) {
        const struct need *need = &needs->at[i];
        bool again = kept && strcmp(needs->at[kept - 1].symbol, need->symbol) == 0;
        bool own =
            needs->defined.count && bsearch(&need->symbol, needs->defined.at, needs->defined.count,
                                            sizeof *needs->defined.at, by_text);
        if (again)
            needs->at[kept - 1].weak &= need->weak;
        else if (!own)
            needs->at[kept++] = *need;
    }
    needs->count = kept;
}
