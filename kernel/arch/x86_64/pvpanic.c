/* SPDX-License-Identifier: MIT
 *
 * QEMU's pvpanic device: a port that takes note of a guest's crash, for whoever
 * watches the hypervisor. It is there when the hypervisor was asked for it; QEMU
 * names its port in fw_cfg. Nothing relies on it.
 */
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/kernel.h"

#define PVPANIC_FILE     "etc/pvpanic-port" /* 16 bits */
#define PVPANIC_PANICKED 1                  /* readable: can be told; written: is told */

void machine_report_panic(void)
{
    uint16_t port = 0;

    if (fw_cfg_read(PVPANIC_FILE, (char *)&port, sizeof port) == sizeof port && port &&
        port_read8(port) & PVPANIC_PANICKED)
        port_write8(port, PVPANIC_PANICKED);
}
