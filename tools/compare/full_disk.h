/* SPDX-License-Identifier: MIT
 *
 * The heavyweight's disk: the distribution itself with systemd, as debootstrap
 * makes it, and in it the container's root as one service.
 */
#ifndef THIMBLE_COMPARE_FULL_DISK_H
#define THIMBLE_COMPARE_FULL_DISK_H

struct full_disk_parts {
    const char *init;      /* what starts the program and tells the host how it ended */
    const char *layer_tar; /* the container's root */
};

struct full_disk {
    const char *path;         /* a raw file, ext4, a temporary one */
    const char *distribution; /* "Debian bookworm" */
};

/* NULL, or why there is none. The distribution is fetched once and kept in the user's cache. */
const char *full_disk_make(struct full_disk *disk, const struct full_disk_parts *parts);

#endif
