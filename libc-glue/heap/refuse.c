/* SPDX-License-Identifier: MIT
 *
 * The end of a program that has made a mess of the heap. In a file of its own, so that
 * a test can have a refusal that lets it go on.
 */
#include "kernel/panic.h"
#include "libc-glue/heap/heap.h"

void heap_refuse(enum heap_fault fault, const void *block)
{
    static const char *const words[] = {
        [HEAP_NOT_A_BLOCK] = "free or realloc of 0x%lx, which is not a block of the heap",
        [HEAP_FREED_ALREADY] = "double free of 0x%lx (or realloc of a freed block)",
        [HEAP_INSIDE_A_BLOCK] = "free or realloc of 0x%lx, which is inside of a heap block",
        [HEAP_OVERRUN] = "heap block at 0x%lx was overrun: somebody wrote past its end",
        [HEAP_REENTERED] = "malloc or free called by a signal handler that interrupted them",
    };

    program_abort_because(words[fault], (unsigned long)(uintptr_t)block);
}
