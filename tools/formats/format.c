/* SPDX-License-Identifier: MIT
 *
 * The table of formats, and the road that all of them go: check, write, read back.
 */
#include "format.h"

#include <string.h>
#include <sys/stat.h>

#include "media.h"
#include "tools/nearest.h"

const struct image_format *const image_formats[] = {
    &format_elf, &format_raw, &format_iso,  &format_qcow2, &format_vmdk,
    &format_ova, &format_vhd, &format_vhdx, &format_gce,   NULL,
};

const char *formats_list(void)
{
    const char *list = "";
    for (unsigned i = 0; image_formats[i]; i++)
        list = text_format("%s%s%s", list, i ? ", " : "", image_formats[i]->name);
    return list;
}

static unsigned parse_one(const char *option, const char *name)
{
    struct nearest nearest = nearest_start(name);
    for (unsigned i = 0; image_formats[i]; i++) {
        if (strcmp(image_formats[i]->name, name) == 0)
            return 1u << i;
        nearest_try(&nearest, image_formats[i]->name);
    }
    if (nearest.found)
        die(EXIT_STATUS_USAGE, "%s %s: unknown image format (did you mean %s? known: %s)", option,
            name, nearest.found, formats_list());
    die(EXIT_STATUS_USAGE, "%s %s: unknown image format; known: %s", option, name, formats_list());
}

unsigned formats_parse(const char *option, const char *list)
{
    unsigned set = 0;
    char *rest = text_copy(list);
    for (const char *name; (name = strsep(&rest, ","));)
        set |= parse_one(option, name);
    return set;
}

const struct image_format *format_of_name(const char *path)
{
    const char *name = text_after_last(path, '/');
    for (unsigned i = 0; image_formats[i]; i++)
        if (text_ends_with(name, image_formats[i]->extension) &&
            strlen(name) > strlen(image_formats[i]->extension))
            return image_formats[i];
    return NULL;
}

/* What was written must give back the very same kernel. */
static void verify(const struct image_format *format, const struct format_source *source,
                   const struct output *output)
{
    struct media media;
    if (media_open(&media, output->temporary, output->path) || media.format != format ||
        image_verify(&media.image) || media.kernel.size_bytes != source->elf.size_bytes ||
        memcmp(media.kernel.bytes, source->elf.bytes, source->elf.size_bytes) != 0)
        die(EXIT_STATUS_FAILED, "%s: what was written is not a good image; nothing was kept",
            output->path);
    media_close(&media);
}

unsigned long long format_write(const struct image_format *format,
                                const struct format_source *source, const char *path, mode_t mode)
{
    const char *why;
    if (format->check(source, &why))
        die(EXIT_STATUS_FAILED, "%s: %s", path, why);
    struct output *output = output_open(path);
    format->write(source, output);
    output_close(output, mode);
    verify(format, source, output);
    output_publish(output);
    return output->size_bytes;
}
