/* SPDX-License-Identifier: MIT
 *
 * Sixteen bytes at once, at any address.
 */
#ifndef THIMBLE_LIBC_GLUE_VECTOR_H
#define THIMBLE_LIBC_GLUE_VECTOR_H

#include <stdint.h>

#define VECTOR_BYTES 16

typedef char vector __attribute__((vector_size(VECTOR_BYTES)));
typedef long long vector_words __attribute__((vector_size(VECTOR_BYTES)));
typedef char vector_anywhere __attribute__((vector_size(VECTOR_BYTES), aligned(1), may_alias));
typedef char vector_aligned __attribute__((vector_size(VECTOR_BYTES), may_alias));
typedef uint64_t word64_anywhere __attribute__((aligned(1), may_alias));
typedef uint32_t word32_anywhere __attribute__((aligned(1), may_alias));

static inline vector vector_at(const void *at)
{
    return *(const vector_anywhere *)at;
}

static inline void vector_put(void *at, vector value)
{
    *(vector_anywhere *)at = value;
}

static inline uint64_t word64(const void *at)
{
    return *(const word64_anywhere *)at;
}

static inline void word64_put(void *at, uint64_t value)
{
    *(word64_anywhere *)at = value;
}

static inline uint32_t word32(const void *at)
{
    return *(const word32_anywhere *)at;
}

static inline void word32_put(void *at, uint32_t value)
{
    *(word32_anywhere *)at = value;
}

/* The same character in each byte. */
static inline uint64_t word64_of(int value)
{
    return (unsigned char)value * 0x0101010101010101;
}

static inline vector vector_of(int value)
{
    uint64_t word = word64_of(value);

    return (vector)(vector_words){(long long)word, (long long)word};
}

/* Bit n is the highest one of byte n: set where a comparison was true. */
static inline unsigned vector_mask(vector value)
{
    return (unsigned)__builtin_ia32_pmovmskb128(value);
}

#endif
