/* SPDX-License-Identifier: MIT
 *
 * Disk formats that qemu-img converts to and from.
 */
#ifndef THIMBLE_TOOLS_FORMATS_QEMU_IMG_H
#define THIMBLE_TOOLS_FORMATS_QEMU_IMG_H

#include "media.h"

/* -1 and a reason when there is no GRUB or no qemu-img, or the image does not fit. */
int qemu_img_check(const struct format_source *source, uint64_t granule_bytes, const char **why);

/* The disk in another format, mapped. Its path, too, is the same each time: some
 * formats hold the file's name. Dies when it cannot be made. */
struct file_bytes qemu_img_convert(const struct format_source *source, uint64_t granule_bytes,
                                   const char *driver, const char *options, bool compressed);

/* For a format's read(): unpacks media->path and reads the disk. */
int qemu_img_read(struct media *media, const char *path, const char *driver, const char **why);

#endif
