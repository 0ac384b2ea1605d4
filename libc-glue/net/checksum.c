/* SPDX-License-Identifier: MIT
 *
 * The Internet's checksum (RFC 1071), eight bytes at a time.
 */
#include "libc-glue/net/net.h"

#include <string.h>

static uint64_t add(uint64_t sum, uint64_t word)
{
    return __builtin_add_overflow(sum, word, &sum) ? sum + 1 : sum;
}

static uint16_t fold(uint64_t sum)
{
    sum = (sum & 0xffffffff) + (sum >> 32);
    sum = (sum & 0xffffffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

uint16_t net_checksum(const void *data, int size_bytes)
{
    const unsigned char *at = data;
    uint64_t sum = 0, word;
    uint32_t half;
    size_t left = (size_t)size_bytes;

    for (; left >= sizeof word; at += sizeof word, left -= sizeof word) {
        memcpy(&word, at, sizeof word);
        sum = add(sum, word);
    }
    if (left >= sizeof half) { /* the last words of a header without options */
        memcpy(&half, at, sizeof half);
        sum = add(sum, half);
        at += sizeof half;
        left -= sizeof half;
    }
    for (word = 0; left; left--)
        word |= (uint64_t)at[left - 1] << (left - 1) * 8;
    return fold(add(sum, word));
}
