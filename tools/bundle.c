/* SPDX-License-Identifier: MIT
 *
 * Writing and reading bundles.
 */
#include "bundle.h"

#include <string.h>

#include "parts.h"

#define PAGE_BYTES 4096

static struct bytes manifest_pack(const struct request *request)
{
    struct strings texts = {0};
    strings_add(&texts, request->name);
    strings_append(&texts, &request->arguments);
    strings_append(&texts, &request->environment);
    struct manifest header = {(uint32_t)request->arguments.count + 1,
                              (uint32_t)request->environment.count};
    size_t bytes = sizeof header;
    for (size_t i = 0; i < texts.count; i++)
        bytes += strlen(texts.at[i]) + 1;
    uint8_t *manifest = memory_new(bytes);
    memcpy(manifest, &header, sizeof header);
    char *to = (char *)manifest + sizeof header;
    for (size_t i = 0; i < texts.count; i++)
        to = stpcpy(to, texts.at[i]) + 1;
    return (struct bytes){manifest, bytes};
}

static void add(struct bundle_plan *plan, enum bundle_type type, struct bytes contents)
{
    uint32_t index = plan->entry_count++;
    plan->entries[index] = (struct bundle_entry){.type = type, .size_bytes = contents.size_bytes};
    plan->contents[index] = contents.at;
}

static void place(struct bundle_plan *plan)
{
    uint64_t at = sizeof(struct bundle) + plan->entry_count * sizeof *plan->entries;
    for (uint32_t i = 0; i < plan->entry_count; i++) {
        uint64_t alignment = plan->entries[i].type == BUNDLE_ROOTFS ? PAGE_BYTES : 8;
        at = (at + alignment - 1) / alignment * alignment;
        plan->entries[i].offset = at;
        at += plan->entries[i].size_bytes;
    }
    plan->size_bytes = at;
}

static void add_rootfs(struct bundle_plan *plan, const struct request *request)
{
    if (!request->roots.count)
        return;
    plan->rootfs = rootfs_scan(&request->roots);
    add(plan, BUNDLE_ROOTFS, (struct bytes){NULL, plan->rootfs.layout.size_bytes});
}

struct bundle_plan bundle_lay_out(const struct request *request, const struct elf64_symbols *table,
                                  const uint8_t program_id[PROGRAM_ID_BYTES])
{
    static uint8_t no_build_id[BUILD_ID_BYTES];
    struct bundle_plan plan = {0};
    add(&plan, BUNDLE_MANIFEST, manifest_pack(request));
    add(&plan, BUNDLE_SYMBOLS, symbols_pack(table));
    add(&plan, BUNDLE_PARTS, parts_pack(table));
    add(&plan, BUNDLE_PROGRAM_ID,
        (struct bytes){(uint8_t *)(uintptr_t)program_id, PROGRAM_ID_BYTES});
    add(&plan, BUNDLE_BUILD_ID, (struct bytes){no_build_id, sizeof no_build_id});
    add_rootfs(&plan, request);
    place(&plan);
    return plan;
}

struct bundle_plan bundle_lay_out_again(const struct bundle_view *old,
                                        const struct request *request)
{
    struct bundle_plan plan = {0};
    for (uint32_t i = 0; i < old->entry_count; i++) {
        const struct bundle_entry *entry = &old->entries[i];
        uint8_t *contents = (uint8_t *)(uintptr_t)(old->bytes + entry->offset);
        if (entry->type == BUNDLE_MANIFEST)
            add(&plan, BUNDLE_MANIFEST, manifest_pack(request));
        else if (entry->type != BUNDLE_ROOTFS || !request->roots.count)
            add(&plan, (enum bundle_type)entry->type, (struct bytes){contents, entry->size_bytes});
    }
    add_rootfs(&plan, request);
    place(&plan);
    return plan;
}

uint64_t bundle_write(const struct bundle_plan *plan, struct output *output)
{
    uint64_t start = output->size_bytes, build_id_at = 0;
    struct bundle header = {BUNDLE_MAGIC, BUNDLE_VERSION, plan->entry_count, plan->size_bytes};
    output_write(output, &header, sizeof header);
    output_write(output, plan->entries, plan->entry_count * sizeof *plan->entries);
    for (uint32_t i = 0; i < plan->entry_count; i++) {
        const struct bundle_entry *entry = &plan->entries[i];
        output_pad(output, start + entry->offset);
        if (entry->type == BUNDLE_BUILD_ID) {
            build_id_at = output->size_bytes;
            output_write_unhashed(output, plan->contents[i], entry->size_bytes);
        } else if (!plan->contents[i]) {
            rootfs_write(&plan->rootfs, output);
        } else {
            output_write(output, plan->contents[i], entry->size_bytes);
        }
    }
    return build_id_at;
}

int bundle_open(struct bundle_view *view, const uint8_t *bytes, uint64_t size_bytes,
                const char **why)
{
    struct bundle header;
    *view = (struct bundle_view){.bytes = bytes};
    *why = "its bundle is cut short or damaged";
    if (size_bytes < sizeof header)
        return -1;
    memcpy(&header, bytes, sizeof header);
    if (header.magic != BUNDLE_MAGIC)
        return -1;
    if (header.version != BUNDLE_VERSION) {
        *why = "it was made by another version of this tool";
        return -1;
    }
    uint64_t table_bytes = (uint64_t)header.entry_count * sizeof *view->entries;
    if (header.entry_count > BUNDLE_ENTRIES_MAX || header.size_bytes > size_bytes ||
        table_bytes > size_bytes - sizeof header)
        return -1;
    view->entry_count = header.entry_count;
    view->size_bytes = header.size_bytes;
    memcpy(view->entries, bytes + sizeof header, table_bytes);
    for (uint32_t i = 0; i < view->entry_count; i++) {
        const struct bundle_entry *entry = &view->entries[i];
        if (entry->offset > view->size_bytes ||
            entry->size_bytes > view->size_bytes - entry->offset)
            return -1;
    }
    return 0;
}

const struct bundle_entry *bundle_find(const struct bundle_view *view, enum bundle_type type)
{
    for (uint32_t i = 0; i < view->entry_count; i++)
        if (view->entries[i].type == (uint32_t)type)
            return &view->entries[i];
    return NULL;
}
