/* SPDX-License-Identifier: MIT
 *
 * Writing and reading the partition table and what stands around it.
 */
#include "gpt.h"

#include "boot_parts.h"
#include "checksum.h"

#define ENTRY_COUNT       128
#define ENTRY_BYTES       128
#define HEADER_BYTES      92
#define TABLE_SECTORS     (ENTRY_COUNT * ENTRY_BYTES / SECTOR_BYTES)
#define FIRST_USABLE      (2 + TABLE_SECTORS)
#define ALIGNMENT_SECTORS 8    /* 4 KiB */
#define SECTORS_MIN       1016 /* SeaBIOS takes a smaller disk for a diskette */

/* Places in GRUB's boot.img and in the first sector of its disk.img. */
#define BOOT_KERNEL_SECTOR 0x5c
#define BOOT_DRIVE_CHECK   0x66
#define BOOT_CODE_BYTES    440
#define BLOCKS_START       0x1f4
#define BLOCKS_COUNT       0x1fc

static const uint8_t type_bios[16] = {0x48, 0x61, 0x68, 0x21, 0x49, 0x64, 0x6f, 0x6e,
                                      0x74, 0x4e, 0x65, 0x65, 0x64, 0x45, 0x46, 0x49};
static const uint8_t type_efi[16] = {0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11,
                                     0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b};

int disk_lay_out(struct disk_plan *plan, const struct format_source *source, uint64_t granule_bytes,
                 const char **why)
{
    struct guid serial = guid_derive(source->build_id, "FAT");
    *plan = (struct disk_plan){.build_id = source->build_id};
    plan->volume = (struct fat_volume){
        .loader = boot_parts()->uefi, .kernel = source->elf, .serial = get32(serial.bytes)};
    if (fat_lay_out(&plan->volume, why))
        return -1;
    plan->bios_first = round_up(FIRST_USABLE, ALIGNMENT_SECTORS);
    plan->bios_last =
        plan->bios_first + round_up(boot_parts()->disk.size_bytes, SECTOR_BYTES) / SECTOR_BYTES - 1;
    plan->efi_first = round_up(plan->bios_last + 1, ALIGNMENT_SECTORS);
    plan->efi_last = plan->efi_first + fat_size_bytes(&plan->volume) / SECTOR_BYTES - 1;
    uint64_t sectors = plan->efi_last + 1 + TABLE_SECTORS + 1;
    if (sectors < SECTORS_MIN)
        sectors = SECTORS_MIN;
    plan->sectors = round_up(sectors * SECTOR_BYTES, granule_bytes) / SECTOR_BYTES;
    return 0;
}

uint64_t disk_size_bytes(const struct disk_plan *plan)
{
    return plan->sectors * SECTOR_BYTES;
}

uint64_t disk_back_bytes(const struct disk_plan *plan)
{
    (void)plan;
    return (TABLE_SECTORS + 1) * SECTOR_BYTES;
}

/* GRUB's first sector, told where the rest is; after its code one partition
 * that covers the disk, so that old tools leave it alone. */
static void write_mbr(const struct disk_plan *plan, struct output *output)
{
    uint8_t sector[SECTOR_BYTES] = {0};
    memcpy(sector, boot_parts()->first_sector.bytes, BOOT_CODE_BYTES);
    put64(sector + BOOT_KERNEL_SECTOR, plan->bios_first);
    memset(sector + BOOT_DRIVE_CHECK, 0x90, 2); /* nop: believe the BIOS' drive number */
    static const uint8_t partition[8] = {0, 0, 2, 0, 0xee, 0xff, 0xff, 0xff};
    memcpy(sector + 446, partition, sizeof partition);
    put32(sector + 454, 1);
    put32(sector + 458,
          plan->sectors - 1 > UINT32_MAX ? UINT32_MAX : (uint32_t)(plan->sectors - 1));
    put16(sector + 510, 0xaa55);
    output_write(output, sector, sizeof sector);
}

static void set_entry(uint8_t *entry, const uint8_t *type, struct guid guid, uint64_t first,
                      uint64_t last, const char *name)
{
    memcpy(entry, type, 16);
    memcpy(entry + 16, guid.bytes, 16);
    put64(entry + 32, first);
    put64(entry + 40, last);
    for (int i = 0; name[i]; i++)
        put16(entry + 56 + 2 * i, (uint8_t)name[i]);
}

static const uint8_t *entries(const struct disk_plan *plan)
{
    uint8_t *table = memory_new(ENTRY_COUNT * ENTRY_BYTES);
    set_entry(table, type_bios, guid_derive(plan->build_id, "BIOS boot"), plan->bios_first,
              plan->bios_last, "BIOS boot");
    set_entry(table + ENTRY_BYTES, type_efi, guid_derive(plan->build_id, "EFI system"),
              plan->efi_first, plan->efi_last, "EFI system");
    return table;
}

static void write_header(const struct disk_plan *plan, struct output *output, const uint8_t *table,
                         uint64_t own, uint64_t other, uint64_t table_sector)
{
    uint8_t sector[SECTOR_BYTES] = {0};
    memcpy(sector, "EFI PART", 8);
    put32(sector + 8, 0x10000);
    put32(sector + 12, HEADER_BYTES);
    put64(sector + 24, own);
    put64(sector + 32, other);
    put64(sector + 40, FIRST_USABLE);
    put64(sector + 48, plan->sectors - TABLE_SECTORS - 2);
    memcpy(sector + 56, guid_derive(plan->build_id, "disk").bytes, 16);
    put64(sector + 72, table_sector);
    put32(sector + 80, ENTRY_COUNT);
    put32(sector + 84, ENTRY_BYTES);
    put32(sector + 88, checksum_crc32(CRC32_ISO, table, ENTRY_COUNT * ENTRY_BYTES));
    put32(sector + 16, checksum_crc32(CRC32_ISO, sector, HEADER_BYTES));
    output_write(output, sector, sizeof sector);
}

static void write_bios_partition(const struct disk_plan *plan, struct output *output)
{
    const struct file_bytes *core = &boot_parts()->disk;
    uint64_t sectors = plan->bios_last - plan->bios_first;
    uint8_t first[SECTOR_BYTES];
    memcpy(first, core->bytes, sizeof first);
    put64(first + BLOCKS_START, plan->bios_first + 1);
    put16(first + BLOCKS_COUNT, (uint16_t)sectors);
    output_write(output, first, sizeof first);
    output_write(output, core->bytes + SECTOR_BYTES, core->size_bytes - SECTOR_BYTES);
}

void disk_write_front(const struct disk_plan *plan, struct output *output)
{
    uint64_t start = output->size_bytes;
    const uint8_t *table = entries(plan);
    write_mbr(plan, output);
    write_header(plan, output, table, 1, plan->sectors - 1, 2);
    output_write(output, table, ENTRY_COUNT * ENTRY_BYTES);
    output_pad(output, start + plan->bios_first * SECTOR_BYTES);
    write_bios_partition(plan, output);
    output_pad(output, start + plan->efi_first * SECTOR_BYTES);
    fat_write(&plan->volume, output);
}

void disk_write_back(const struct disk_plan *plan, struct output *output)
{
    const uint8_t *table = entries(plan);
    output_write(output, table, ENTRY_COUNT * ENTRY_BYTES);
    write_header(plan, output, table, plan->sectors - 1, 1, plan->sectors - TABLE_SECTORS - 1);
}

void disk_write(const struct disk_plan *plan, struct output *output)
{
    uint64_t start = output->size_bytes;
    disk_write_front(plan, output);
    output_pad(output, start + disk_size_bytes(plan) - disk_back_bytes(plan));
    disk_write_back(plan, output);
}

bool disk_recognise(const struct file_bytes *disk)
{
    return disk->size_bytes > 2 * SECTOR_BYTES &&
           memcmp(disk->bytes + SECTOR_BYTES, "EFI PART", 8) == 0;
}

/* The header and its table, both with the right checksums. */
static bool read_header(const struct file_bytes *disk, uint64_t offset, struct file_bytes *header,
                        struct file_bytes *table)
{
    uint8_t copy[HEADER_BYTES];
    if (!bytes_slice(disk, offset, SECTOR_BYTES, header) ||
        memcmp(header->bytes, "EFI PART", 8) != 0 || get32(header->bytes + 12) != HEADER_BYTES)
        return false;
    memcpy(copy, header->bytes, sizeof copy);
    put32(copy + 16, 0);
    return checksum_crc32(CRC32_ISO, copy, sizeof copy) == get32(header->bytes + 16) &&
           get32(copy + 80) == ENTRY_COUNT && get32(copy + 84) == ENTRY_BYTES &&
           get64(copy + 72) < disk->size_bytes / SECTOR_BYTES &&
           bytes_slice(disk, get64(copy + 72) * SECTOR_BYTES, ENTRY_COUNT * ENTRY_BYTES, table) &&
           checksum_crc32(CRC32_ISO, table->bytes, table->size_bytes) == get32(copy + 88);
}

static bool read_entry(const struct file_bytes *disk, const uint8_t *entry, struct disk_view *view,
                       struct file_bytes *efi)
{
    struct file_bytes extent;
    uint64_t first = get64(entry + 32), last = get64(entry + 40);
    uint64_t sectors = disk->size_bytes / SECTOR_BYTES;
    if (first > last || last >= sectors ||
        !bytes_slice(disk, first * SECTOR_BYTES, (last - first + 1) * SECTOR_BYTES, &extent))
        return false;
    bool is_bios = memcmp(entry, type_bios, 16) == 0, is_efi = memcmp(entry, type_efi, 16) == 0;
    view->partitions[view->partition_count++] =
        (struct disk_partition){is_bios  ? "BIOS boot"
                                : is_efi ? "EFI system"
                                         : guid_text(entry),
                                first * SECTOR_BYTES, extent.size_bytes};
    view->boots_bios |= is_bios && get64(disk->bytes + BOOT_KERNEL_SECTOR) == first;
    if (is_efi)
        *efi = extent;
    return true;
}

int disk_read(const struct file_bytes *disk, struct disk_view *view, const char **why)
{
    static const uint8_t unused[16];
    struct file_bytes header, table, copy, efi = {0};
    *view = (struct disk_view){0};
    *why = "its partition table is cut short or damaged";
    if (!read_header(disk, SECTOR_BYTES, &header, &table) ||
        get64(header.bytes + 32) >= disk->size_bytes / SECTOR_BYTES)
        return -1;
    *why = "the copy of its partition table at the end is missing or damaged";
    struct file_bytes back;
    if (!read_header(disk, get64(header.bytes + 32) * SECTOR_BYTES, &back, &copy) ||
        memcmp(copy.bytes, table.bytes, table.size_bytes) != 0)
        return -1;
    *why = "a partition lies outside of it";
    view->guid = guid_text(header.bytes + 56);
    for (unsigned i = 0; i < ENTRY_COUNT; i++) {
        const uint8_t *entry = table.bytes + i * ENTRY_BYTES;
        if (memcmp(entry, unused, sizeof unused) != 0 && !read_entry(disk, entry, view, &efi))
            return -1;
    }
    *why = "it has no EFI system partition";
    if (!efi.size_bytes)
        return -1;
    view->boots_uefi = true;
    return fat_find_kernel(&efi, &view->kernel, why);
}
