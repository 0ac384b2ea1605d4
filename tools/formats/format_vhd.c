/* SPDX-License-Identifier: MIT
 *
 * vhd: a fixed disk of whole MiB, as Azure wants it: the raw disk and a footer,
 * which is written here rather than by qemu-img for the sake of its time stamp
 * and its identifier.
 */
#include "boot_parts.h"
#include "checksum.h"
#include "media.h"

#define FOOTER_BYTES  512
#define COOKIE        "conectix"
#define CHECKSUM      64
#define KIND_FIXED    2
#define NO_MORE_HEADS UINT64_MAX

static uint32_t footer_checksum(const uint8_t *footer)
{
    uint32_t sum = 0;
    for (int i = 0; i < FOOTER_BYTES; i++)
        sum += i < CHECKSUM || i >= CHECKSUM + 4 ? footer[i] : 0;
    return ~sum;
}

/* Cylinders, heads and sectors by the specification's own rule; nobody boots by them. */
static uint32_t geometry(uint64_t sectors)
{
    uint64_t per_track = 17, heads, tracks;
    tracks = sectors / per_track;
    heads = (tracks + 1023) / 1024;
    if (heads < 4)
        heads = 4;
    if (tracks >= heads * 1024 || heads > 16) {
        per_track = 31;
        heads = 16;
        tracks = sectors / per_track;
    }
    if (tracks >= heads * 1024) {
        per_track = 63;
        heads = 16;
        tracks = sectors / per_track;
    }
    uint64_t cylinders = tracks / heads;
    if (cylinders > 65535)
        cylinders = 65535;
    return (uint32_t)(cylinders << 16 | heads << 8 | per_track);
}

static int vhd_check(const struct format_source *source, const char **why)
{
    struct disk_plan plan;
    return boot_parts_check(why) || disk_lay_out(&plan, source, MIB, why) ? -1 : 0;
}

static void vhd_write(const struct format_source *source, struct output *output)
{
    struct disk_plan plan;
    const char *why;
    uint8_t footer[FOOTER_BYTES] = COOKIE;
    if (disk_lay_out(&plan, source, MIB, &why))
        return;
    disk_write(&plan, output);
    put32_big(footer + 8, 2); /* reserved, always set */
    put32_big(footer + 12, 0x10000);
    put64_big(footer + 16, NO_MORE_HEADS);
    /* Made by: QEMU believes the size below, and not the geometry, for names it
     * knows. The time before it stays 2000-01-01. */
    memcpy(footer + 28, "qem2", 4);
    put32_big(footer + 32, 0x10000);
    memcpy(footer + 36, "Wi2k", 4);
    put64_big(footer + 40, disk_size_bytes(&plan));
    put64_big(footer + 48, disk_size_bytes(&plan));
    put32_big(footer + 56, geometry(plan.sectors));
    put32_big(footer + 60, KIND_FIXED);
    memcpy(footer + 68, guid_derive(source->build_id, "VHD").bytes, 16);
    put32_big(footer + CHECKSUM, footer_checksum(footer));
    output_write(output, footer, sizeof footer);
}

static bool vhd_recognise(const struct file_bytes *file)
{
    return file->size_bytes > FOOTER_BYTES &&
           memcmp(file->bytes + file->size_bytes - FOOTER_BYTES, COOKIE, 8) == 0;
}

static int vhd_read(struct media *media, const char **why)
{
    struct file_bytes disk = {media->file.bytes, media->file.size_bytes - FOOTER_BYTES};
    const uint8_t *footer = disk.bytes + disk.size_bytes;
    *why = "its footer is damaged";
    if (be32toh(get32(footer + CHECKSUM)) != footer_checksum(footer) ||
        be32toh(get32(footer + 60)) != KIND_FIXED || be64toh(get64(footer + 48)) != disk.size_bytes)
        return -1;
    media_fact(media, "kind", "fixed, of whole MiB");
    media_fact(media, "identifier", guid_text(footer + 68));
    return media_read_disk(media, disk, why);
}

const struct image_format format_vhd = {
    .name = "vhd",
    .extension = ".vhd",
    .title = "fixed VHD (Azure, Hyper-V)",
    .driver = "vpc",
    .check = vhd_check,
    .write = vhd_write,
    .recognise = vhd_recognise,
    .read = vhd_read,
};
