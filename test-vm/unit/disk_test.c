/* SPDX-License-Identifier: MIT
 *
 * Disks and CD images: what is written is found again, at every size; cut and
 * damaged ones end in an answer, with the sanitizers watching.
 */
// sources: tools/formats/gpt.c tools/formats/fat.c tools/formats/checksum.c
// sources: tools/formats/format_iso.c tools/formats/format_vhd.c
// sources: tools/tree.c tools/output.c tools/temporary.c tools/file.c tools/text.c tools/error.c
// sources: -lcrypto
#include "tools/formats/boot_parts.h"
#include "tools/formats/checksum.h"
#include "tools/formats/gpt.h"
#include "tools/formats/media.h"
#include "unit.h"

enum { FUZZ_SECONDS = 3, KERNEL_BYTES_MAX = 40 << 20 };

static volatile size_t bytes_seen;

/* What the formats ask of the rest of the tool: boot loaders of no use. */
int boot_parts_check(const char **why)
{
    (void)why;
    return 0;
}

const struct boot_parts *boot_parts(void)
{
    static uint8_t bytes[5000] = {0xeb};
    static const struct boot_parts parts = {
        {bytes, 512}, {bytes, 5000}, {bytes, 4100}, {bytes, 3000}};
    return &parts;
}

void media_fact(struct media *media, const char *name, const char *text)
{
    (void)media, (void)name, (void)text;
}

int media_read_disk(struct media *media, struct file_bytes disk, const char **why)
{
    if (disk_read(&disk, &media->view, why))
        return -1;
    media->kernel = media->view.kernel;
    return 0;
}

static struct file_bytes kernel(size_t size_bytes)
{
    uint8_t *bytes = malloc(size_bytes);
    for (size_t i = 0; i < size_bytes; i++)
        bytes[i] = (uint8_t)(i * 7 + i / 512);
    return (struct file_bytes){bytes, size_bytes};
}

static struct format_source source_of(struct file_bytes elf)
{
    static const uint8_t build_id[BUILD_ID_BYTES] = {1, 2, 3};
    return (struct format_source){"name", "stem", elf, build_id};
}

static struct file_bytes written(const struct image_format *format, struct file_bytes elf)
{
    struct format_source source = source_of(elf);
    struct file_bytes file;
    const char *why;

    CHECK(format->check(&source, &why) == 0);
    struct output *output = output_open("disk");
    format->write(&source, output);
    output_close(output, 0600);
    output_publish(output);
    CHECK(file_map("disk", &file) == 0);
    return file;
}

static int read_as(const struct image_format *format, struct file_bytes file, struct media *media,
                   const char **why)
{
    *media = (struct media){.name = "disk", .file = file};
    *why = NULL;
    if (!format->recognise(&file))
        return -1;
    return format->read(media, why);
}

static void round_trip(const struct image_format *format, size_t size_bytes)
{
    static struct media media;
    const char *why = "";
    struct file_bytes elf = kernel(size_bytes), file = written(format, elf);

    if (read_as(format, file, &media, &why) != 0)
        fprintf(stderr, "%s, %zu bytes: %s\n", format->name, size_bytes, why);
    CHECK(read_as(format, file, &media, &why) == 0);
    CHECK(media.kernel.size_bytes == size_bytes);
    CHECK(memcmp(media.kernel.bytes, elf.bytes, size_bytes) == 0);
    file_unmap(&file);
    free((void *)(uintptr_t)elf.bytes);
}

/* Around the places where the number of clusters changes the kind of FAT. */
static void every_size(void)
{
    static const size_t sizes[] = {
        1,       511,     512,     513,     2047,    2048,    2049,     100000,          8350000,
        8359936, 8360000, 8362000, 8364032, 8366080, 8380000, 30000000, KERNEL_BYTES_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        round_trip(&format_vhd, sizes[i]);
        round_trip(&format_iso, sizes[i]);
    }
}

static void too_large(void)
{
    struct fat_volume volume = {.kernel = {NULL, (size_t)3 << 30}};
    const char *why = NULL;

    CHECK(fat_lay_out(&volume, &why) != 0);
    CHECK(why != NULL && strstr(why, "2 GB"));
    volume.kernel.size_bytes = (size_t)2000 << 20; /* the largest clusters */
    CHECK(fat_lay_out(&volume, &why) == 0);
    CHECK(volume.bits == 16 && volume.cluster_count <= 65524);
}

static void checksums(void)
{
    CHECK(checksum_crc32(CRC32_ISO, "123456789", 9) == 0xcbf43926);
    CHECK(checksum_crc32(CRC32_CASTAGNOLI, "123456789", 9) == 0xe3069283);
}

/* A damaged table whose checksums are right again: the reader must not rely on them. */
static void mend(uint8_t *disk)
{
    uint8_t *header = disk + SECTOR_BYTES;
    put32(header + 88, checksum_crc32(CRC32_ISO, disk + 2 * SECTOR_BYTES, 128 * 128));
    put32(header + 16, 0);
    put32(header + 16, checksum_crc32(CRC32_ISO, header, 92));
}

static void read_any(const struct image_format *format, const uint8_t *bytes, size_t size_bytes)
{
    static struct media media;
    const char *why = NULL;
    uint8_t *copy = malloc(size_bytes); /* exactly as long as it is */

    memcpy(copy, bytes, size_bytes);
    if (read_as(format, (struct file_bytes){copy, size_bytes}, &media, &why) == 0)
        for (size_t i = 0; i < media.kernel.size_bytes; i++)
            bytes_seen += media.kernel.bytes[i];
    free(copy);
}

static void damaged(const struct image_format *format)
{
    struct file_bytes elf = kernel(3000), file = written(format, elf);
    uint8_t *bytes = malloc(file.size_bytes);
    time_t end = time(NULL) + FUZZ_SECONDS;

    for (size_t cut = 0; cut < file.size_bytes; cut += 1 + cut / 8)
        read_any(format, file.bytes, cut);
    while (time(NULL) < end) {
        static const uint64_t regions[][2] = {{512, 92},         {1024, 256},
                                              {16 * 2048, 256},  {17 * 2048, 96},
                                              {21 * 2048, 2560}, {26 * 1024, 8192}};
        memcpy(bytes, file.bytes, file.size_bytes);
        for (size_t n = 1 + random_below(4); n; n--) {
            const uint64_t *region = regions[random_below(6)];
            size_t at = region[0] + random_below(region[1]);
            if (at < file.size_bytes)
                bytes[at] = (uint8_t)random_next();
        }
        if (random_below(4))
            mend(bytes);
        read_any(format, bytes, file.size_bytes);
    }
    free(bytes);
    file_unmap(&file);
    free((void *)(uintptr_t)elf.bytes);
}

static void damaged_disks(void)
{
    damaged(&format_vhd);
}

static void damaged_cds(void)
{
    damaged(&format_iso);
}

/* Volumes alone: each byte of the first sectors, each value. */
static void damaged_volumes(void)
{
    struct file_bytes elf = kernel(1000), file = written(&format_vhd, elf), found;
    static struct media media;
    const char *why;

    CHECK(read_as(&format_vhd, file, &media, &why) == 0);
    const struct disk_partition *efi = &media.view.partitions[1];
    uint8_t *bytes = malloc(efi->size_bytes);
    memcpy(bytes, file.bytes + efi->offset, efi->size_bytes);
    struct file_bytes volume = {bytes, efi->size_bytes};
    for (size_t at = 0; at < 4096 && at < efi->size_bytes; at++)
        for (int value = 0; value < 256; value += at < 64 ? 1 : 17) {
            uint8_t good = bytes[at];
            bytes[at] = (uint8_t)value;
            if (fat_find_kernel(&volume, &found, &why) == 0 && found.size_bytes)
                bytes_seen += found.bytes[found.size_bytes - 1];
            bytes[at] = good;
        }
    free(bytes);
    file_unmap(&file);
    free((void *)(uintptr_t)elf.bytes);
}

UNIT_MAIN(TEST(checksums), TEST(every_size), TEST(too_large), TEST(damaged_disks),
          TEST(damaged_cds), TEST(damaged_volumes))
