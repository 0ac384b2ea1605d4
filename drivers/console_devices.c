/* SPDX-License-Identifier: MIT
 *
 * The console devices that every image carries, best first.
 */
#include "kernel/console.h"

extern const struct console_device debug_console, uart16550;

const struct console_device *const console_devices[] = {&debug_console, &uart16550, NULL};
