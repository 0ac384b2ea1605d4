/* SPDX-License-Identifier: MIT
 *
 * iso: a CD image that boots by BIOS and by UEFI (El Torito). Written here and
 * not by xorriso: the kernel stands in it once, as a file of the CD for GRUB and
 * within the FAT volume that UEFI starts from, and the bytes never change.
 *
 *   sector 16   volume descriptor, boot record, end
 *          19   path tables (little- and big-endian), root folder, boot catalog
 *          23   BIOS.IMG: GRUB for a BIOS
 *               EFI.IMG: FAT volume, and in it THIMBLE.ELF
 */
#include "boot_parts.h"
#include "checksum.h"
#include "gpt.h"
#include "media.h"

#define CD_SECTOR 2048

enum {
    SECTOR_VOLUME = 16,
    SECTOR_BOOT_RECORD,
    SECTOR_END,
    SECTOR_PATHS_LITTLE,
    SECTOR_PATHS_BIG,
    SECTOR_ROOT,
    SECTOR_CATALOG,
    SECTOR_FILES,
};

#define BIOS_LOAD_SECTORS   4 /* of 512 bytes: GRUB's cdboot.img, which loads the rest */
#define BOOT_INFO           8 /* where BIOS.IMG is told about itself */
/* GRUB reads such pieces of a CD, and gets rubbish when one reaches past the end. */
#define READ_AHEAD          (32 << 10)
#define PATH_TABLE_BYTES    10
#define EL_TORITO           "EL TORITO SPECIFICATION"
#define RECORD_FOLDER       2
#define PLATFORM_EFI        0xef
#define CATALOG_BOOTABLE    0x88
#define CATALOG_LAST_HEADER 0x91
#define DATE_YEAR           80 /* since 1900 */
#define DATE_TEXT           "1980010100000000"

struct cd_plan {
    struct fat_volume volume;
    struct file_bytes bios;
    uint32_t bios_sector, efi_sector, sectors;
};

static int lay_out(struct cd_plan *plan, const struct format_source *source, const char **why)
{
    struct guid serial = guid_derive(source->build_id, "FAT");
    *plan = (struct cd_plan){
        .volume = {.loader = boot_parts()->uefi,
                   .kernel = source->elf,
                   .serial = get32(serial.bytes)},
        .bios = boot_parts()->cd,
        .bios_sector = SECTOR_FILES,
    };
    if (fat_lay_out(&plan->volume, why))
        return -1;
    plan->efi_sector =
        plan->bios_sector + (uint32_t)(round_up(plan->bios.size_bytes, CD_SECTOR) / CD_SECTOR);
    uint64_t bytes = (uint64_t)plan->efi_sector * CD_SECTOR + fat_size_bytes(&plan->volume);
    plan->sectors = (uint32_t)(round_up(bytes, READ_AHEAD) / CD_SECTOR);
    return 0;
}

static void put_both32(uint8_t *at, uint32_t value)
{
    put32(at, value);
    put32_big(at + 4, value);
}

static void put_both16(uint8_t *at, uint16_t value)
{
    put16(at, value);
    at[2] = (uint8_t)(value >> 8);
    at[3] = (uint8_t)value;
}

static uint8_t *put_record(uint8_t *at, const char *name, size_t name_bytes, uint32_t sector,
                           uint64_t size_bytes, uint8_t flags)
{
    at[0] = (uint8_t)(33 + name_bytes + !(name_bytes & 1));
    put_both32(at + 2, sector);
    put_both32(at + 10, (uint32_t)size_bytes);
    at[18] = DATE_YEAR;
    at[19] = at[20] = 1;
    at[25] = flags;
    put_both16(at + 28, 1);
    at[32] = (uint8_t)name_bytes;
    memcpy(at + 33, name, name_bytes);
    return at + at[0];
}

static void write_sector(struct output *output, const uint8_t *sector)
{
    output_write(output, sector, CD_SECTOR);
}

static void put_text(uint8_t *at, const char *text, size_t max_bytes)
{
    memset(at, ' ', max_bytes);
    memcpy(at, text, strlen(text));
}

static void write_volume_descriptor(const struct cd_plan *plan, struct output *output)
{
    uint8_t sector[CD_SECTOR] = {1};
    memcpy(sector + 1, "CD001\1", 6);
    put_text(sector + 8, "", 32);
    put_text(sector + 40, "THIMBLE", 32);
    put_both32(sector + 80, plan->sectors);
    put_both16(sector + 120, 1);
    put_both16(sector + 124, 1);
    put_both16(sector + 128, CD_SECTOR);
    put_both32(sector + 132, PATH_TABLE_BYTES);
    put32(sector + 140, SECTOR_PATHS_LITTLE);
    put32_big(sector + 148, SECTOR_PATHS_BIG);
    put_record(sector + 156, "", 1, SECTOR_ROOT, CD_SECTOR, RECORD_FOLDER);
    put_text(sector + 190, "", 4 * 128 + 3 * 37);
    for (int i = 0; i < 4; i++) { /* made, changed; never ends, good from now on */
        put_text(sector + 813 + 17 * i, i < 2 ? DATE_TEXT : "0000000000000000", 16);
        sector[813 + 17 * i + 16] = 0;
    }
    sector[881] = 1;
    write_sector(output, sector);
}

static void write_boot_record(struct output *output)
{
    uint8_t sector[CD_SECTOR] = {0};
    memcpy(sector + 1, "CD001\1", 6);
    memcpy(sector + 7, EL_TORITO, sizeof EL_TORITO - 1);
    put32(sector + 71, SECTOR_CATALOG);
    write_sector(output, sector);
    memset(sector, 0, sizeof sector);
    sector[0] = 255;
    memcpy(sector + 1, "CD001\1", 6);
    write_sector(output, sector);
}

static void write_folders(const struct cd_plan *plan, struct output *output)
{
    uint8_t little[CD_SECTOR] = {1}, big[CD_SECTOR] = {1}, root[CD_SECTOR] = {0};
    put32(little + 2, SECTOR_ROOT);
    put16(little + 6, 1);
    put32_big(big + 2, SECTOR_ROOT);
    big[7] = 1;
    write_sector(output, little);
    write_sector(output, big);
    uint32_t kernel_sector =
        plan->efi_sector + (uint32_t)(fat_kernel_offset(&plan->volume) / CD_SECTOR);
    uint8_t *at = put_record(root, "\0", 1, SECTOR_ROOT, CD_SECTOR, RECORD_FOLDER);
    at = put_record(at, "\1", 1, SECTOR_ROOT, CD_SECTOR, RECORD_FOLDER);
    at = put_record(at, "BIOS.IMG;1", 10, plan->bios_sector, plan->bios.size_bytes, 0);
    at = put_record(at, "BOOT.CAT;1", 10, SECTOR_CATALOG, CD_SECTOR, 0);
    at = put_record(at, "EFI.IMG;1", 9, plan->efi_sector, fat_size_bytes(&plan->volume), 0);
    put_record(at, "THIMBLE.ELF;1", 13, kernel_sector, plan->volume.kernel.size_bytes, 0);
    write_sector(output, root);
}

static void write_catalog(const struct cd_plan *plan, struct output *output)
{
    uint8_t sector[CD_SECTOR] = {1};
    uint64_t efi_sectors = fat_size_bytes(&plan->volume) / SECTOR_BYTES;
    put16(sector + 28, 0x55aa); /* makes the sum of the first 16 words zero */
    put16(sector + 30, 0xaa55);
    sector[32] = CATALOG_BOOTABLE;
    put16(sector + 38, BIOS_LOAD_SECTORS);
    put32(sector + 40, plan->bios_sector);
    sector[64] = CATALOG_LAST_HEADER;
    sector[65] = PLATFORM_EFI;
    put16(sector + 66, 1);
    sector[96] = CATALOG_BOOTABLE;
    put16(sector + 102, efi_sectors > 0xffff ? 0 : (uint16_t)efi_sectors);
    put32(sector + 104, plan->efi_sector);
    write_sector(output, sector);
}

/* BIOS.IMG learns where it is: it loads its own rest. */
static void write_bios(const struct cd_plan *plan, struct output *output)
{
    uint8_t first[CD_SECTOR];
    uint32_t sum = 0;
    const struct file_bytes *bios = &plan->bios;
    for (size_t at = 64; at < bios->size_bytes; at += 4) {
        uint8_t word[4] = {0};
        memcpy(word, bios->bytes + at, bios->size_bytes - at < 4 ? bios->size_bytes - at : 4);
        sum += get32(word);
    }
    memcpy(first, bios->bytes, sizeof first);
    put32(first + BOOT_INFO, SECTOR_VOLUME);
    put32(first + BOOT_INFO + 4, plan->bios_sector);
    put32(first + BOOT_INFO + 8, (uint32_t)bios->size_bytes);
    put32(first + BOOT_INFO + 12, sum);
    output_write(output, first, sizeof first);
    output_write(output, bios->bytes + sizeof first, bios->size_bytes - sizeof first);
}

static int iso_check(const struct format_source *source, const char **why)
{
    struct cd_plan plan;
    return boot_parts_check(why) || lay_out(&plan, source, why) ? -1 : 0;
}

static void iso_write(const struct format_source *source, struct output *output)
{
    struct cd_plan plan;
    const char *why;
    if (lay_out(&plan, source, &why))
        return;
    output_pad(output, SECTOR_VOLUME * CD_SECTOR);
    write_volume_descriptor(&plan, output);
    write_boot_record(output);
    write_folders(&plan, output);
    write_catalog(&plan, output);
    write_bios(&plan, output);
    output_pad(output, (uint64_t)plan.efi_sector * CD_SECTOR);
    fat_write(&plan.volume, output);
    output_pad(output, (uint64_t)plan.sectors * CD_SECTOR);
}

static bool iso_recognise(const struct file_bytes *file)
{
    return file->size_bytes > SECTOR_FILES * CD_SECTOR &&
           memcmp(file->bytes + SECTOR_VOLUME * CD_SECTOR, "\1CD001\1", 7) == 0;
}

static int iso_read(struct media *media, const char **why)
{
    const struct file_bytes *file = &media->file;
    const uint8_t *record = file->bytes + SECTOR_BOOT_RECORD * CD_SECTOR;
    struct file_bytes catalog, efi;
    *why = "a CD image that does not boot";
    if (memcmp(record + 7, EL_TORITO, sizeof EL_TORITO - 1) != 0 ||
        !bytes_slice(file, (uint64_t)get32(record + 71) * CD_SECTOR, CD_SECTOR, &catalog))
        return -1;
    media->boots_bios = catalog.bytes[32] == CATALOG_BOOTABLE;
    *why = "a CD image that does not boot by UEFI";
    if (catalog.bytes[65] != PLATFORM_EFI || catalog.bytes[96] != CATALOG_BOOTABLE)
        return -1;
    media->boots_uefi = true;
    *why = "the CD image is cut short";
    uint64_t start = (uint64_t)get32(catalog.bytes + 104) * CD_SECTOR;
    uint64_t volume_bytes =
        (uint64_t)get32(file->bytes + SECTOR_VOLUME * CD_SECTOR + 80) * CD_SECTOR;
    if (volume_bytes > file->size_bytes || start > volume_bytes ||
        !bytes_slice(file, start, volume_bytes - start, &efi))
        return -1;
    return fat_find_kernel(&efi, &media->kernel, why);
}

const struct image_format format_iso = {
    .name = "iso",
    .extension = ".iso",
    .title = "CD image",
    .driver = "raw",
    .check = iso_check,
    .write = iso_write,
    .recognise = iso_recognise,
    .read = iso_read,
};
