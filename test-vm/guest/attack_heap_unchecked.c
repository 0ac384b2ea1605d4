/* SPDX-License-Identifier: MIT
 *
 * attack_heap.c without the heap's checks: what they have to say comes to nothing.
 */
#include "attack_heap.c"

#include <unistd.h>

/* The glue's own name, which no C program can have by accident. */
void refuse(int fault, const void *block) __asm__("glue.heap_refuse");

/* Called in the middle of free: stdio would ask for memory. */
void refuse(int fault, const void *block)
{
    (void)fault, (void)block;
    write(1, "refusal\n", 8);
}
