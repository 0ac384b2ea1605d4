/* SPDX-License-Identifier: MIT
 *
 * Mapped files of the root file system. Nobody can change them, so that every mapping
 * may have copies of its own.
 */
#include <stdlib.h>

#include "kernel/mapping.h"
#include "libc-glue/glue.h"

struct constant_file {
    struct vm_object object;
    const char *bytes;
};

/* Called from page faults: see kernel/mapping.h. The bytes lie in the image. */
__attribute__((target("general-regs-only"))) static void *page(struct vm_object *object,
                                                               uint64_t offset, bool for_writing)
{
    (void)for_writing;
    return (char *)((struct constant_file *)object)->bytes + offset;
}

static void release(struct vm_object *object)
{
    free(object);
}

int rootfs_file_map(struct file *file, struct vm_object **object)
{
    struct constant_file *constant;
    size_t size_bytes;
    const char *bytes = rootfs_file_bytes(file->node, &size_bytes);

    if (!bytes)
        return -ENODEV;
    constant = malloc(sizeof(*constant));
    if (!constant)
        return -ENOMEM;
    *constant = (struct constant_file){
        .object = {.size_bytes = size_bytes,
                   .is_constant = true,
                   .page = page,
                   .release = release,
                   .holds = 1},
        .bytes = bytes,
    };
    *object = &constant->object;
    return 0;
}
