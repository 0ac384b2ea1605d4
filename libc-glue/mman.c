/* SPDX-License-Identifier: MIT
 *
 * mmap and its family: what POSIX asks of the arguments. Memory is never writable and
 * executable at once; a program that makes code writes it first and then calls
 * mprotect().
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "kernel/mapping.h"
#include "kernel/memory_return.h"
#include "kernel/param.h"
#include "libc-glue/files.h"
#include "libc-glue/mman_glue.h"

#define PROT_ALL (PROT_READ | PROT_WRITE | PROT_EXEC)

unsigned mapping_flags_future; /* of mlockall(MCL_FUTURE) */

/* The size in whole pages; 0 when there are no such many. */
size_t pages_round(size_t size_bytes)
{
    return size_bytes > PTRDIFF_MAX ? 0 : (size_bytes + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
}

bool is_page_start(const void *address)
{
    return ((uintptr_t)address & (PAGE_SIZE - 1)) == 0;
}

int mapping_error(enum mapping_result result)
{
    switch (result) {
    case MAPPING_DONE:
        return 0;
    case MAPPING_FORBIDDEN:
        return -EACCES;
    default:
        return -ENOMEM;
    }
}

/* What the processor can tell apart: read, write as well, execute as well. */
static int access_of(int protection, unsigned *access)
{
    if (protection & ~PROT_ALL)
        return -EINVAL;
    if (protection & PROT_WRITE && protection & PROT_EXEC)
        return -ENOTSUP;
    *access = protection == PROT_NONE   ? (unsigned)MAPPING_NO_ACCESS
              : protection & PROT_EXEC  ? MAPPING_EXECUTE
              : protection & PROT_WRITE ? MAPPING_WRITE
                                        : MAPPING_READ;
    return 0;
}

/* ---- files ---- */

struct mapped_file {
    struct vm_object object;
    struct file *file;
};

static struct file *file_of(struct vm_object *object)
{
    return ((struct mapped_file *)object)->file;
}

static uint64_t mapped_size(struct vm_object *object)
{
    struct file *file = file_of(object);
    struct stat status = {.st_size = 0};

    if (file->ops->stat(file, &status) || !S_ISREG(status.st_mode))
        return UINT64_MAX; /* a device has no end */
    return (uint64_t)status.st_size;
}

static void *mapped_page(struct vm_object *object, uint64_t offset, bool writing)
{
    struct file *file = file_of(object);

    return file->ops->page(file, offset / PAGE_SIZE, writing);
}

static void mapped_release(struct vm_object *object)
{
    file_put(file_of(object));
    free(object);
}

/* What a file's mapping may do: never more than the descriptor may. A device has no
 * pages of its own that could be shared. */
static int file_rights(const struct file *file, bool shared, struct mapping *wanted)
{
    struct stat status = {.st_size = 0};

    if (!file->ops->page || file->ops->stat((struct file *)file, &status) ||
        S_ISDIR(status.st_mode))
        return -ENODEV;
    if ((file->flags & O_ACCMODE) == O_WRONLY)
        return -EACCES;
    if (shared && (file->flags & O_ACCMODE) != O_RDWR)
        wanted->access_max = MAPPING_EXECUTE;
    if (wanted->access != MAPPING_NO_ACCESS && wanted->access & ~wanted->access_max)
        return -EACCES;
    wanted->flags |= shared && S_ISREG(status.st_mode) ? MAPPING_SHARED : 0;
    return 0;
}

static int file_map(int fd, bool shared, off_t offset, struct mapping *wanted)
{
    off_t end;

    if (offset < 0 || __builtin_add_overflow(offset, (off_t)wanted->size_bytes, &end))
        return -EOVERFLOW;
    struct file *file = fd_get(fd);
    if (!file)
        return -EBADF;
    int error = file_rights(file, shared, wanted);
    struct mapped_file *mapped = error ? NULL : malloc(sizeof(*mapped));
    if (!mapped) {
        file_put(file);
        return error ? error : -ENOMEM;
    }
    *mapped = (struct mapped_file){
        .object = {.size_bytes = mapped_size,
                   .page = mapped_page,
                   .release = mapped_release,
                   .holds = 1},
        .file = file,
    };
    wanted->object = &mapped->object;
    wanted->offset = (uint64_t)offset;
    return 0;
}

/* ---- what programs call ---- */

static long map(void *address, size_t size_bytes, int protection, int flags, int fd, off_t offset)
{
    int type = flags & MAP_TYPE;
    struct mapping wanted = {
        .address = (uintptr_t)address & ~(PAGE_SIZE - 1),
        .size_bytes = pages_round(size_bytes),
        .access_max = MAPPING_WRITE | MAPPING_EXECUTE,
        .flags = mapping_flags_future,
    };
    int error = access_of(protection, &wanted.access);

    if (error)
        return error;
    if (!size_bytes || offset & (off_t)(PAGE_SIZE - 1) || type < MAP_SHARED ||
        type > MAP_SHARED_VALIDATE)
        return -EINVAL;
    if (!wanted.size_bytes)
        return offset < 0 && !(flags & MAP_ANONYMOUS) ? -EOVERFLOW : -ENOMEM;
    bool fixed = flags & (MAP_FIXED | MAP_FIXED_NOREPLACE);
    if (fixed && !is_page_start(address))
        return -EINVAL;
    if (flags & MAP_FIXED_NOREPLACE && !mapping_is_clear(wanted.address, wanted.size_bytes))
        return -EEXIST;
    wanted.flags |= (fixed ? MAPPING_FIXED : 0) | (flags & MAP_NORESERVE ? MAPPING_UNPROMISED : 0) |
                    (flags & (MAP_LOCKED | MAP_POPULATE) ? MAPPING_LOCKED : 0);
    if (!(flags & MAP_ANONYMOUS) && (error = file_map(fd, type != MAP_PRIVATE, offset, &wanted)))
        return error;
    uintptr_t start = mapping_create(&wanted);
    if (wanted.object)
        vm_object_release(wanted.object);
    return start ? (long)start : -ENOMEM;
}

void *mmap(void *address, size_t size_bytes, int protection, int flags, int fd, off_t offset)
{
    return (void *)result(map(address, size_bytes, protection, flags, fd, offset));
}

int munmap(void *address, size_t size_bytes)
{
    size_t whole_bytes = pages_round(size_bytes);

    if (!is_page_start(address) || !whole_bytes || (uintptr_t)address + whole_bytes < whole_bytes)
        return (int)result(-EINVAL);
    enum mapping_result removed = mapping_remove((uintptr_t)address, whole_bytes);
    memory_return();
    return (int)result(mapping_error(removed));
}

int mprotect(void *address, size_t size_bytes, int protection)
{
    size_t whole_bytes = pages_round(size_bytes);
    unsigned access;
    int error = access_of(protection, &access);

    if (error || !is_page_start(address))
        return (int)result(error ? error : -EINVAL);
    if (!size_bytes)
        return 0;
    if (!whole_bytes)
        return (int)result(-ENOMEM);
    return (int)result(mapping_error(mapping_protect((uintptr_t)address, whole_bytes, access)));
}
