/* SPDX-License-Identifier: MIT
 *
 * Memory that the program says is its own. An address that is not is EFAULT, as far
 * as the processor can tell.
 */
#include <string.h>

#include "libc-glue/files.h"

int user_write(void *to, const void *from, size_t size_bytes)
{
    if (!memory_probe(to, size_bytes, true))
        return -EFAULT;
    memcpy(to, from, size_bytes);
    return 0;
}

int user_read(void *to, const void *from, size_t size_bytes)
{
    if (!memory_probe(from, size_bytes, false))
        return -EFAULT;
    memcpy(to, from, size_bytes);
    return 0;
}

long user_text(const char *text, size_t max)
{
    long length = memory_probe_text(text, max);

    return length < 0 ? -EFAULT : length;
}
