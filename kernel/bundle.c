/* SPDX-License-Identifier: MIT
 *
 * Finds what mkimage appended to the image.
 */
#include "kernel/abi/bundle.h"
#include "kernel/kernel.h"
#include "kernel/program.h"

extern const struct bundle image_bundle;

/* An image straight from the linker has none. */
static bool bundle_present(void)
{
    return image_bundle.magic == BUNDLE_MAGIC && image_bundle.version == BUNDLE_VERSION;
}

const void *bundle_find(enum bundle_type type, size_t *size_bytes)
{
    for (uint32_t i = 0; bundle_present() && i < image_bundle.entry_count; i++) {
        const struct bundle_entry *entry = &image_bundle.entries[i];
        if (entry->type == type) {
            *size_bytes = entry->size_bytes;
            return (const char *)&image_bundle + entry->offset;
        }
    }
    *size_bytes = 0;
    return NULL;
}

/* The first page belongs to the bundle even when nothing was appended. */
uint64_t bundle_end(void)
{
    uint64_t end = (uint64_t)&image_bundle + (bundle_present() ? image_bundle.size_bytes : 1);

    return (end + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
}

const void *program_rootfs(void)
{
    size_t size;

    return bundle_find(BUNDLE_ROOTFS, &size);
}
