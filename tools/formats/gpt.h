/* SPDX-License-Identifier: MIT
 *
 * The bootable disk: a protective MBR whose code starts GRUB under a BIOS, a GUID
 * partition table with GRUB's own partition and the EFI system partition, and
 * the table's copy at the end.
 */
#ifndef THIMBLE_TOOLS_FORMATS_GPT_H
#define THIMBLE_TOOLS_FORMATS_GPT_H

#include "fat.h"
#include "format.h"

#define MIB                 (1ull << 20)
#define DISK_PARTITIONS_MAX 128

struct disk_plan {
    struct fat_volume volume;
    uint64_t bios_first, bios_last; /* sectors */
    uint64_t efi_first, efi_last;
    uint64_t sectors;
    const uint8_t *build_id;
};

/* A disk whose size is a multiple of granule_bytes. -1 and a reason when the image does not fit. */
int disk_lay_out(struct disk_plan *plan, const struct format_source *source, uint64_t granule_bytes,
                 const char **why);
uint64_t disk_size_bytes(const struct disk_plan *plan);
/* In two pieces, for formats that leave out what lies between: zeros. */
void disk_write_front(const struct disk_plan *plan, struct output *output);
void disk_write_back(const struct disk_plan *plan, struct output *output);
uint64_t disk_back_bytes(const struct disk_plan *plan);
void disk_write(const struct disk_plan *plan, struct output *output);

/* A disk in untrusted bytes. */
struct disk_partition {
    const char *kind; /* "BIOS boot", "EFI system", or its type's GUID */
    uint64_t offset, size_bytes;
};

struct disk_view {
    const char *guid;
    unsigned partition_count;
    struct disk_partition partitions[DISK_PARTITIONS_MAX];
    bool boots_bios, boots_uefi;
    struct file_bytes kernel;
};

bool disk_recognise(const struct file_bytes *disk);
/* -1 and a reason when it is no disk of ours, or damaged. */
int disk_read(const struct file_bytes *disk, struct disk_view *view, const char **why);

#endif
