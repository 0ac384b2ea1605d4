/* SPDX-License-Identifier: MIT
 *
 * QEMU's firmware configuration device: named files that the host hands to the
 * guest. It is how `mkimage run` talks to an image that a boot loader started.
 */
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/device.h"
#include "kernel/kernel.h"

#define PORT_SELECTOR  0x510
#define PORT_DATA      0x511
#define ITEM_SIGNATURE 0x00
#define ITEM_DIRECTORY 0x19
#define SIGNATURE      0x554d4551 /* "QEMU" */
#define FILES_MAX      512        /* more than QEMU has; a limit for what may be no QEMU */

struct fw_cfg_file { /* numbers are big-endian */
    uint32_t size;
    uint16_t item;
    uint16_t reserved;
    char name[56];
};

_Static_assert(sizeof(struct fw_cfg_file) == 64, "as QEMU has it");

static bool names_equal(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

bool machine_is_qemu(void)
{
    uint32_t word = 0;

    port_write16(PORT_SELECTOR, ITEM_SIGNATURE);
    port_read_string(PORT_DATA, &word, sizeof word);
    return word == SIGNATURE;
}

size_t fw_cfg_read(const char *name, char *to, size_t max)
{
    uint32_t word = 0;
    struct fw_cfg_file file;

    if (!machine_is_qemu())
        return 0;
    port_write16(PORT_SELECTOR, ITEM_DIRECTORY);
    port_read_string(PORT_DATA, &word, sizeof word);
    for (unsigned i = 0; i < __builtin_bswap32(word) && i < FILES_MAX; i++) {
        port_read_string(PORT_DATA, &file, sizeof file);
        file.name[sizeof file.name - 1] = 0;
        if (!names_equal(file.name, name))
            continue;
        size_t size = __builtin_bswap32(file.size);
        if (size > max)
            size = max;
        port_write16(PORT_SELECTOR, __builtin_bswap16(file.item));
        port_read_string(PORT_DATA, to, size);
        return size;
    }
    return 0;
}
