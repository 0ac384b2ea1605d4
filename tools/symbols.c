/* SPDX-License-Identifier: MIT
 *
 * Packing and walking function names.
 */
#include "symbols.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/abi/bundle.h"
#include "text.h"

#define NAME_BYTES_MAX 255
#define GAP_BYTES      64 /* unnamed text longer than alignment padding ends a function */

struct function {
    uint64_t start, end; /* end == start: as far as the next one */
    const char *name;
    int rank; /* of several names for one address, the highest is shown */
};

static int rank_of(const Elf64_Sym *symbol)
{
    static const int ranks[] = {[STB_LOCAL] = 1, [STB_GLOBAL] = 3, [STB_WEAK] = 2};
    unsigned binding = ELF64_ST_BIND(symbol->st_info);
    return binding < sizeof ranks / sizeof *ranks ? ranks[binding] : 0;
}

static int compare(const void *a, const void *b)
{
    const struct function *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->rank != y->rank)
        return y->rank - x->rank;
    return strcmp(x->name, y->name);
}

/* The functions in address order, one per address. */
static struct function *collect(const struct elf64_symbols *table, size_t *count)
{
    struct function *functions = memory_new((table->count + 1) * sizeof *functions);
    size_t found = 0, kept = 0;
    for (uint64_t i = 0; i < table->count; i++) {
        Elf64_Sym symbol = elf64_symbol(table, i);
        const char *name = elf64_symbol_name(table, &symbol);
        if (ELF64_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_shndx == SHN_UNDEF || !*name)
            continue;
        functions[found++] = (struct function){symbol.st_value, symbol.st_value + symbol.st_size,
                                               name, rank_of(&symbol)};
    }
    if (found)
        qsort(functions, found, sizeof *functions, compare);
    for (size_t i = 0; i < found; i++)
        if (!kept || functions[kept - 1].start != functions[i].start)
            functions[kept++] = functions[i];
    *count = kept;
    return functions;
}

static uint8_t *put_record(uint8_t *to, uint64_t distance, const char *name)
{
    size_t length = strlen(name);
    if (length > NAME_BYTES_MAX)
        length = NAME_BYTES_MAX;
    do {
        *to++ = (uint8_t)((distance & 0x7f) | (distance > 0x7f ? 0x80 : 0));
        distance >>= 7;
    } while (distance);
    *to++ = (uint8_t)length;
    return (uint8_t *)memcpy(to, name, length) + length;
}

struct bytes symbols_pack(const struct elf64_symbols *table)
{
    size_t count;
    struct function *functions = collect(table, &count);
    struct symbols header = {.base = count ? functions[0].start : 0};
    size_t room = sizeof header;
    for (size_t i = 0; i < count; i++)
        room += strlen(functions[i].name) + 2 * 12;
    uint8_t *bytes = memory_new(room), *to = bytes + sizeof header;
    uint64_t previous = header.base;
    for (size_t i = 0; i < count; i++) {
        const struct function *function = &functions[i];
        to = put_record(to, function->start - previous, function->name);
        previous = function->start;
        header.entry_count++;
        bool last = i + 1 == count;
        bool sized = function->end > function->start;
        if (sized && (last || (functions[i + 1].start > function->end &&
                               functions[i + 1].start - function->end > GAP_BYTES))) {
            to = put_record(to, function->end - previous, "");
            previous = function->end;
            header.entry_count++;
        }
    }
    memcpy(bytes, &header, sizeof header);
    return (struct bytes){bytes, (size_t)(to - bytes)};
}

bool symbols_start(struct symbol_reader *reader, const uint8_t *bytes, size_t size_bytes)
{
    struct symbols header;
    *reader = (struct symbol_reader){.damaged = true};
    if (size_bytes < sizeof header)
        return false;
    memcpy(&header, bytes, sizeof header);
    *reader = (struct symbol_reader){
        .at = bytes + sizeof header,
        .end = bytes + size_bytes,
        .address = header.base,
        .left = header.entry_count,
    };
    return true;
}

bool symbols_next(struct symbol_reader *reader, struct function_name *next)
{
    if (!reader->left || reader->damaged)
        return false;
    reader->damaged = true; /* until the whole record was read */
    uint64_t distance = 0;
    unsigned shift = 0;
    uint8_t byte;
    do {
        if (reader->at == reader->end || shift > 63)
            return false;
        byte = *reader->at++;
        distance |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
    } while (byte & 0x80);
    if (reader->at == reader->end || reader->end - reader->at - 1 < *reader->at)
        return false;
    next->name_bytes = *reader->at++;
    next->name = (const char *)reader->at;
    reader->at += next->name_bytes;
    reader->address += distance;
    next->address = reader->address;
    reader->left--;
    reader->damaged = false;
    return true;
}
