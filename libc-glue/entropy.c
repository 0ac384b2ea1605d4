/* SPDX-License-Identifier: MIT
 *
 * Random bytes by their POSIX and BSD names. newlib's own generator would not notice
 * that the machine became a copy of itself.
 */
#include <reent.h>
#include <stdlib.h>
#include <sys/random.h>

#include "kernel/entropy.h"
#include "kernel/memory.h"
#include "libc-glue/glue.h"

enum { GETENTROPY_BYTES_MAX = 256 };

int _getentropy_r(struct _reent *r, void *to, size_t size_bytes)
{
    (void)r;
    if (size_bytes > GETENTROPY_BYTES_MAX)
        return (int)result(-EIO);
    if (!memory_probe(to, size_bytes, true))
        return (int)result(-EFAULT);
    entropy_read(to, size_bytes);
    return 0;
}

int getentropy(void *to, size_t size_bytes)
{
    return _getentropy_r(NULL, to, size_bytes);
}

ssize_t getrandom(void *to, size_t size_bytes, unsigned flags)
{
    if (flags & ~(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE))
        return result(-EINVAL);
    if (!memory_probe(to, size_bytes, true))
        return result(-EFAULT);
    entropy_read(to, size_bytes);
    return (ssize_t)size_bytes;
}

void arc4random_buf(void *to, size_t size_bytes)
{
    entropy_read(to, size_bytes);
}

uint32_t arc4random(void)
{
    uint32_t word;

    entropy_read(&word, sizeof word);
    return word;
}
