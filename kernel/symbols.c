/* SPDX-License-Identifier: MIT
 *
 * Function names by address, from the table that mkimage put into the bundle.
 */
#include "kernel/kernel.h"

static uint64_t distance_read(const uint8_t **at)
{
    uint64_t value = 0;
    int shift = 0;
    uint8_t byte;

    do {
        byte = *(*at)++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
    } while (byte & 0x80);
    return value;
}

static const char *table_find(uintptr_t address, size_t *name_length, size_t *offset)
{
    size_t size;
    const struct symbols *table = bundle_find(BUNDLE_SYMBOLS, &size);
    const char *name = NULL;

    if (!table)
        return NULL;
    address -= placement.image_distance; /* the table knows the linker's addresses */
    const uint8_t *at = table->records;
    uint64_t start = table->base;
    for (uint32_t i = 0; i < table->entry_count; i++) {
        start += distance_read(&at);
        if (start > address)
            break;
        *name_length = *at;
        name = *at ? (const char *)at + 1 : NULL;
        *offset = address - start;
        at += 1 + *at;
    }
    return name;
}

/* For those who report a fault: where looking made another one there are no names. */
const char *symbol_find(uintptr_t address, size_t *name_length, size_t *offset)
{
    static bool looking;

    if (looking)
        return NULL;
    looking = true;
    const char *name = table_find(address, name_length, offset);
    looking = false;
    return name;
}
