/* SPDX-License-Identifier: MIT
 *
 * The end of the virtual machine, and who may ask for it from outside.
 */
#ifndef KERNEL_POWER_H
#define KERNEL_POWER_H

#include <stdbool.h>

/* Hands status (0..255) to the host and stops the machine. */
_Noreturn void power_off(int status);

/* Whatever stands for a power button: drivers arm what the machine has, and each
 * calls button_press, by interrupt. That ends in program_terminate (kernel/program.h). */
struct power_button {
    const char *name;
    bool (*arm)(void); /* interrupts are off; false: it is not there */
};
void button_press(int status);   /* of a program that has nothing to say to it */
#define BUTTON_STATUS (128 + 15) /* when nobody knows better: as after SIGTERM */

/* Defined by drivers/: all of them, NULL at the end. */
extern const struct power_button *const power_buttons[];

#endif
