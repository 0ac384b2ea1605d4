/* SPDX-License-Identifier: MIT
 *
 * vmdk: compressed and in one stream, as VMware and VirtualBox import it.
 */
#include <stdio.h>

#include "checksum.h"
#include "vmdk.h"

#define CAPACITY             12
#define DESCRIPTOR           512
#define DESCRIPTOR_BYTES_MAX 8192
#define CID                  "\nCID="

static int vmdk_check(const struct format_source *source, const char **why)
{
    return qemu_img_check(source, MIB, why);
}

/* The text in the file that describes it. */
static const uint8_t *find_text(const struct file_bytes *file, const char *text)
{
    size_t max_bytes = file->size_bytes - DESCRIPTOR;
    if (max_bytes > DESCRIPTOR_BYTES_MAX)
        max_bytes = DESCRIPTOR_BYTES_MAX;
    return memmem(file->bytes + DESCRIPTOR, max_bytes, text, strlen(text));
}

/* Replaces the number that qemu-img drew by lot, which has up to 8 digits, by one
 * of 8; the text after it moves into the zeros that follow the description. */
static void set_cid(char *number, const char *end, uint32_t cid)
{
    char digits[9];
    size_t old = strspn(number, "0123456789abcdef"), rest = strnlen(number, (size_t)(end - number));
    snprintf(digits, sizeof digits, "%08x", cid);
    if (old > 8 || number + rest + 8 - old >= end)
        return;
    memmove(number + 8, number + old, rest - old);
    memcpy(number, digits, 8);
}

struct file_bytes vmdk_make(const struct format_source *source)
{
    struct file_bytes file =
        qemu_img_convert(source, MIB, "vmdk", "subformat=streamOptimized", true);
    const uint8_t *cid = file.size_bytes > DESCRIPTOR ? find_text(&file, CID) : NULL;
    char *copy = memory_new(file.size_bytes);
    if (!cid)
        die(EXIT_STATUS_FAILED, "%s: qemu-img made something that is no VMDK", source->stem);
    memcpy(copy, file.bytes, file.size_bytes);
    set_cid(copy + (cid - file.bytes) + strlen(CID), copy + file.size_bytes,
            get32(guid_derive(source->build_id, "VMDK").bytes) & 0x7fffffff);
    struct file_bytes made = {(const uint8_t *)copy, file.size_bytes};
    file_unmap(&file);
    return made;
}

static void vmdk_write(const struct format_source *source, struct output *output)
{
    struct file_bytes file = vmdk_make(source);
    output_write(output, file.bytes, file.size_bytes);
}

bool vmdk_recognise(const struct file_bytes *file)
{
    return file->size_bytes > 2 * DESCRIPTOR && memcmp(file->bytes, "KDMV", 4) == 0;
}

int vmdk_read(struct media *media, const char *path, const struct file_bytes *file,
              const char **why)
{
    *why = "it refers to other files, which an image of ours never does";
    if (!get64(file->bytes + CAPACITY) || find_text(file, "parentFileNameHint"))
        return -1;
    *why = "not a stream-optimised VMDK";
    if (!find_text(file, "createType=\"streamOptimized\""))
        return -1;
    media_fact(media, "kind", "stream-optimised VMDK");
    return qemu_img_read(media, path, "vmdk", why);
}

static int vmdk_read_file(struct media *media, const char **why)
{
    return vmdk_read(media, media->path, &media->file, why);
}

const struct image_format format_vmdk = {
    .name = "vmdk",
    .extension = ".vmdk",
    .title = "VMDK (VMware, VirtualBox)",
    .driver = "vmdk",
    .check = vmdk_check,
    .write = vmdk_write,
    .recognise = vmdk_recognise,
    .read = vmdk_read_file,
};
