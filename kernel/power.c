/* SPDX-License-Identifier: MIT
 *
 * The end of the virtual machine: tell the host, then stop by whatever the
 * machine has.
 */
#include "kernel/power.h"
#include "kernel/console.h"
#include "kernel/kernel.h"

_Noreturn void power_off(int status)
{
    console_report_exit(status & 0xff);
    machine_power_off(status & 0xff);
    cpu_stop();
}
