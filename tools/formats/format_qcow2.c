/* SPDX-License-Identifier: MIT
 *
 * qcow2: compressed, for QEMU, libvirt, OpenStack, KubeVirt.
 */
#include "qemu_img.h"

#define BACKING_FILE     8 /* offset of its name; 0: there is none */
#define INCOMPATIBLE     72
#define EXTERNAL_DATA    4
#define HEADER_BYTES_MIN 104

static int qcow2_check(const struct format_source *source, const char **why)
{
    return qemu_img_check(source, MIB, why);
}

static void qcow2_write(const struct format_source *source, struct output *output)
{
    struct file_bytes file =
        qemu_img_convert(source, MIB, "qcow2", "compat=1.1,cluster_size=16384", true);
    output_write(output, file.bytes, file.size_bytes);
    file_unmap(&file);
}

static bool qcow2_recognise(const struct file_bytes *file)
{
    return file->size_bytes > HEADER_BYTES_MIN && memcmp(file->bytes, "QFI\xfb", 4) == 0;
}

static int qcow2_read(struct media *media, const char **why)
{
    static const uint8_t none[8];
    const uint8_t *header = media->file.bytes;
    *why = "it refers to other files, which an image of ours never does";
    if (memcmp(header + BACKING_FILE, none, sizeof none) != 0 ||
        header[INCOMPATIBLE + 7] & EXTERNAL_DATA)
        return -1;
    return qemu_img_read(media, media->path, "qcow2", why);
}

const struct image_format format_qcow2 = {
    .name = "qcow2",
    .extension = ".qcow2",
    .title = "QEMU disk",
    .driver = "qcow2",
    .check = qcow2_check,
    .write = qcow2_write,
    .recognise = qcow2_recognise,
    .read = qcow2_read,
};
