/* SPDX-License-Identifier: MIT
 *
 * Takes a bundle's entries apart. Untrusted bytes: every offset is checked here.
 */
#include "contents.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "rootfs_view.h"

static const struct bundle_entry *entry_of(const struct image *image, enum bundle_type type,
                                           const uint8_t **bytes)
{
    const struct bundle_entry *entry = bundle_find(&image->bundle, type);
    *bytes = entry ? image->bundle.bytes + entry->offset : NULL;
    return entry;
}

static struct part_row *row_named(struct contents *contents, const char *name)
{
    for (size_t i = 0; i < contents->part_count; i++)
        if (strcmp(contents->parts[i].name, name) == 0)
            return &contents->parts[i];
    size_t bytes = contents->part_count * sizeof *contents->parts;
    contents->parts = memory_grow(contents->parts, bytes, bytes + sizeof *contents->parts);
    struct part_row *row = &contents->parts[contents->part_count++];
    row->name = text_copy(name);
    return row;
}

static int read_parts(const struct image *image, struct contents *contents)
{
    const uint8_t *bytes;
    const struct bundle_entry *entry = entry_of(image, BUNDLE_PARTS, &bytes);
    uint64_t count = entry ? entry->size_bytes / sizeof(struct part) : 0;
    if (count > 1000)
        return -1;
    for (uint64_t i = 0; i < count; i++) {
        struct part part;
        memcpy(&part, bytes + i * sizeof part, sizeof part);
        part.name[sizeof part.name - 1] = 0;
        if (part.kind >= PART_KINDS)
            return -1;
        row_named(contents, part.name)->bytes[part.kind] += part.size_bytes;
    }
    return 0;
}

static int by_size(const void *a, const void *b)
{
    const struct function_row *x = a, *y = b;
    if (x->size_bytes != y->size_bytes)
        return x->size_bytes > y->size_bytes ? -1 : 1;
    return x->address < y->address ? -1 : x->address > y->address;
}

static int read_functions(const struct image *image, struct contents *contents)
{
    const uint8_t *bytes;
    const struct bundle_entry *entry = entry_of(image, BUNDLE_SYMBOLS, &bytes);
    struct symbol_reader reader;
    struct function_name next;
    if (!entry)
        return 0;
    if (!symbols_start(&reader, bytes, entry->size_bytes))
        return -1;
    size_t room = entry->size_bytes / 2 + 1; /* a record takes two bytes at least */
    contents->functions = memory_new(room * sizeof *contents->functions);
    struct function_row *open_row = NULL;
    while (symbols_next(&reader, &next)) {
        if (open_row)
            open_row->size_bytes = next.address - open_row->address;
        open_row = NULL;
        if (next.name_bytes) {
            open_row = &contents->functions[contents->function_count++];
            open_row->name = text_copy_bytes(next.name, next.name_bytes);
            open_row->address = next.address;
        }
    }
    if (contents->function_count)
        qsort(contents->functions, contents->function_count, sizeof *contents->functions, by_size);
    return reader.damaged ? -1 : 0;
}

static int read_manifest(const struct image *image, struct contents *contents)
{
    const uint8_t *bytes;
    struct manifest header;
    const struct bundle_entry *entry = entry_of(image, BUNDLE_MANIFEST, &bytes);
    if (!entry)
        return 0;
    if (entry->size_bytes < sizeof header)
        return -1;
    memcpy(&header, bytes, sizeof header);
    const char *at = (const char *)bytes + sizeof header;
    const char *end = (const char *)bytes + entry->size_bytes;
    uint64_t count = (uint64_t)header.argc + header.envc;
    for (uint64_t i = 0; i < count; i++) {
        const char *nul = memchr(at, 0, (size_t)(end - at));
        if (!nul)
            return -1;
        strings_add(i < header.argc ? &contents->arguments : &contents->environment, at);
        at = nul + 1;
    }
    return 0;
}

static int read_files(const struct image *image, struct contents *contents)
{
    const uint8_t *bytes;
    struct rootfs_view view;
    const struct bundle_entry *entry = entry_of(image, BUNDLE_ROOTFS, &bytes);
    if (!entry)
        return 0;
    if (rootfs_open(&view, bytes, entry->size_bytes))
        return -1;
    uint32_t count = view.header.node_count;
    contents->files = memory_new(count * sizeof *contents->files);
    for (uint32_t i = 1; i < count; i++) { /* a parent always stands before its children */
        struct rootfs_node node = rootfs_node(&view, i);
        const char *parent = node.parent ? contents->files[node.parent - 1].path : "";
        struct file_row *row = &contents->files[contents->file_count++];
        row->path = text_format("%s/%s", parent, rootfs_name(&view, &node));
        row->mode = node.mode;
        row->size_bytes = node.size_bytes;
        if (S_ISLNK(node.mode))
            row->target = text_copy_bytes((const char *)bytes + node.data_offset, node.size_bytes);
        if (S_ISREG(node.mode)) {
            contents->regular_count++;
            contents->file_bytes += node.size_bytes;
        }
    }
    return 0;
}

int contents_read(const struct image *image, struct contents *contents, const char **why)
{
    static const struct reader {
        int (*read)(const struct image *, struct contents *);
        const char *why;
    } readers[] = {
        {read_parts, "its table of parts is damaged"},
        {read_functions, "its function names are damaged"},
        {read_manifest, "its manifest is damaged"},
        {read_files, "its root file system is damaged"},
    };
    *contents = (struct contents){0};
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        if (readers[i].read(image, contents)) {
            *why = readers[i].why;
            return -1;
        }
    return 0;
}

const struct licence licences[] = {
    {{"kernel", "drivers", "glue"}, "Thimble", "MIT"},
    {{"libc", "libm"}, "newlib", "BSD and similar permissive licences (licenses/newlib)"},
    {{"lwip"}, "lwIP", "BSD-3-Clause"},
    {{"libgcc"}, "libgcc", "GPL-3.0-or-later WITH GCC-exception-3.1"},
};
const size_t licence_count = sizeof licences / sizeof *licences;

bool licence_applies(const struct licence *licence, const struct contents *contents)
{
    for (size_t i = 0; i < contents->part_count; i++)
        for (size_t j = 0; j < 4 && licence->parts[j]; j++)
            if (strcmp(contents->parts[i].name, licence->parts[j]) == 0)
                return true;
    return false;
}
