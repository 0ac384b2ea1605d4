/* SPDX-License-Identifier: MIT
 *
 * From marker symbols to part records.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/abi/bundle.h"
#include "text.h"

static const char *const kinds[] = {[PART_TEXT] = "part.text.",
                                    [PART_RODATA] = "part.rodata.",
                                    [PART_DATA] = "part.data.",
                                    [PART_BSS] = "part.bss."};

static bool part_from(const struct elf64_symbols *table, const Elf64_Sym *symbol, struct part *part)
{
    const char *marker = elf64_symbol_name(table, symbol);
    if (!text_starts_with(marker, "part.") || text_ends_with(marker, ".end"))
        return false;
    for (uint32_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        uint64_t end;
        if (!text_starts_with(marker, kinds[kind]) ||
            !elf64_symbol_find(table, text_format("%s.end", marker), &end) ||
            end <= symbol->st_value)
            continue;
        *part = (struct part){
            .kind = kind, .start = symbol->st_value, .size_bytes = end - symbol->st_value};
        const char *name = marker + strlen(kinds[kind]);
        memcpy(part->name, name, strnlen(name, sizeof part->name - 1));
        return true;
    }
    return false;
}

static int compare(const void *a, const void *b)
{
    const struct part *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return strncmp(x->name, y->name, sizeof x->name);
}

struct bytes parts_pack(const struct elf64_symbols *table)
{
    struct part *parts = NULL;
    size_t count = 0;
    for (uint64_t i = 0; i < table->count; i++) {
        Elf64_Sym symbol = elf64_symbol(table, i);
        struct part part;
        if (!part_from(table, &symbol, &part))
            continue;
        parts = memory_grow(parts, count * sizeof part, (count + 1) * sizeof part);
        parts[count++] = part;
    }
    if (count)
        qsort(parts, count, sizeof *parts, compare);
    return (struct bytes){(uint8_t *)parts, count * sizeof *parts};
}
