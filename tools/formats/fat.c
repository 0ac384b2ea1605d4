/* SPDX-License-Identifier: MIT
 *
 * Laying out, writing and reading the FAT volume.
 *
 *   boot sector, spare sectors up to a multiple of 2048 bytes for the data
 *   two allocation tables
 *   the root folder                   THIMBLE (label), EFI, THIMBLE.ELF
 *   cluster 2                         EFI/
 *   cluster 3                         EFI/BOOT/
 *   from cluster 4                    BOOTX64.EFI, then THIMBLE.ELF
 */
#include "fat.h"

#define CLUSTER_SECTORS_MIN 4  /* an ISO image's sector */
#define CLUSTER_SECTORS_MAX 64 /* what every firmware reads */
#define TABLE_COUNT         2
#define ENTRY_BYTES         32
#define ROOT_ENTRIES        (SECTOR_BYTES / ENTRY_BYTES)
#define CLUSTER_FIRST       2
#define CLUSTER_EFI         2
#define CLUSTER_BOOT        3
#define CLUSTER_FILES       4
#define FAT12_CLUSTERS_MAX  4084 /* the count decides the kind, by definition */
#define FAT16_CLUSTERS_MAX  65524

#define ATTRIBUTE_LABEL  0x08
#define ATTRIBUTE_FOLDER 0x10
#define ATTRIBUTE_FILE   0x20
#define DATE_FIRST       0x0021 /* 1 January 1980, the earliest there is */

static const char kernel_name[] = "THIMBLE ELF";

static uint32_t clusters(const struct fat_volume *volume, uint64_t size_bytes)
{
    return (uint32_t)(round_up(size_bytes, volume->cluster_sectors * SECTOR_BYTES) /
                      (volume->cluster_sectors * SECTOR_BYTES));
}

int fat_lay_out(struct fat_volume *volume, const char **why)
{
    uint64_t total_bytes = volume->loader.size_bytes + volume->kernel.size_bytes;
    *why = "it is larger than 2 GB, which its boot partition cannot hold";
    if (total_bytes > 2040ull << 20)
        return -1;
    volume->cluster_sectors = CLUSTER_SECTORS_MIN;
    while (clusters(volume, total_bytes) + CLUSTER_FILES > FAT16_CLUSTERS_MAX - 2)
        volume->cluster_sectors *= 2;
    if (volume->cluster_sectors > CLUSTER_SECTORS_MAX)
        return -1;
    volume->loader_clusters = clusters(volume, volume->loader.size_bytes);
    volume->kernel_clusters = clusters(volume, volume->kernel.size_bytes);
    volume->cluster_count =
        CLUSTER_FILES - CLUSTER_FIRST + volume->loader_clusters + volume->kernel_clusters;
    volume->bits = volume->cluster_count <= FAT12_CLUSTERS_MAX ? 12 : 16;
    uint64_t table_bytes = ((uint64_t)volume->cluster_count + CLUSTER_FIRST) * volume->bits / 8 + 1;
    volume->table_sectors = (uint32_t)(round_up(table_bytes, SECTOR_BYTES) / SECTOR_BYTES);
    uint32_t others = TABLE_COUNT * volume->table_sectors + 1;
    volume->data_sector = (uint32_t)round_up(1 + others, CLUSTER_SECTORS_MIN);
    volume->reserved_sectors = volume->data_sector - others;
    return 0;
}

uint64_t fat_size_bytes(const struct fat_volume *volume)
{
    return (volume->data_sector + (uint64_t)volume->cluster_count * volume->cluster_sectors) *
           SECTOR_BYTES;
}

uint64_t fat_kernel_offset(const struct fat_volume *volume)
{
    uint64_t cluster = CLUSTER_FILES - CLUSTER_FIRST + volume->loader_clusters;
    return (volume->data_sector + cluster * volume->cluster_sectors) * SECTOR_BYTES;
}

static void boot_sector(const struct fat_volume *volume, uint8_t *sector)
{
    uint64_t sectors = fat_size_bytes(volume) / SECTOR_BYTES;
    memcpy(sector, "\xeb\x3c\x90THIMBLE ", 11);
    put16(sector + 11, SECTOR_BYTES);
    sector[13] = (uint8_t)volume->cluster_sectors;
    put16(sector + 14, (uint16_t)volume->reserved_sectors);
    sector[16] = TABLE_COUNT;
    put16(sector + 17, ROOT_ENTRIES);
    put16(sector + 19, sectors < 0x10000 ? (uint16_t)sectors : 0);
    sector[21] = 0xf8; /* a disk that stays */
    put16(sector + 22, (uint16_t)volume->table_sectors);
    put16(sector + 24, 32);
    put16(sector + 26, 64);
    put32(sector + 32, sectors < 0x10000 ? 0 : (uint32_t)sectors);
    sector[36] = 0x80;
    sector[38] = 0x29; /* the next three are there */
    put32(sector + 39, volume->serial);
    memcpy(sector + 43, "THIMBLE    ", 11);
    memcpy(sector + 54, volume->bits == 12 ? "FAT12   " : "FAT16   ", 8);
    memcpy(sector + 62, "\xfa\xf4\xeb\xfd", 4); /* cli; hlt: this sector boots nothing */
    put16(sector + 510, 0xaa55);
}

static void table_set(const struct fat_volume *volume, uint8_t *table, uint32_t cluster,
                      uint32_t next)
{
    uint8_t *at = table + (uint64_t)cluster * volume->bits / 8;
    if (volume->bits == 16)
        put16(at, (uint16_t)next);
    else if (cluster & 1)
        put16(at, (uint16_t)((get16(at) & 0x000f) | next << 4));
    else
        put16(at, (uint16_t)((get16(at) & 0xf000) | (next & 0xfff)));
}

static void table_chain(const struct fat_volume *volume, uint8_t *table, uint32_t first,
                        uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        table_set(volume, table, first + i, i + 1 < count ? first + i + 1 : 0xffff);
}

static void write_tables(const struct fat_volume *volume, struct output *output)
{
    size_t bytes = (size_t)volume->table_sectors * SECTOR_BYTES;
    uint8_t *table = memory_new(bytes);
    table_set(volume, table, 0, 0xfff8);
    table_set(volume, table, 1, 0xffff);
    table_chain(volume, table, CLUSTER_EFI, 1);
    table_chain(volume, table, CLUSTER_BOOT, 1);
    table_chain(volume, table, CLUSTER_FILES, volume->loader_clusters);
    table_chain(volume, table, CLUSTER_FILES + volume->loader_clusters, volume->kernel_clusters);
    for (int i = 0; i < TABLE_COUNT; i++)
        output_write(output, table, bytes);
}

static uint8_t *add_entry(uint8_t *entry, const char *name, uint8_t attribute, uint32_t cluster,
                          uint64_t size_bytes)
{
    memcpy(entry, name, 11);
    entry[11] = attribute;
    put16(entry + 16, DATE_FIRST);
    put16(entry + 18, DATE_FIRST);
    put16(entry + 24, DATE_FIRST);
    put16(entry + 26, (uint16_t)cluster);
    put32(entry + 28, (uint32_t)size_bytes);
    return entry + ENTRY_BYTES;
}

/* A folder's first sector; the rest of its cluster is zeros. */
static void write_folder(struct output *output, const uint8_t *entries, uint64_t size_bytes)
{
    output_write(output, entries, SECTOR_BYTES);
    output_pad(output, output->size_bytes + size_bytes - SECTOR_BYTES);
}

static void write_folders(const struct fat_volume *volume, struct output *output)
{
    uint8_t root[SECTOR_BYTES] = {0}, efi[SECTOR_BYTES] = {0}, boot[SECTOR_BYTES] = {0};
    uint64_t cluster_bytes = volume->cluster_sectors * SECTOR_BYTES;
    uint8_t *at = add_entry(root, "THIMBLE    ", ATTRIBUTE_LABEL, 0, 0);
    at = add_entry(at, "EFI        ", ATTRIBUTE_FOLDER, CLUSTER_EFI, 0);
    add_entry(at, kernel_name, ATTRIBUTE_FILE, CLUSTER_FILES + volume->loader_clusters,
              volume->kernel.size_bytes);
    at = add_entry(efi, ".          ", ATTRIBUTE_FOLDER, CLUSTER_EFI, 0);
    at = add_entry(at, "..         ", ATTRIBUTE_FOLDER, 0, 0);
    add_entry(at, "BOOT       ", ATTRIBUTE_FOLDER, CLUSTER_BOOT, 0);
    at = add_entry(boot, ".          ", ATTRIBUTE_FOLDER, CLUSTER_BOOT, 0);
    at = add_entry(at, "..         ", ATTRIBUTE_FOLDER, CLUSTER_EFI, 0);
    add_entry(at, "BOOTX64 EFI", ATTRIBUTE_FILE, CLUSTER_FILES, volume->loader.size_bytes);
    write_folder(output, root, SECTOR_BYTES);
    write_folder(output, efi, cluster_bytes);
    write_folder(output, boot, cluster_bytes);
}

void fat_write(const struct fat_volume *volume, struct output *output)
{
    uint64_t start = output->size_bytes;
    uint64_t cluster_bytes = volume->cluster_sectors * SECTOR_BYTES;
    uint8_t sector[SECTOR_BYTES] = {0};
    boot_sector(volume, sector);
    output_write(output, sector, sizeof sector);
    output_pad(output, start + volume->reserved_sectors * SECTOR_BYTES);
    write_tables(volume, output);
    write_folders(volume, output);
    output_write(output, volume->loader.bytes, volume->loader.size_bytes);
    output_pad(output, output->size_bytes + volume->loader_clusters * cluster_bytes -
                           volume->loader.size_bytes);
    output_write(output, volume->kernel.bytes, volume->kernel.size_bytes);
    output_pad(output, start + fat_size_bytes(volume));
}

/* Reading: only what leads to the kernel. */
struct fat_place {
    uint32_t cluster_bytes, root_entries;
    uint64_t root, data; /* offsets */
};

static bool read_boot_sector(const struct file_bytes *volume, struct fat_place *place)
{
    const uint8_t *sector = volume->bytes;
    if (volume->size_bytes < SECTOR_BYTES || get16(sector + 510) != 0xaa55 ||
        get16(sector + 11) != SECTOR_BYTES || !sector[13] || !sector[16])
        return false;
    place->cluster_bytes = sector[13] * SECTOR_BYTES;
    place->root_entries = get16(sector + 17);
    place->root = (get16(sector + 14) + (uint64_t)sector[16] * get16(sector + 22)) * SECTOR_BYTES;
    place->data = place->root + place->root_entries * ENTRY_BYTES;
    return place->root_entries != 0;
}

int fat_find_kernel(const struct file_bytes *volume, struct file_bytes *kernel, const char **why)
{
    struct fat_place place;
    struct file_bytes root;
    *why = "its boot partition is no FAT volume, or a damaged one";
    if (!read_boot_sector(volume, &place) ||
        !bytes_slice(volume, place.root, place.root_entries * ENTRY_BYTES, &root))
        return -1;
    for (uint32_t i = 0; i < place.root_entries; i++) {
        const uint8_t *entry = root.bytes + i * ENTRY_BYTES;
        if (memcmp(entry, kernel_name, 11) != 0)
            continue;
        uint64_t cluster = get16(entry + 26);
        *why = "its THIMBLE.ELF lies outside of its boot partition";
        if (cluster < CLUSTER_FIRST ||
            !bytes_slice(volume, place.data + (cluster - CLUSTER_FIRST) * place.cluster_bytes,
                         get32(entry + 28), kernel))
            return -1;
        return 0;
    }
    *why = "there is no THIMBLE.ELF in its boot partition";
    return -1;
}
