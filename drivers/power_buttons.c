/* SPDX-License-Identifier: MIT
 *
 * What may stand for a power button; each that is there is armed.
 */
#include <stddef.h>

#include "kernel/power.h"

extern const struct power_button acpi_button, control_port, event_button, keyboard_button;

const struct power_button *const power_buttons[] = {&control_port, &acpi_button, &event_button,
                                                    &keyboard_button, NULL};
