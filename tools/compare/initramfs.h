/* SPDX-License-Identifier: MIT
 *
 * A root file system in memory for the Linux VM, as a cpio archive (newc).
 */
#ifndef THIMBLE_COMPARE_INITRAMFS_H
#define THIMBLE_COMPARE_INITRAMFS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct initramfs;

/* Troubles of writing end the program, naming the path. */
struct initramfs *initramfs_open(const char *path);
void initramfs_folder(struct initramfs *initramfs, const char *name);
void initramfs_file(struct initramfs *initramfs, const char *name, const char *from, mode_t mode);
void initramfs_text(struct initramfs *initramfs, const char *name, const char *text);
/* What init loads for the network: 00.ko and so on, in the order of the list up to NULL. */
void initramfs_modules(struct initramfs *initramfs, const char *const *paths);
/* All of a tar (a container's layer), below a folder ("" for the root). */
void initramfs_tar(struct initramfs *initramfs, const char *below, const char *tar);
void initramfs_close(struct initramfs *initramfs);

/* What gzip -9 makes of a file. */
uint64_t gzip_bytes(const char *path);

#endif
