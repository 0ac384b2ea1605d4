/* SPDX-License-Identifier: MIT
 *
 * The conventional VM's kernel: the distribution's own, from its package. It is
 * downloaded and unpacked, never installed.
 */
#ifndef THIMBLE_COMPARE_LINUX_KERNEL_H
#define THIMBLE_COMPARE_LINUX_KERNEL_H

struct linux_kernel {
    const char *path;    /* of a bzImage */
    const char *version; /* "6.1.0-9-cloud-amd64 (package linux-image-...)" */
};

/* given: --kernel, or NULL. NULL, or why there is none. */
const char *linux_kernel_find(struct linux_kernel *kernel, const char *given);

/* The folder where what was fetched is kept for the next time. */
const char *linux_kernel_cache(void);

#endif
