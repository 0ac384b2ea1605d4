/* SPDX-License-Identifier: MIT
 *
 * From a file to the image in it.
 */
#include "media.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/temporary.h"

/* Several formats are a raw disk with something around it: raw is asked last. */
static const struct image_format *recognise(const struct file_bytes *file)
{
    for (unsigned i = 0; image_formats[i]; i++)
        if (image_formats[i] != &format_raw && image_formats[i]->recognise(file))
            return image_formats[i];
    return format_raw.recognise(file) ? &format_raw : NULL;
}

bool media_recognise(const char *path)
{
    struct file_bytes file;
    struct stat status;
    if (access(path, R_OK) || stat(path, &status) || !S_ISREG(status.st_mode) ||
        file_map(path, &file))
        return false;
    const struct image_format *format = recognise(&file);
    file_unmap(&file);
    return format && format != &format_elf;
}

void media_fact(struct media *media, const char *name, const char *text)
{
    if (media->fact_count < MEDIA_FACTS_MAX)
        media->facts[media->fact_count++] = (struct media_fact){name, text};
}

int media_read_disk(struct media *media, struct file_bytes disk, const char **why)
{
    media->disk = disk;
    if (disk_read(&disk, &media->view, why))
        return -1;
    media->kernel = media->view.kernel;
    media->boots_bios = media->view.boots_bios;
    media->boots_uefi = media->view.boots_uefi;
    return 0;
}

int media_read_unpacked(struct media *media, const char *path, const char **why)
{
    *why = "it cannot be unpacked";
    media->unpacked_path = path;
    if (file_map(path, &media->unpacked))
        return -1;
    return media_read_disk(media, media->unpacked, why);
}

int media_open(struct media *media, const char *path, const char *name)
{
    const char *why = "";
    *media = (struct media){.path = path, .name = name};
    if (file_map(path, &media->file))
        return -1;
    media->format = recognise(&media->file);
    if (!media->format) /* the reader of ELF files says best what it is not */
        media->format = &format_elf;
    if (media->format->read(media, &why)) {
        failed("%s: not a Thimble image: %s", name, why);
        media_close(media);
        return -1;
    }
    if (image_open_bytes(&media->image, &media->kernel, name)) {
        media_close(media);
        return -1;
    }
    return 0;
}

void media_close(struct media *media)
{
    file_unmap(&media->file);
    file_unmap(&media->unpacked);
    if (media->unpacked_path)
        unlink(media->unpacked_path);
}
