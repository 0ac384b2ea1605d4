/* SPDX-License-Identifier: MIT
 *
 * Random bytes. newlib's arc4random family draws from here as well.
 */
#include <reent.h>
#include <sys/random.h>

#include "kernel/entropy.h"
#include "libc-glue/glue.h"

enum { GETENTROPY_BYTES_MAX = 256 };

int _getentropy_r(struct _reent *r, void *to, size_t size_bytes)
{
    (void)r;
    if (size_bytes > GETENTROPY_BYTES_MAX)
        return (int)result(-EIO);
    entropy_read(to, size_bytes);
    return 0;
}

int getentropy(void *to, size_t size_bytes)
{
    return _getentropy_r(NULL, to, size_bytes);
}

ssize_t getrandom(void *to, size_t size_bytes, unsigned flags)
{
    if (flags & ~(GRND_NONBLOCK | GRND_RANDOM))
        return result(-EINVAL);
    entropy_read(to, size_bytes);
    return (ssize_t)size_bytes;
}
