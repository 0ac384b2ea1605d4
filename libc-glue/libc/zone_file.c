/* SPDX-License-Identifier: MIT
 *
 * Compiled zone files (TZif, RFC 8536). The bytes come from a file system: whatever
 * they say is checked here, once.
 */
#include <string.h>

#include "libc-glue/libc/zone.h"

#define HEADER_BYTES 44
#define KIND_BYTES   6

struct header {
    uint32_t is_utc, is_standard, leaps, changes, kinds, name_bytes;
};

static uint32_t word_at(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int64_t time_at(const uint8_t *at)
{
    return (int64_t)((uint64_t)word_at(at) << 32 | word_at(at + 4));
}

static bool header_parse(const uint8_t *bytes, size_t size_bytes, struct header *header)
{
    if (size_bytes < HEADER_BYTES || memcmp(bytes, "TZif", 4) != 0)
        return false;
    *header = (struct header){word_at(bytes + 20), word_at(bytes + 24), word_at(bytes + 28),
                              word_at(bytes + 32), word_at(bytes + 36), word_at(bytes + 40)};
    return true;
}

/* The block behind a header, its times being time_bytes long. Counts are 32 bits
 * wide: the sum cannot overflow 64. */
static uint64_t block_bytes(const struct header *header, unsigned time_bytes)
{
    return (uint64_t)header->changes * (time_bytes + 1) + (uint64_t)header->kinds * KIND_BYTES +
           header->name_bytes + (uint64_t)header->leaps * (time_bytes + 4) + header->is_standard +
           header->is_utc;
}

static bool kinds_parse(struct zone_file *file, const uint8_t *kinds, const uint8_t *names,
                        uint32_t name_bytes)
{
    for (uint32_t i = 0; i < file->kind_count; i++) {
        const uint8_t *record = kinds + i * KIND_BYTES;
        uint8_t name = record[5];

        if (name >= name_bytes)
            return false;
        size_t length = strnlen((const char *)names + name, name_bytes - name);
        if (length >= ZONE_NAME_BYTES)
            return false;
        file->kinds[i] = (struct zone_kind){(int32_t)word_at(record), record[4] != 0, {0}};
        memcpy(file->kinds[i].name, names + name, length);
    }
    for (uint32_t i = 0; i < file->change_count; i++)
        if (file->kinds_after[i] >= file->kind_count)
            return false;
    return true;
}

/* Behind the second block: a newline, a rule for the time after the last change, a newline. */
static void rule_parse(struct zone_file *file, const uint8_t *at, size_t size_bytes)
{
    const uint8_t *end = size_bytes > 2 ? memchr(at + 1, '\n', size_bytes - 1) : NULL;

    file->has_rule = end && *at == '\n' && end > at + 1 &&
                     zone_rule_parse((const char *)at + 1, (size_t)(end - at - 1), &file->rule);
}

bool zone_file_parse(const uint8_t *bytes, size_t size_bytes, struct zone_file *file)
{
    struct header header;

    *file = (struct zone_file){0};
    if (!header_parse(bytes, size_bytes, &header) || bytes[4] < '2')
        return false; /* the first version has no years after 2037 */
    uint64_t second = HEADER_BYTES + block_bytes(&header, 4);
    if (second > size_bytes || !header_parse(bytes + second, size_bytes - second, &header))
        return false;
    uint64_t start = second + HEADER_BYTES, block = block_bytes(&header, 8);
    if (start > size_bytes || block > size_bytes - start || header.kinds == 0 ||
        header.kinds > ZONE_KINDS_MAX)
        return false;
    file->change_count = header.changes;
    file->kind_count = header.kinds;
    file->times = bytes + start;
    file->kinds_after = file->times + (size_t)header.changes * 8;
    const uint8_t *kinds = file->kinds_after + header.changes;
    rule_parse(file, bytes + start + block, (size_t)(size_bytes - start - block));
    return kinds_parse(file, kinds, kinds + (size_t)header.kinds * KIND_BYTES, header.name_bytes);
}

const struct zone_kind *zone_file_at(const struct zone_file *file, int64_t time_s)
{
    uint32_t low = 0, high = file->change_count; /* changes before low are not later */

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (time_at(file->times + (size_t)middle * 8) <= time_s)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == file->change_count && file->has_rule)
        return zone_rule_at(&file->rule, time_s);
    return &file->kinds[low ? file->kinds_after[low - 1] : 0];
}
