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

uint16_t net_checksum(const void *data, int size_bytes)
{
    const unsigned char *at = data;
    uint64_t sum = 0, word;
    size_t left = (size_t)size_bytes;

    for (; left >= sizeof word; at += sizeof word, left -= sizeof word) {
        memcpy(&word, at, sizeof word);
        sum = add(sum, word);
    }
    if (left) {
        word = 0;
        memcpy(&word, at, left);
        sum = add(sum, word);
    }
    sum = (sum & 0xffffffff) + (sum >> 32);
    sum = (sum & 0xffffffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}
