/* SPDX-License-Identifier: MIT
 *
 * The boot loaders that tools/grub/build left in the sysroot.
 */
#ifndef THIMBLE_TOOLS_FORMATS_BOOT_PARTS_H
#define THIMBLE_TOOLS_FORMATS_BOOT_PARTS_H

#include "tools/file.h"

struct boot_parts {
    struct file_bytes first_sector; /* of a disk, for a BIOS */
    struct file_bytes disk;         /* what that sector loads */
    struct file_bytes cd;           /* the same for El Torito */
    struct file_bytes uefi;         /* EFI/BOOT/BOOTX64.EFI */
};

/* -1 and a reason when the system was built without GRUB. */
int boot_parts_check(const char **why);
const struct boot_parts *boot_parts(void); /* after a check that went well */

#endif
