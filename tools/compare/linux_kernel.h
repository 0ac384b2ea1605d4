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

/* The kernel's modules for a virtio network card, in the order in which they are loaded,
 * out of the same package; up to NULL. NULL and the reason when they cannot be had. */
const char *const *linux_kernel_modules(const struct linux_kernel *kernel, const char **why);

/* The folder where what was fetched is kept for the next time. */
const char *linux_kernel_cache(void);

#endif
