/* SPDX-License-Identifier: MIT
 *
 * The end of the virtual machine: tell the host, then stop by whatever the
 * machine has.
 */
#include "kernel/power.h"
#include "kernel/acpi.h"
#include "kernel/console.h"
#include "kernel/kernel.h"

_Noreturn void power_off(int status)
{
    interrupts_off();
    console_report_exit(status & 0xff); /* `mkimage run` ends QEMU then, if need be */
    emulator_exit(status & 0xff);       /* QEMU with the device that hands a status on */
    if (!acpi_power_off())              /* PCs, and most of the clouds */
        machine_reset();                /* machines without: they take it as the end */
    kprintf("\nthimble: the program ended with status %d, but this machine does not switch off; "
            "halted\n",
            status & 0xff);
    cpu_stop();
}
