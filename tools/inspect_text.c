/* SPDX-License-Identifier: MIT
 *
 * An image described for people.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "inspect.h"
#include "kernel/abi/bundle.h"
#include "program_id.h"
#include "quoting.h"

/* The disk around the image. */
static void print_medium(const struct media *media)
{
    for (unsigned i = 0; i < media->fact_count; i++)
        printf("%-13s%s\n", media->facts[i].name, media->facts[i].text);
    if (media->view.guid)
        printf("disk         %s, GPT %s\n", text_size(media->disk.size_bytes), media->view.guid);
    for (unsigned i = 0; i < media->view.partition_count; i++) {
        const struct disk_partition *partition = &media->view.partitions[i];
        printf("partition %u  %s, %s at byte %llu\n", i + 1, partition->kind,
               text_size(partition->size_bytes), (unsigned long long)partition->offset);
    }
    if (media->boots_bios)
        printf("boots by     BIOS (GRUB)\n");
    if (media->boots_uefi)
        printf("boots by     UEFI (GRUB as EFI/BOOT/BOOTX64.EFI)\n");
    printf("kernel       THIMBLE.ELF, %s; of it:\n", text_size(media->kernel.size_bytes));
}

static void print_head(const struct media *media, const struct image *image)
{
    printf("%s: %s, %s (%zu bytes)\n", image->path, media->format->title,
           text_size(media->file.size_bytes), media->file.size_bytes);
    if (media->format != &format_elf)
        print_medium(media);
    printf("build id     %s, verified\n", build_id_hex(image));
    char id[PROGRAM_ID_TEXT_BYTES];
    if (program_id_text(&image->bundle, id))
        printf("program id   %s\n", id);
    struct boot_protocol protocols[PROTOCOL_COUNT];
    boot_protocols(image, protocols);
    for (unsigned i = 0; i < PROTOCOL_COUNT; i++)
        if (protocols[i].entry)
            printf("%-13s%s, entry %#llx (%s)\n", i ? "" : "boots by", protocols[i].name,
                   (unsigned long long)protocols[i].entry, protocols[i].used_by);
}

void print_manifest(const struct contents *contents)
{
    printf("program      %s\n", quote_list(&contents->arguments));
    for (size_t i = 0; i < contents->environment.count; i++)
        printf("%-13s%s\n", i ? "" : "environment", quote_if_needed(contents->environment.at[i]));
}

static void print_segments(const struct image *image)
{
    printf("\nsegments        address     in file   in memory\n");
    for (unsigned i = 0; i < image->elf.segment_count; i++) {
        Elf64_Phdr segment = elf64_segment(&image->elf, i);
        if (segment.p_type == PT_LOAD)
            printf("  %s  %#16llx  %10llu  %10llu%s\n", segment_rights(segment.p_flags),
                   (unsigned long long)segment.p_vaddr, (unsigned long long)segment.p_filesz,
                   (unsigned long long)segment.p_memsz,
                   segment.p_vaddr == image->bundle_segment.p_vaddr ? "  bundle" : "");
    }
}

static void print_part(const char *name, const uint64_t *bytes)
{
    uint64_t total = 0;
    printf("  %-12s", name);
    for (unsigned i = 0; i < PART_KINDS; i++) {
        printf("%10llu", (unsigned long long)bytes[i]);
        total += bytes[i];
    }
    printf("%10llu\n", (unsigned long long)total);
}

static void print_parts(const struct contents *contents)
{
    uint64_t sums[PART_KINDS] = {0};
    printf("\nparts               text    rodata      data       bss     total\n");
    for (size_t i = 0; i < contents->part_count; i++) {
        print_part(contents->parts[i].name, contents->parts[i].bytes);
        for (unsigned j = 0; j < PART_KINDS; j++)
            sums[j] += contents->parts[i].bytes[j];
    }
    print_part("all", sums);
}

static void print_bundle(const struct image *image)
{
    printf("\nbundle\n");
    for (uint32_t i = 0; i < image->bundle.entry_count; i++) {
        const struct bundle_entry *entry = &image->bundle.entries[i];
        printf("  %-12s%10llu\n", bundle_entry_name(entry->type),
               (unsigned long long)entry->size_bytes);
    }
}

static void print_functions(const struct contents *contents)
{
    if (contents->function_count)
        printf("\nbiggest of %zu functions\n", contents->function_count);
    for (size_t i = 0; i < contents->function_count && i < BIGGEST_COUNT; i++)
        printf("  %10llu  %s\n", (unsigned long long)contents->functions[i].size_bytes,
               contents->functions[i].name);
}

static void print_files(const struct contents *contents, bool list)
{
    if (!contents->files)
        return;
    printf("\nroot file system: %zu files, %s\n", contents->regular_count,
           text_size(contents->file_bytes));
    for (size_t i = 0; list && i < contents->file_count; i++) {
        const struct file_row *row = &contents->files[i];
        const char kind = S_ISDIR(row->mode) ? 'd' : S_ISLNK(row->mode) ? 'l' : '-';
        printf("  %c %04o %10llu  %s%s%s\n", kind, row->mode & 07777,
               (unsigned long long)row->size_bytes, row->path, row->target ? " -> " : "",
               row->target ? row->target : "");
    }
}

static void print_licences(const struct contents *contents, bool boot_loader)
{
    printf("\nlicences\n");
    for (size_t i = 0; i < licence_count; i++)
        if (licence_applies(&licences[i], contents))
            printf("  %-12s%s\n", licences[i].work, licences[i].licence);
    if (boot_loader)
        printf("  %-12s%s\n", "GRUB", "GPL 3 or later, a program of its own on the disk");
    printf("  %-12s%s\n", "program", "its own");
}

void inspect_text(const struct inspection *inspection)
{
    print_head(inspection->media, inspection->image);
    print_manifest(inspection->contents);
    print_segments(inspection->image);
    print_parts(inspection->contents);
    print_bundle(inspection->image);
    print_functions(inspection->contents);
    print_files(inspection->contents, inspection->files);
    print_licences(inspection->contents, inspection->media->format != &format_elf);
}
