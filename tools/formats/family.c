/* SPDX-License-Identifier: MIT
 *
 * Names and order of the files that one build makes.
 */
#include "family.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/contents.h"
#include "tools/temporary.h"

/* "-o app.iso" asks for that file and no other. */
static unsigned format_asked_by_name(struct request *request, unsigned formats)
{
    const struct image_format *format = request->output ? format_of_name(request->output) : NULL;
    if (!format)
        return formats;
    for (unsigned i = 0; image_formats[i]; i++)
        if (image_formats[i] == format &&
            (!formats || formats == 1u << i || format == &format_elf)) {
            request->output = text_copy_bytes(request->output,
                                              strlen(request->output) - strlen(format->extension));
            return formats ? formats : 1u << i;
        }
    return formats;
}

struct family family_start(struct request *request, unsigned formats)
{
    formats = format_asked_by_name(request, formats);
    request_settle(request);
    size_t length = strlen(request->output) - strlen(format_elf.extension);
    struct family family = {
        .stem = text_copy_bytes(request->output, length),
        .formats = formats ? formats : FORMAT_ELF | FORMAT_RAW,
        .usual = !formats,
    };
    if (!(family.formats & FORMAT_ELF)) {
        request->output = temporary_path("image.elf");
    }
    return family;
}

struct opened {
    struct image image;
    struct format_source source;
};

static void open_source(struct opened *opened, const char *elf, const char *stem)
{
    struct contents contents;
    const char *why;
    if (image_open(&opened->image, elf, stem))
        die(EXIT_STATUS_FAILED, "%s: the image cannot be read back", stem);
    if (contents_read(&opened->image, &contents, &why))
        die(EXIT_STATUS_FAILED, "%s: %s", stem, why);
    opened->source = (struct format_source){
        .program = contents.arguments.count ? contents.arguments.at[0] : "program",
        .stem = text_after_last(stem, '/'),
        .elf = opened->image.file,
        .build_id = opened->image.build_id,
    };
}

static void report(const struct request *request, const char *path, unsigned long long bytes)
{
    if (!request->quiet)
        printf("%s  %s\n", path, text_size(bytes));
}

void family_finish(const struct family *family, const struct request *request)
{
    struct opened opened;
    const char *why;
    open_source(&opened, request->output, family->stem);
    if (family->formats & FORMAT_ELF)
        report(request, request->output, opened.image.file.size_bytes);
    for (unsigned i = 1; image_formats[i]; i++) {
        if (!(family->formats & 1u << i))
            continue;
        const char *path = text_format("%s%s", family->stem, image_formats[i]->extension);
        if (family->usual && image_formats[i]->check(&opened.source, &why))
            warn("%s is left out: %s", path, why);
        else
            report(request, path,
                   format_write(image_formats[i], &opened.source, path, request->mode));
    }
    image_close(&opened.image);
}

unsigned long long family_write(const struct image_format *format, const char *elf,
                                const char *path, mode_t mode)
{
    struct opened opened;
    open_source(&opened, elf, path);
    unsigned long long bytes = format_write(format, &opened.source, path, mode);
    image_close(&opened.image);
    return bytes;
}

const char *family_lacks(const struct image_format *format, const char *elf)
{
    struct opened opened;
    const char *why = NULL;
    open_source(&opened, elf, elf);
    if (format->check(&opened.source, &why) == 0)
        why = NULL;
    image_close(&opened.image);
    return why;
}
