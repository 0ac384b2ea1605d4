/* SPDX-License-Identifier: MIT
 *
 * Memory for malloc.
 */
#include <unistd.h>

#include "kernel/memory.h"
#include "libc-glue/glue.h"

void *heap_move(ptrdiff_t delta_bytes)
{
    void *old_end = heap_grow(delta_bytes);

    if (old_end)
        return old_end;
    errno = ENOMEM;
    return (void *)-1;
}

void *sbrk(ptrdiff_t delta_bytes)
{
    return heap_move(delta_bytes);
}
