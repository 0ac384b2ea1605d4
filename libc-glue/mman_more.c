/* SPDX-License-Identifier: MIT
 *
 * Mapped memory: advice, locks, msync and mremap. Nothing is ever paged out here, so
 * that a lock only brings the pages in.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernel/mapping.h"
#include "kernel/param.h"
#include "libc-glue/glue.h"
#include "libc-glue/mman_glue.h"

static int advise(void *address, size_t size_bytes, int advice)
{
    size_t whole_bytes = pages_round(size_bytes);
    uintptr_t start = (uintptr_t)address;

    if (!is_page_start(address) || (size_bytes && !whole_bytes))
        return -EINVAL;
    switch (advice) {
    case MADV_NORMAL:
    case MADV_RANDOM:
    case MADV_SEQUENTIAL:
    case MADV_WILLNEED:
    case MADV_HUGEPAGE:
    case MADV_NOHUGEPAGE:
    case MADV_DONTDUMP:
    case MADV_DODUMP:
        return mapping_covers(start, whole_bytes) ? 0 : -ENOMEM;
    case MADV_DONTNEED:
    case MADV_FREE:
        return whole_bytes ? mapping_error(mapping_discard(start, whole_bytes)) : 0;
    default:
        return -EINVAL;
    }
}

int madvise(void *address, size_t size_bytes, int advice)
{
    return (int)result(advise(address, size_bytes, advice));
}

/* Advice only: unlike MADV_DONTNEED it must leave the contents alone. */
int posix_madvise(void *address, size_t size_bytes, int advice)
{
    if (advice < POSIX_MADV_NORMAL || advice > POSIX_MADV_DONTNEED)
        return EINVAL;
    return -advise(address, size_bytes, advice == POSIX_MADV_DONTNEED ? MADV_NORMAL : advice);
}

int msync(void *address, size_t size_bytes, int flags)
{
    size_t whole_bytes = pages_round(size_bytes);
    uintptr_t start = (uintptr_t)address;

    if (!is_page_start(address) || flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC) ||
        (flags & MS_ASYNC && flags & MS_SYNC))
        return (int)result(-EINVAL);
    if ((size_bytes && !whole_bytes) || !mapping_covers(start, whole_bytes))
        return (int)result(-ENOMEM);
    if (flags & MS_INVALIDATE && mapping_is_locked(start, whole_bytes))
        return (int)result(-EBUSY);
    return 0; /* shared pages are the file's own */
}

/* Any memory may be locked, not only what was mapped. */
static int lock_range(const void *address, size_t size_bytes, bool locked)
{
    uintptr_t start = (uintptr_t)address & ~(PAGE_SIZE - 1);
    size_t whole_bytes = pages_round(size_bytes + ((uintptr_t)address - start));

    if (!size_bytes)
        return 0;
    if (!whole_bytes || start + whole_bytes < start)
        return -ENOMEM;
    if (mapping_covers(start, whole_bytes))
        return mapping_error(mapping_lock(start, whole_bytes, locked));
    for (size_t at = 0; at < whole_bytes; at += PAGE_SIZE)
        if (!memory_touch(start + at))
            return -ENOMEM;
    return 0;
}

int mlock(const void *address, size_t size_bytes)
{
    return (int)result(lock_range(address, size_bytes, true));
}

int munlock(const void *address, size_t size_bytes)
{
    return (int)result(lock_range(address, size_bytes, false));
}

/* What is there stays in memory anyway. */
int mlockall(int flags)
{
    if (!flags || flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) || flags == MCL_ONFAULT)
        return (int)result(-EINVAL);
    if (flags & MCL_FUTURE)
        mapping_flags_future = MAPPING_LOCKED;
    return 0;
}

int munlockall(void)
{
    mapping_flags_future = 0;
    return 0;
}

int mincore(void *address, size_t size_bytes, unsigned char *there)
{
    size_t whole_bytes = pages_round(size_bytes);
    uintptr_t start = (uintptr_t)address;

    if (!is_page_start(address))
        return (int)result(-EINVAL);
    if ((size_bytes && !whole_bytes) || !mapping_covers(start, whole_bytes))
        return (int)result(-ENOMEM);
    for (size_t at = 0; at < whole_bytes; at += PAGE_SIZE)
        *there++ = memory_is_present(start + at);
    return 0;
}

static long remap(void *address, size_t old_bytes, size_t new_bytes, int flags)
{
    size_t old_whole = pages_round(old_bytes), new_whole = pages_round(new_bytes);
    uintptr_t start = (uintptr_t)address;

    if (!is_page_start(address) || !old_whole || !new_whole || flags & ~MREMAP_MAYMOVE)
        return -EINVAL;
    if (!mapping_covers(start, old_whole))
        return -EFAULT;
    uintptr_t now = mapping_resize(start, old_whole, new_whole, flags & MREMAP_MAYMOVE);
    return now ? (long)now : -ENOMEM;
}

void *mremap(void *address, size_t old_bytes, size_t new_bytes, int flags, ...)
{
    return (void *)result(remap(address, old_bytes, new_bytes, flags));
}
