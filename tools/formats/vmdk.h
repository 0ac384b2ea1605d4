/* SPDX-License-Identifier: MIT
 *
 * The stream-optimised VMDK, which stands for itself and inside of an OVA.
 */
#ifndef THIMBLE_TOOLS_FORMATS_VMDK_H
#define THIMBLE_TOOLS_FORMATS_VMDK_H

#include "qemu_img.h"

/* A copy whose identifier follows from the image. */
struct file_bytes vmdk_make(const struct format_source *source);
bool vmdk_recognise(const struct file_bytes *file);
int vmdk_read(struct media *media, const char *path, const struct file_bytes *file,
              const char **why);

#endif
