/* SPDX-License-Identifier: MIT
 *
 * Debug information, by libdw.
 */
#include "lines.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

struct lines {
    Elf *elf;
    Dwarf *dwarf;
};

struct lines *lines_open(const struct file_bytes *elf)
{
    struct lines *lines = memory_new(sizeof *lines);
    Dwarf_Off next;
    size_t header_bytes;
    elf_version(EV_CURRENT);
    lines->elf = elf_memory((char *)(uintptr_t)elf->bytes, elf->size_bytes); /* it only reads */
    lines->dwarf = lines->elf ? dwarf_begin_elf(lines->elf, DWARF_C_READ, NULL) : NULL;
    if (lines->dwarf && dwarf_nextcu(lines->dwarf, 0, &next, &header_bytes, NULL, NULL, NULL) == 0)
        return lines;
    lines_close(lines);
    return NULL;
}

void lines_close(struct lines *lines)
{
    if (lines->dwarf)
        dwarf_end(lines->dwarf);
    if (lines->elf)
        elf_end(lines->elf);
}

/* Not every compiler writes a table of addresses: ask each unit. */
static bool unit_find(struct lines *lines, Dwarf_Addr address, Dwarf_Die *unit)
{
    Dwarf_Off offset = 0, next;
    size_t header_bytes;
    while (dwarf_nextcu(lines->dwarf, offset, &next, &header_bytes, NULL, NULL, NULL) == 0) {
        if (dwarf_offdie(lines->dwarf, offset + header_bytes, unit) &&
            dwarf_haspc(unit, address) == 1)
            return true;
        offset = next;
    }
    return false;
}

/* As short as it can be said from here. */
static const char *shown_file(const char *file)
{
    char here[PATH_MAX];
    if (!file)
        return NULL;
    if (text_starts_with(file, "./"))
        return file + 2;
    if (getcwd(here, sizeof here) && text_starts_with(file, here) && file[strlen(here)] == '/')
        return file + strlen(here) + 1;
    return file;
}

static bool is_function(Dwarf_Die *die)
{
    return dwarf_tag(die) == DW_TAG_subprogram || dwarf_tag(die) == DW_TAG_inlined_subroutine;
}

/* Where an inlined function was called. */
static void take_call_site(Dwarf_Die *unit, Dwarf_Die *call, struct source_place *place)
{
    Dwarf_Attribute attribute;
    Dwarf_Word file = 0, line = 0;
    Dwarf_Files *files;
    *place = (struct source_place){0};
    if (dwarf_formudata(dwarf_attr(call, DW_AT_call_file, &attribute), &file) == 0 &&
        dwarf_getsrcfiles(unit, &files, NULL) == 0)
        place->file = shown_file(dwarf_filesrc(files, file, NULL, NULL));
    if (dwarf_formudata(dwarf_attr(call, DW_AT_call_line, &attribute), &line) == 0)
        place->line = (int)line;
}

/* The functions around an address, the innermost first. */
static size_t functions_find(Dwarf_Die *unit, Dwarf_Addr address, struct source_place *places,
                             size_t max)
{
    Dwarf_Die *scopes = NULL, *around = NULL;
    size_t used = 0;
    int count = dwarf_getscopes(unit, address, &scopes);
    /* Those around the innermost one as they are nested in the code, not in the source. */
    int nested = count > 0 ? dwarf_getscopes_die(&scopes[0], &around) : 0;
    for (int i = 0; i < nested && used < max; i++) {
        if (!is_function(&around[i]))
            continue;
        places[used++].function = dwarf_diename(&around[i]);
        if (dwarf_tag(&around[i]) != DW_TAG_inlined_subroutine)
            break;
        if (used < max)
            take_call_site(unit, &around[i], &places[used]);
    }
    free(scopes);
    free(around);
    return used;
}

size_t lines_find(struct lines *lines, uint64_t address, struct source_place *places, size_t max)
{
    Dwarf_Die unit;
    if (!unit_find(lines, address, &unit))
        return 0;
    places[0] = (struct source_place){0};
    Dwarf_Line *line = dwarf_getsrc_die(&unit, address);
    if (line) {
        places[0].file = shown_file(dwarf_linesrc(line, NULL, NULL));
        dwarf_lineno(line, &places[0].line);
    }
    size_t found = functions_find(&unit, address, places, max);
    return found ? found : places[0].file ? 1 : 0;
}
