/* SPDX-License-Identifier: MIT
 *
 * sbrk, for programs that call it themselves: malloc does not.
 */
#include <unistd.h>

#include "kernel/memory.h"
#include "libc-glue/glue.h"

void *sbrk(ptrdiff_t delta_bytes)
{
    void *old_end = break_move(delta_bytes);

    if (old_end)
        return old_end;
    errno = ENOMEM;
    return (void *)-1;
}
