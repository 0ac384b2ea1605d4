/* SPDX-License-Identifier: MIT
 *
 * raw: the bytes of a disk that boots by BIOS and by UEFI.
 */
#include "boot_parts.h"
#include "media.h"

static int raw_check(const struct format_source *source, const char **why)
{
    struct disk_plan plan;
    return boot_parts_check(why) || disk_lay_out(&plan, source, 1, why) ? -1 : 0;
}

static void raw_write(const struct format_source *source, struct output *output)
{
    struct disk_plan plan;
    const char *why;
    if (disk_lay_out(&plan, source, 1, &why) == 0)
        disk_write(&plan, output);
}

static int raw_read(struct media *media, const char **why)
{
    return media_read_disk(media, media->file, why);
}

const struct image_format format_raw = {
    .name = "raw",
    .extension = ".img",
    .title = "raw disk",
    .driver = "raw",
    .check = raw_check,
    .write = raw_write,
    .recognise = disk_recognise,
    .read = raw_read,
};
