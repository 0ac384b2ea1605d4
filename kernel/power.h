/* SPDX-License-Identifier: MIT
 *
 * The end of the virtual machine.
 */
#ifndef KERNEL_POWER_H
#define KERNEL_POWER_H

/* Hands status (0..255) to the host and stops the machine. */
_Noreturn void power_off(int status);

#endif
