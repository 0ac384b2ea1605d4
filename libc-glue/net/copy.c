/* SPDX-License-Identifier: MIT
 *
 * Copying packets. The C library's memcpy writes past the cache what is longer than a few
 * hundred bytes, which is wrong for what the card or the program reads next.
 */
#include "libc-glue/net/net.h"

#include <string.h>

typedef long long block __attribute__((vector_size(16), aligned(1), may_alias));

void net_copy(void *to, const void *from, size_t size_bytes)
{
    const char *source = from, *end = source + size_bytes;
    char *target = to;

    if (size_bytes < sizeof(block)) {
        while (source < end)
            *target++ = *source++;
        return;
    }
    for (; end - source >= 8 * (long)sizeof(block); source += 8 * sizeof(block)) {
        const block *a = (const void *)source;
        block *b = (void *)target;
        block w0 = a[0], w1 = a[1], w2 = a[2], w3 = a[3], w4 = a[4], w5 = a[5], w6 = a[6],
              w7 = a[7];
        b[0] = w0, b[1] = w1, b[2] = w2, b[3] = w3, b[4] = w4, b[5] = w5, b[6] = w6, b[7] = w7;
        target += 8 * sizeof(block);
    }
    for (; end - source >= (long)sizeof(block); source += sizeof(block), target += sizeof(block))
        *(block *)target = *(const block *)source;
    if (source < end) { /* once more some of what was copied already */
        size_t back = sizeof(block) - (size_t)(end - source);
        *(block *)(target - back) = *(const block *)(source - back);
    }
}
