/* SPDX-License-Identifier: MIT
 *
 * Looking for characters, sixteen bytes at a time: strlen, strchr, memchr and their like.
 * What is read may begin before a text and end behind it, but never in another page: the
 * addresses are multiples of sixteen.
 */
#include <stdint.h>
#include <string.h>

#include "libc-glue/libc/vector.h"

#define ALL_CHARACTERS 256

static const unsigned char *vector_start(const void *at)
{
    return (const unsigned char *)((uintptr_t)at & ~(uintptr_t)(VECTOR_BYTES - 1));
}

static unsigned equal_mask(const unsigned char *at, vector wanted)
{
    return vector_mask(*(const vector_aligned *)at == wanted);
}

size_t strlen(const char *text)
{
    const unsigned char *at = vector_start(text);
    unsigned found = equal_mask(at, (vector){0}) >> ((uintptr_t)text & 15);

    if (found)
        return (size_t)__builtin_ctz(found);
    do {
        at += VECTOR_BYTES;
        found = equal_mask(at, (vector){0});
    } while (!found);
    return (size_t)(at + __builtin_ctz(found) - (const unsigned char *)text);
}

void *memchr(const void *memory, int value, size_t bytes)
{
    const unsigned char *at = vector_start(memory);
    size_t skipped = (uintptr_t)memory & 15, seen;
    vector wanted = vector_of(value);

    if (!bytes)
        return NULL;
    unsigned found = equal_mask(at, wanted) >> skipped << skipped;
    for (seen = VECTOR_BYTES - skipped; !found && seen < bytes; seen += VECTOR_BYTES) {
        at += VECTOR_BYTES;
        found = equal_mask(at, wanted);
    }
    if (!found)
        return NULL;
    at += __builtin_ctz(found);
    return (size_t)(at - (const unsigned char *)memory) < bytes ? (void *)at : NULL;
}

/* The character, or the end. */
static char *character_find(const char *text, int value)
{
    const unsigned char *at = vector_start(text);
    vector wanted = vector_of(value), end = {0};
    unsigned skipped = (uintptr_t)text & 15;
    unsigned found = (equal_mask(at, wanted) | equal_mask(at, end)) >> skipped << skipped;

    while (!found) {
        at += VECTOR_BYTES;
        found = equal_mask(at, wanted) | equal_mask(at, end);
    }
    return (char *)at + __builtin_ctz(found);
}

char *strchrnul(const char *text, int value)
{
    return character_find(text, value);
}

char *strchr(const char *text, int value)
{
    char *found = character_find(text, value);

    return *found == (char)value ? found : NULL;
}

/* One of three characters, or the end. */
static size_t three_find(const char *text, char first, char second, char third)
{
    const unsigned char *at = vector_start(text);
    vector a = vector_of(first), b = vector_of(second), c = vector_of(third), end = {0};
    unsigned skipped = (uintptr_t)text & 15, found;

    for (unsigned seen = ~0u << skipped;; seen = ~0u, at += VECTOR_BYTES) {
        vector here = *(const vector_aligned *)at;
        found = vector_mask((here == a) | (here == b) | (here == c) | (here == end)) & seen;
        if (found)
            return (size_t)((const char *)at + __builtin_ctz(found) - text);
    }
}

/* By a table of the set, when it is not a small one. */
size_t strcspn(const char *text, const char *set)
{
    uint32_t stops[ALL_CHARACTERS / 32] = {1}; /* the end is one */
    const unsigned char *at = (const unsigned char *)text;

    if (!set[0] || !set[1])
        return (size_t)(character_find(text, set[0]) - text);
    if (!set[2] || !set[3])
        return three_find(text, set[0], set[1], set[2] ? set[2] : set[1]);
    for (; *set; set++)
        stops[(unsigned char)*set / 32] |= 1u << (unsigned char)*set % 32;
    while (!(stops[*at / 32] >> *at % 32 & 1))
        at++;
    return (size_t)(at - (const unsigned char *)text);
}
