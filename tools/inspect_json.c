/* SPDX-License-Identifier: MIT
 *
 * An image described for programs.
 */
#include <stdio.h>

#include "inspect.h"
#include "json_values.h"
#include "program_id.h"

static json_t *firmware_entry(const char *firmware)
{
    return json_pack("{s:s, s:s}", "firmware", firmware, "loader", "GRUB");
}

/* Every way to start it: of the disk, when it is one, and of the kernel. */
static json_t *boot_list(const struct media *media, const struct image *image)
{
    json_t *array = json_array();
    if (media->boots_bios)
        json_array_append_new(array, firmware_entry("BIOS"));
    if (media->boots_uefi)
        json_array_append_new(array, firmware_entry("UEFI"));
    struct boot_protocol protocols[PROTOCOL_COUNT];
    boot_protocols(image, protocols);
    for (unsigned i = 0; i < PROTOCOL_COUNT; i++)
        if (protocols[i].entry)
            json_array_append_new(array, json_pack("{s:s, s:o}", "protocol", protocols[i].name,
                                                   "entry", json_from_integer(protocols[i].entry)));
    return array;
}

static json_t *segment_list(const struct image *image)
{
    json_t *array = json_array();
    for (unsigned i = 0; i < image->elf.segment_count; i++) {
        Elf64_Phdr segment = elf64_segment(&image->elf, i);
        if (segment.p_type != PT_LOAD)
            continue;
        json_array_append_new(array, json_pack("{s:o, s:o, s:o, s:s, s:b}", "address",
                                               json_from_integer(segment.p_vaddr), "file_bytes",
                                               json_from_integer(segment.p_filesz), "memory_bytes",
                                               json_from_integer(segment.p_memsz), "rights",
                                               segment_rights(segment.p_flags), "bundle",
                                               segment.p_vaddr == image->bundle_segment.p_vaddr));
    }
    return array;
}

static json_t *part_list(const struct contents *contents)
{
    json_t *array = json_array();
    for (size_t i = 0; i < contents->part_count; i++) {
        const uint64_t *bytes = contents->parts[i].bytes;
        json_array_append_new(array, json_pack("{s:o, s:o, s:o, s:o, s:o}", "name",
                                               json_from_text(contents->parts[i].name), "text",
                                               json_from_integer(bytes[PART_TEXT]), "rodata",
                                               json_from_integer(bytes[PART_RODATA]), "data",
                                               json_from_integer(bytes[PART_DATA]), "bss",
                                               json_from_integer(bytes[PART_BSS])));
    }
    return array;
}

static json_t *bundle_list(const struct image *image)
{
    json_t *object = json_object();
    for (uint32_t i = 0; i < image->bundle.entry_count; i++)
        json_object_set_new(object, bundle_entry_name(image->bundle.entries[i].type),
                            json_from_integer(image->bundle.entries[i].size_bytes));
    return object;
}

static json_t *function_list(const struct contents *contents)
{
    json_t *array = json_array();
    for (size_t i = 0; i < contents->function_count && i < BIGGEST_COUNT; i++)
        json_array_append_new(
            array, json_pack("{s:o, s:o, s:o}", "name", json_from_text(contents->functions[i].name),
                             "address", json_from_integer(contents->functions[i].address), "bytes",
                             json_from_integer(contents->functions[i].size_bytes)));
    return array;
}

static json_t *file_list(const struct contents *contents)
{
    json_t *array = json_array();
    for (size_t i = 0; i < contents->file_count; i++) {
        const struct file_row *row = &contents->files[i];
        json_array_append_new(array,
                              json_from_file(row->path, row->mode, row->size_bytes, row->target));
    }
    return array;
}

static json_t *licence_list(const struct contents *contents, bool boot_loader)
{
    json_t *array = json_array();
    for (size_t i = 0; i < licence_count; i++)
        if (licence_applies(&licences[i], contents))
            json_array_append_new(array, json_pack("{s:s, s:s}", "work", licences[i].work,
                                                   "licence", licences[i].licence));
    if (boot_loader)
        json_array_append_new(array,
                              json_pack("{s:s, s:s}", "work", "GRUB", "licence", "GPL 3 or later"));
    return array;
}

static json_t *partition_list(const struct disk_view *view)
{
    json_t *array = json_array();
    for (unsigned i = 0; i < view->partition_count; i++)
        json_array_append_new(
            array, json_pack("{s:s, s:o, s:o}", "kind", view->partitions[i].kind, "offset",
                             json_from_integer(view->partitions[i].offset), "bytes",
                             json_from_integer(view->partitions[i].size_bytes)));
    return array;
}

static void add_medium(json_t *root, const struct media *media)
{
    json_object_set_new(root, "format", json_string(media->format->name));
    if (media->format == &format_elf)
        return;
    json_object_set_new(root, "kernel_bytes", json_from_integer(media->kernel.size_bytes));
    for (unsigned i = 0; i < media->fact_count; i++)
        json_object_set_new(root, media->facts[i].name, json_from_text(media->facts[i].text));
    if (!media->view.guid)
        return;
    json_object_set_new(root, "disk_bytes", json_from_integer(media->disk.size_bytes));
    json_object_set_new(root, "disk_guid", json_string(media->view.guid));
    json_object_set_new(root, "partitions", partition_list(&media->view));
}

static void add_rootfs(json_t *root, const struct inspection *inspection)
{
    const struct contents *contents = inspection->contents;
    if (!contents->files)
        return;
    json_t *rootfs = json_pack("{s:o, s:o}", "files", json_from_integer(contents->regular_count),
                               "bytes", json_from_integer(contents->file_bytes));
    if (inspection->files)
        json_object_set_new(rootfs, "list", file_list(contents));
    json_object_set_new(root, "rootfs", rootfs);
}

void inspect_json(const struct inspection *inspection)
{
    const struct image *image = inspection->image;
    const struct contents *contents = inspection->contents;
    json_t *root = json_object();
    json_object_set_new(root, "file", json_from_text(image->path));
    json_object_set_new(root, "bytes", json_from_integer(inspection->media->file.size_bytes));
    add_medium(root, inspection->media);
    json_object_set_new(root, "build_id", json_from_text(build_id_hex(image)));
    char id[PROGRAM_ID_TEXT_BYTES];
    if (program_id_text(&image->bundle, id))
        json_object_set_new(root, "program_id", json_string(id));
    json_object_set_new(root, "boot", boot_list(inspection->media, image));
    json_object_set_new(root, "arguments", json_from_list(&contents->arguments));
    json_object_set_new(root, "environment", json_from_list(&contents->environment));
    json_object_set_new(root, "segments", segment_list(image));
    json_object_set_new(root, "parts", part_list(contents));
    json_object_set_new(root, "bundle", bundle_list(image));
    json_object_set_new(root, "function_count", json_from_integer(contents->function_count));
    json_object_set_new(root, "biggest_functions", function_list(contents));
    add_rootfs(root, inspection);
    json_object_set_new(root, "licences",
                        licence_list(contents, inspection->media->format != &format_elf));
    json_dumpf(root, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(root);
}
