/* SPDX-License-Identifier: MIT
 *
 * A Linux guest around one program, from what `mkimage compare` boots: writes the
 * initramfs and prints the path of the distribution's kernel.
 *     linux_guest INITRAMFS INIT PROGRAM [FOLDER]
 * With a folder that is /www, and the guest has a network card.
 */
#include <dirent.h>
#include <stdio.h>

#include "tools/compare/initramfs.h"
#include "tools/compare/linux_kernel.h"
#include "tools/error.h"
#include "tools/text.h"

static void add_folder(struct initramfs *initramfs, const struct linux_kernel *kernel,
                       const char *folder)
{
    const char *why = NULL;
    const char *const *modules = linux_kernel_modules(kernel, &why);
    struct dirent *entry;
    DIR *directory = opendir(folder);
    if (!modules || !directory)
        die(EXIT_STATUS_FAILED, "%s", modules ? folder : why);
    initramfs_modules(initramfs, modules);
    initramfs_folder(initramfs, "www");
    while ((entry = readdir(directory)))
        if (*entry->d_name != '.')
            initramfs_file(initramfs, text_format("www/%s", entry->d_name),
                           text_format("%s/%s", folder, entry->d_name), 0644);
    closedir(directory);
}

int main(int argc, char **argv)
{
    struct linux_kernel kernel;
    if (argc != 4 && argc != 5)
        die(EXIT_STATUS_USAGE, "usage: linux_guest INITRAMFS INIT PROGRAM [FOLDER]");
    const char *why = linux_kernel_find(&kernel, NULL);
    if (why)
        die(EXIT_STATUS_FAILED, "%s", why);
    struct initramfs *initramfs = initramfs_open(argv[1]);
    static const char *const folders[] = {"dev", "proc", "sys", "run"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        initramfs_folder(initramfs, folders[i]);
    initramfs_file(initramfs, "thimble-init", argv[2], 0755);
    initramfs_file(initramfs, "program", argv[3], 0755);
    if (argc == 5)
        add_folder(initramfs, &kernel, argv[4]);
    initramfs_close(initramfs);
    printf("%s\n", kernel.path);
    return 0;
}
