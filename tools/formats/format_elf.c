/* SPDX-License-Identifier: MIT
 *
 * elf: the image as it is, for hypervisors that load a kernel directly.
 */
#include <elf.h>
#include <string.h>

#include "media.h"

static int elf_check(const struct format_source *source, const char **why)
{
    (void)source, (void)why;
    return 0;
}

static void elf_write(const struct format_source *source, struct output *output)
{
    output_write(output, source->elf.bytes, source->elf.size_bytes);
}

static bool elf_recognise(const struct file_bytes *file)
{
    return file->size_bytes >= SELFMAG && memcmp(file->bytes, ELFMAG, SELFMAG) == 0;
}

/* Whether it is an image of ours is found out when it is opened as one. */
static int elf_read(struct media *media, const char **why)
{
    (void)why;
    media->kernel = media->file;
    return 0;
}

const struct image_format format_elf = {
    .name = "elf",
    .extension = ".elf",
    .title = "ELF kernel",
    .check = elf_check,
    .write = elf_write,
    .recognise = elf_recognise,
    .read = elf_read,
};
