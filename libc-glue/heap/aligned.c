/* SPDX-License-Identifier: MIT
 *
 * Blocks at addresses that are multiples of something. A run of slots begins with a
 * page: where the slots' size is such a multiple, their addresses are.
 */
#include <malloc.h>
#include <stdlib.h>

#include "libc-glue/heap/heap.h"

static bool is_power_of_2(size_t value)
{
    return value && !(value & (value - 1));
}

static void *aligned_take(size_t alignment, size_t size_bytes)
{
    if (alignment <= BLOCK_ALIGN)
        return heap_take(size_bytes);
    if (alignment < PAGE_SIZE && size_bytes <= SMALL_MAX) {
        size_t slot_bytes = size_bytes + CANARY_BYTES;
        size_t class = class_of(slot_bytes < alignment ? alignment : slot_bytes);

        while (class < CLASSES && class_slot_bytes(class) % alignment)
            class ++;
        if (class < CLASSES)
            return small_take(class);
    }
    return large_take(size_bytes, alignment, NULL);
}

void *memalign(size_t alignment, size_t size_bytes)
{
    if (!is_power_of_2(alignment)) {
        errno = EINVAL;
        return NULL;
    }
    return aligned_take(alignment, size_bytes);
}

void *aligned_alloc(size_t alignment, size_t size_bytes)
{
    return memalign(alignment, size_bytes);
}

/* Returns the error, and leaves errno and *memory alone when it fails. */
int posix_memalign(void **memory, size_t alignment, size_t size_bytes)
{
    int errno_before = errno;

    if (!is_power_of_2(alignment) || alignment % sizeof(void *))
        return EINVAL;
    void *block = aligned_take(alignment, size_bytes);
    errno = errno_before;
    if (!block)
        return ENOMEM;
    *memory = block;
    return 0;
}

void *valloc(size_t size_bytes)
{
    return memalign(PAGE_SIZE, size_bytes);
}

void *pvalloc(size_t size_bytes)
{
    if (size_bytes > PTRDIFF_MAX)
        return no_memory();
    return memalign(PAGE_SIZE, (size_bytes + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1));
}
