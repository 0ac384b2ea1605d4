/* SPDX-License-Identifier: MIT
 *
 * QEMU's vmgenid device: sixteen bytes in memory that are others after the machine was
 * restored from a snapshot. Firmware puts them there, and tells QEMU where.
 */
#include "kernel/device.h"
#include "kernel/entropy.h"
#include "kernel/kernel.h"

#define ADDRESS_FILE "etc/vmgenid_addr"

static const volatile uint64_t *find(void)
{
    uint64_t address = 0;

    if (fw_cfg_read(ADDRESS_FILE, (char *)&address, sizeof address) != sizeof address || !address)
        return NULL;
    bool were_on = interrupts_off();
    void *guid = mmu_window(address, GENERATION_WORDS * sizeof(uint64_t), ACCESS_READ);
    interrupts_restore(were_on);
    return guid;
}

const struct generation_device vmgenid = {.name = "vmgenid", .find = find};
