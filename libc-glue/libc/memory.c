/* SPDX-License-Identifier: MIT
 *
 * memcpy, memmove, memset and memcmp, sixteen bytes at a time. newlib's for this processor copy
 * small blocks byte by byte and write large ones past the caches; its memmove and memcmp are plain
 * C, which goes byte by byte as soon as an address is odd.
 *
 * Small sizes are two moves that may overlap: the first bytes and the last ones. The kernel
 * calls none of these: in an interrupt the vector registers are the program's.
 */
#include <stdint.h>
#include <string.h>

#include "libc-glue/libc/vector.h"

/* Up to 16 bytes: everything is read before anything is written. */
static void small_move(unsigned char *to, const unsigned char *from, size_t bytes)
{
    if (bytes >= 8) {
        uint64_t first = word64(from), last = word64(from + bytes - 8);
        word64_put(to, first);
        word64_put(to + bytes - 8, last);
    } else if (bytes >= 4) {
        uint32_t first = word32(from), last = word32(from + bytes - 4);
        word32_put(to, first);
        word32_put(to + bytes - 4, last);
    } else if (bytes) {
        unsigned char first = from[0], middle = from[bytes / 2], last = from[bytes - 1];
        to[0] = first;
        to[bytes / 2] = middle;
        to[bytes - 1] = last;
    }
}

/* Writes are aligned; the ends, which need not be, come last. */
static void up_move(unsigned char *to, const unsigned char *from, size_t bytes)
{
    size_t at = VECTOR_BYTES - (uintptr_t)to % VECTOR_BYTES;

    for (; at + 64 <= bytes; at += 64) {
        vector a = vector_at(from + at), b = vector_at(from + at + 16);
        vector c = vector_at(from + at + 32), d = vector_at(from + at + 48);
        *(vector_aligned *)(to + at) = a;
        *(vector_aligned *)(to + at + 16) = b;
        *(vector_aligned *)(to + at + 32) = c;
        *(vector_aligned *)(to + at + 48) = d;
    }
    for (; at + VECTOR_BYTES < bytes; at += VECTOR_BYTES)
        *(vector_aligned *)(to + at) = vector_at(from + at);
}

/* The same from the end, for what overlaps that way. */
static void down_move(unsigned char *to, const unsigned char *from, size_t bytes)
{
    size_t at = bytes - (uintptr_t)(to + bytes) % VECTOR_BYTES;

    for (; at >= 64; at -= 64) {
        vector a = vector_at(from + at - 16), b = vector_at(from + at - 32);
        vector c = vector_at(from + at - 48), d = vector_at(from + at - 64);
        *(vector_aligned *)(to + at - 16) = a;
        *(vector_aligned *)(to + at - 32) = b;
        *(vector_aligned *)(to + at - 48) = c;
        *(vector_aligned *)(to + at - 64) = d;
    }
    for (; at > VECTOR_BYTES; at -= VECTOR_BYTES)
        *(vector_aligned *)(to + at - 16) = vector_at(from + at - 16);
}

void *memmove(void *to, const void *from, size_t bytes)
{
    unsigned char *target = to;
    const unsigned char *source = from;

    if (bytes <= VECTOR_BYTES) {
        small_move(target, source, bytes);
        return to;
    }
    vector first = vector_at(source), last = vector_at(source + bytes - VECTOR_BYTES);
    if (bytes > 2 * VECTOR_BYTES) {
        if ((uintptr_t)target - (uintptr_t)source >= bytes)
            up_move(target, source, bytes);
        else
            down_move(target, source, bytes);
    }
    vector_put(target, first);
    vector_put(target + bytes - VECTOR_BYTES, last);
    return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
    __attribute__((alias("memmove")));

static void small_set(unsigned char *to, uint64_t word, size_t bytes)
{
    if (bytes >= 8) {
        word64_put(to, word);
        word64_put(to + bytes - 8, word);
    } else if (bytes >= 4) {
        word32_put(to, (uint32_t)word);
        word32_put(to + bytes - 4, (uint32_t)word);
    } else if (bytes) {
        to[0] = to[bytes / 2] = to[bytes - 1] = (unsigned char)word;
    }
}

void *memset(void *to, int value, size_t bytes)
{
    unsigned char *target = to;

    if (bytes <= VECTOR_BYTES) {
        small_set(target, word64_of(value), bytes);
        return to;
    }
    vector all = vector_of(value);
    size_t at = VECTOR_BYTES - (uintptr_t)target % VECTOR_BYTES;
    for (; at + 64 <= bytes; at += 64) {
        *(vector_aligned *)(target + at) = all;
        *(vector_aligned *)(target + at + 16) = all;
        *(vector_aligned *)(target + at + 32) = all;
        *(vector_aligned *)(target + at + 48) = all;
    }
    for (; at + VECTOR_BYTES < bytes; at += VECTOR_BYTES)
        *(vector_aligned *)(target + at) = all;
    vector_put(target, all);
    vector_put(target + bytes - VECTOR_BYTES, all);
    return to;
}

static int words_compare(uint64_t a, uint64_t b)
{
    a = __builtin_bswap64(a);
    b = __builtin_bswap64(b);
    return (a > b) - (a < b);
}

int memcmp(const void *left, const void *right, size_t bytes)
{
    const unsigned char *a = left, *b = right;

    for (; bytes >= VECTOR_BYTES; a += VECTOR_BYTES, b += VECTOR_BYTES, bytes -= VECTOR_BYTES) {
        unsigned differs = vector_mask(vector_at(a) == vector_at(b)) ^ 0xffff;
        if (differs) {
            unsigned at = (unsigned)__builtin_ctz(differs);
            return a[at] - b[at];
        }
    }
    if (bytes >= 8) {
        if (word64(a) != word64(b))
            return words_compare(word64(a), word64(b));
        return words_compare(word64(a + bytes - 8), word64(b + bytes - 8));
    }
    if (bytes >= 4) {
        if (word32(a) != word32(b))
            return words_compare(word32(a), word32(b));
        return words_compare(word32(a + bytes - 4), word32(b + bytes - 4));
    }
    for (size_t i = 0; i < bytes; i++)
        if (a[i] != b[i])
            return a[i] - b[i];
    return 0;
}
