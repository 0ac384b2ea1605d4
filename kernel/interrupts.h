/* SPDX-License-Identifier: MIT
 *
 * The short way to be undisturbed on one processor. Interrupts are off all the
 * time until a program has a second thread, sleeps, or wants to hear of its end.
 */
#ifndef KERNEL_INTERRUPTS_H
#define KERNEL_INTERRUPTS_H

#include <stdbool.h>

bool interrupts_off(void); /* were they on? */
void interrupts_restore(bool on);

#endif
