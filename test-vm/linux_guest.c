/* SPDX-License-Identifier: MIT
 *
 * A Linux guest around one program, from what `mkimage compare` boots: writes the
 * initramfs and prints the path of the distribution's kernel.
 *     linux_guest INITRAMFS INIT PROGRAM
 */
#include <stdio.h>

#include "tools/compare/initramfs.h"
#include "tools/compare/linux_kernel.h"
#include "tools/error.h"

int main(int argc, char **argv)
{
    struct linux_kernel kernel;
    if (argc != 4)
        die(EXIT_STATUS_USAGE, "usage: linux_guest INITRAMFS INIT PROGRAM");
    const char *why = linux_kernel_find(&kernel, NULL);
    if (why)
        die(EXIT_STATUS_FAILED, "%s", why);
    struct initramfs *initramfs = initramfs_open(argv[1]);
    static const char *const folders[] = {"dev", "proc", "sys", "run"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        initramfs_folder(initramfs, folders[i]);
    initramfs_file(initramfs, "thimble-init", argv[2], 0755);
    initramfs_file(initramfs, "program", argv[3], 0755);
    initramfs_close(initramfs);
    printf("%s\n", kernel.path);
    return 0;
}
