/* SPDX-License-Identifier: MIT
 *
 * vhdx: for Hyper-V. What qemu-img draws by lot (identifiers) or takes from its
 * own version (the creator) is set to values that follow from the image.
 */
#include "checksum.h"
#include "qemu_img.h"

#define CREATOR         8
#define CREATOR_BYTES   512
#define HEADER_1        0x10000
#define HEADER_2        0x20000
#define HEADER_BYTES    4096
#define REGIONS         0x30000
#define FILE_BYTES_MIN  (4 * MIB)
#define ENTRIES_MAX     2047
#define PAGE_83_ITEM    "\xab\x12\xca\xbe\xe6\xb2\x23\x45\x93\xef\xc3\x09\xe0\x00\xc7\x46"
#define METADATA_REGION "\x06\xa2\x7c\x8b\x90\x47\x9a\x4b\xb8\xfe\x57\x5f\x05\x0f\x88\x6e"

static int vhdx_check(const struct format_source *source, const char **why)
{
    return qemu_img_check(source, MIB, why);
}

static void patch_header(const struct format_source *source, const struct file_bytes *file,
                         struct output *output, uint64_t at, uint64_t sequence)
{
    uint8_t header[HEADER_BYTES];
    memcpy(header, file->bytes + at, sizeof header);
    memcpy(header + 16, guid_derive(source->build_id, "VHDX file").bytes, 16);
    memcpy(header + 32, guid_derive(source->build_id, "VHDX data").bytes, 16);
    put64(header + 8, sequence);
    put32(header + 4, 0);
    put32(header + 4, checksum_crc32(CRC32_CASTAGNOLI, header, sizeof header));
    output_patch(output, at, header, sizeof header);
}

/* What is left of a journal that was closed in order. */
static void clear_log(const struct file_bytes *file, struct output *output)
{
    static const uint8_t zeros[HEADER_BYTES];
    uint64_t at = get64(file->bytes + HEADER_1 + 72);
    uint64_t end = at + get32(file->bytes + HEADER_1 + 68);
    for (; at < end && end <= file->size_bytes; at += sizeof zeros)
        output_patch(output, at, zeros, sizeof zeros);
}

/* Where the identifier that a guest sees is; 0 when it is not found. */
static uint64_t find_page_83(const struct file_bytes *file)
{
    const uint8_t *regions = file->bytes + REGIONS;
    uint64_t metadata = 0;
    for (uint32_t i = 0; i < get32(regions + 8) && i < 16; i++)
        if (memcmp(regions + 16 + 32 * i, METADATA_REGION, 16) == 0)
            metadata = get64(regions + 16 + 32 * i + 16);
    if (!metadata || metadata > file->size_bytes - MIB)
        return 0;
    const uint8_t *table = file->bytes + metadata;
    for (uint32_t i = 0; i < get16(table + 10) && i < ENTRIES_MAX; i++)
        if (memcmp(table + 32 + 32 * i, PAGE_83_ITEM, 16) == 0)
            return metadata + get32(table + 32 + 32 * i + 16);
    return 0;
}

static void vhdx_write(const struct format_source *source, struct output *output)
{
    static const uint8_t creator[CREATOR_BYTES] = "T\0h\0i\0m\0b\0l\0e";
    struct file_bytes file =
        qemu_img_convert(source, MIB, "vhdx", "subformat=dynamic,block_size=1M", false);
    if (file.size_bytes < FILE_BYTES_MIN)
        die(EXIT_STATUS_FAILED, "%s: qemu-img made something that is no VHDX", output->path);
    uint64_t page_83 = find_page_83(&file);
    output_write(output, file.bytes, file.size_bytes);
    output_patch(output, CREATOR, creator, sizeof creator);
    patch_header(source, &file, output, HEADER_1, 1);
    patch_header(source, &file, output, HEADER_2, 2); /* the current one */
    clear_log(&file, output);
    if (page_83)
        output_patch(output, page_83, guid_derive(source->build_id, "VHDX disk").bytes, 16);
    file_unmap(&file);
}

static bool vhdx_recognise(const struct file_bytes *file)
{
    return file->size_bytes >= FILE_BYTES_MIN && memcmp(file->bytes, "vhdxfile", 8) == 0;
}

static int vhdx_read(struct media *media, const char **why)
{
    media_fact(media, "kind", "dynamic, blocks of 1 MiB");
    media_fact(media, "identifier", guid_text(media->file.bytes + HEADER_1 + 32));
    return qemu_img_read(media, media->path, "vhdx", why);
}

const struct image_format format_vhdx = {
    .name = "vhdx",
    .extension = ".vhdx",
    .title = "VHDX (Hyper-V)",
    .driver = "vhdx",
    .check = vhdx_check,
    .write = vhdx_write,
    .recognise = vhdx_recognise,
    .read = vhdx_read,
};
