/* SPDX-License-Identifier: MIT
 *
 * gce: for Google Compute Engine, a gzipped tar with a disk.raw of whole GiB. The
 * tar is of GNU's old sparse kind, the one that GCE takes, which libarchive reads
 * but does not write: so the one header of it is written here.
 */
#include <stdio.h>
#include <unistd.h>

#include "archive.h"
#include "boot_parts.h"
#include "media.h"
#include "tools/temporary.h"

#define GIB            (1ull << 30)
#define MEMBER         "disk.raw"
#define BLOCK_BYTES    512
#define TAR_END_BYTES  1024
#define SPARSE_MAP     386
#define SPARSE_SIZE    483
#define CHECKSUM       148
#define DISK_BYTES_MAX (4 * GIB)

static void put_octal(uint8_t *at, int digits, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%0*llo", digits, (unsigned long long)value);
    memcpy(at, text, (size_t)digits);
}

/* Two pieces: what is in the front of the disk, and the partition table at its end. */
static void tar_header(uint8_t *header, const uint64_t *offsets, const uint64_t *sizes)
{
    unsigned sum = 0;
    memcpy(header, MEMBER, sizeof MEMBER);
    put_octal(header + 100, 7, 0644);
    put_octal(header + 108, 7, 0);
    put_octal(header + 116, 7, 0);
    put_octal(header + 124, 11, sizes[0] + sizes[1]);
    put_octal(header + 136, 11, 0);
    header[156] = 'S';
    memcpy(header + 257, "ustar  ", 8);
    for (int i = 0; i < 2; i++) {
        put_octal(header + SPARSE_MAP + 24 * i, 11, offsets[i]);
        put_octal(header + SPARSE_MAP + 24 * i + 12, 11, sizes[i]);
    }
    put_octal(header + SPARSE_SIZE, 11, offsets[1] + sizes[1]);
    memset(header + CHECKSUM, ' ', 8);
    for (int i = 0; i < BLOCK_BYTES; i++)
        sum += header[i];
    put_octal(header + CHECKSUM, 6, sum);
    header[CHECKSUM + 6] = 0;
}

static int gce_check(const struct format_source *source, const char **why)
{
    struct disk_plan plan;
    return boot_parts_check(why) || disk_lay_out(&plan, source, GIB, why) ? -1 : 0;
}

/* The two pieces of the disk as a file, to be packed. */
static struct file_bytes write_pieces(const struct disk_plan *plan, uint64_t *sizes)
{
    struct file_bytes pieces;
    const char *path = temporary_path("disk.pieces");
    struct output *output = output_open(path);
    disk_write_front(plan, output);
    output_pad(output, round_up(output->size_bytes, BLOCK_BYTES));
    sizes[0] = output->size_bytes;
    disk_write_back(plan, output);
    sizes[1] = output->size_bytes - sizes[0];
    output_close(output, 0600);
    output_publish(output);
    if (file_map(path, &pieces))
        die(EXIT_STATUS_FAILED, "a temporary file cannot be read");
    unlink(path);
    return pieces;
}

static void gce_write(const struct format_source *source, struct output *output)
{
    struct disk_plan plan;
    const char *why;
    uint64_t sizes[2], offsets[2] = {0};
    uint8_t header[BLOCK_BYTES] = {0};
    static const uint8_t end[TAR_END_BYTES];
    if (disk_lay_out(&plan, source, GIB, &why))
        return;
    struct file_bytes pieces = write_pieces(&plan, sizes);
    offsets[1] = disk_size_bytes(&plan) - sizes[1];
    tar_header(header, offsets, sizes);
    struct archive *archive = archive_gzip_start(output);
    archive_gzip_add(archive, header, sizeof header);
    archive_gzip_add(archive, pieces.bytes, pieces.size_bytes);
    archive_gzip_add(archive, end, sizeof end);
    archive_gzip_end(archive);
    file_unmap(&pieces);
}

static bool gce_recognise(const struct file_bytes *file)
{
    return file->size_bytes > 18 && memcmp(file->bytes, "\x1f\x8b\x08", 3) == 0 &&
           archive_starts_with(file, MEMBER);
}

static int gce_read(struct media *media, const char **why)
{
    static unsigned serial;
    const char *raw = temporary_path(text_format("gce-%u", serial++));
    if (archive_unpack(&media->file, MEMBER, DISK_BYTES_MAX, raw, why)) {
        unlink(raw);
        return -1;
    }
    media_fact(media, "kind", MEMBER " of whole GiB in a sparse tar");
    return media_read_unpacked(media, raw, why);
}

const struct image_format format_gce = {
    .name = "gce",
    .extension = ".tar.gz",
    .title = "disk for Google Compute Engine",
    .check = gce_check,
    .write = gce_write,
    .recognise = gce_recognise,
    .read = gce_read,
};
