/* SPDX-License-Identifier: MIT
 *
 * calloc. Pages that come from the kernel are zero already.
 */
#include <stdlib.h>
#include <string.h>

#include "libc-glue/heap/heap.h"

void *calloc(size_t count, size_t each_bytes)
{
    size_t size_bytes;
    bool zero = false;

    if (__builtin_mul_overflow(count, each_bytes, &size_bytes))
        return no_memory();
    void *block =
        size_bytes > SMALL_MAX ? large_take(size_bytes, BLOCK_ALIGN, &zero) : heap_take(size_bytes);
    return zero || !block ? block : memset(block, 0, size_bytes);
}
