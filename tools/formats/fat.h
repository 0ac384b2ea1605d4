/* SPDX-License-Identifier: MIT
 *
 * The FAT volume that UEFI firmware and both GRUBs read: EFI/BOOT/BOOTX64.EFI
 * and THIMBLE.ELF, nothing else. Written here rather than by mtools because the
 * bytes must be the same each time, and because the kernel must lie in one piece
 * at a known place: an ISO image names the same bytes a second time.
 */
#ifndef THIMBLE_TOOLS_FORMATS_FAT_H
#define THIMBLE_TOOLS_FORMATS_FAT_H

#include "bytes.h"
#include "tools/output.h"

#define SECTOR_BYTES 512

struct fat_volume {
    struct file_bytes loader, kernel;
    uint32_t serial; /* the volume's number */
    unsigned bits;   /* 12 or 16 */
    uint32_t cluster_sectors, cluster_count;
    uint32_t reserved_sectors, table_sectors, data_sector;
    uint32_t loader_clusters, kernel_clusters;
};

/* -1 and a reason when the files do not fit into any FAT volume of ours. */
int fat_lay_out(struct fat_volume *volume, const char **why);
uint64_t fat_size_bytes(const struct fat_volume *volume);
uint64_t fat_kernel_offset(const struct fat_volume *volume); /* a multiple of 2048 */
void fat_write(const struct fat_volume *volume, struct output *output);

/* Finds the kernel in untrusted bytes. -1 and a reason when it is not there. */
int fat_find_kernel(const struct file_bytes *volume, struct file_bytes *kernel, const char **why);

#endif
