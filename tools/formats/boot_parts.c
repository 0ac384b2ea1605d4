/* SPDX-License-Identifier: MIT
 *
 * Finding and mapping the boot loaders, once.
 */
#include "boot_parts.h"

#include <unistd.h>

#include "tools/error.h"
#include "tools/sysroot.h"

int boot_parts_check(const char **why)
{
    *why = "there is no GRUB to boot it with (apt install grub-pc-bin grub-efi-amd64-bin, "
           "then run make again)";
    return access(sysroot_file("boot/boot.img"), R_OK);
}

static void map(const char *name, size_t min_bytes, struct file_bytes *file)
{
    const char *path = sysroot_file(name);
    if (file_map(path, file))
        die(EXIT_STATUS_FAILED, "a boot loader cannot be read (run make again)");
    if (file->size_bytes < min_bytes)
        die(EXIT_STATUS_FAILED, "%s: the boot loader is cut short (run make again)", path);
}

const struct boot_parts *boot_parts(void)
{
    static struct boot_parts parts;
    if (!parts.disk.size_bytes) {
        map("boot/boot.img", 512, &parts.first_sector);
        map("boot/disk.img", 1024, &parts.disk);
        map("boot/cd.img", 2048, &parts.cd);
        map("boot/uefi.efi", 1024, &parts.uefi);
    }
    return &parts;
}
