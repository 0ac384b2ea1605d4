/* SPDX-License-Identifier: MIT
 *
 * From an image of any format and a wish (--boot, --machine) to what QEMU is given.
 */
#ifndef THIMBLE_TOOLS_BOOT_H
#define THIMBLE_TOOLS_BOOT_H

#include <stdbool.h>

#include "hypervisor.h"

struct boot_facts {
    uint64_t end_bytes; /* of the image in memory */
    bool has_network;   /* the program is linked with it */
};

/* A file that is, or claims to be, a finished image. */
bool boot_is_image(const char *path);

/* Fills in the machine's kind and what it boots from. `how`: auto, direct, bios,
 * uefi. -1 when the file is no image of ours; wishes that cannot be had end the program. */
int boot_prepare(struct machine *machine, const char *how, const char *path,
                 struct boot_facts *facts);

#endif
