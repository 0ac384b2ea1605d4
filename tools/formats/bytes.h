/* SPDX-License-Identifier: MIT
 *
 * Numbers in files, whatever their alignment and byte order; and a range of
 * bytes that was checked to lie inside of another.
 */
#ifndef THIMBLE_TOOLS_FORMATS_BYTES_H
#define THIMBLE_TOOLS_FORMATS_BYTES_H

#include <endian.h>
#include <stdbool.h>
#include <string.h>

#include "tools/file.h"

static inline uint16_t get16(const uint8_t *at)
{
    uint16_t value;
    memcpy(&value, at, sizeof value);
    return le16toh(value);
}

static inline uint32_t get32(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return le32toh(value);
}

static inline uint64_t get64(const uint8_t *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return le64toh(value);
}

static inline void put16(uint8_t *at, uint16_t value)
{
    value = htole16(value);
    memcpy(at, &value, sizeof value);
}

static inline void put32(uint8_t *at, uint32_t value)
{
    value = htole32(value);
    memcpy(at, &value, sizeof value);
}

static inline void put64(uint8_t *at, uint64_t value)
{
    value = htole64(value);
    memcpy(at, &value, sizeof value);
}

static inline void put32_big(uint8_t *at, uint32_t value)
{
    value = htobe32(value);
    memcpy(at, &value, sizeof value);
}

static inline void put64_big(uint8_t *at, uint64_t value)
{
    value = htobe64(value);
    memcpy(at, &value, sizeof value);
}

/* bytes_slice is false when the range is not wholly inside of `all`. */
static inline bool bytes_slice(const struct file_bytes *all, uint64_t offset, uint64_t size_bytes,
                               struct file_bytes *slice)
{
    if (offset > all->size_bytes || size_bytes > all->size_bytes - offset)
        return false;
    *slice = (struct file_bytes){all->bytes + offset, (size_t)size_bytes};
    return true;
}

static inline uint64_t round_up(uint64_t value, uint64_t to)
{
    return (value + to - 1) / to * to;
}

#endif
