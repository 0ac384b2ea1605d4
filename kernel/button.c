/* SPDX-License-Identifier: MIT
 *
 * The power button. Interrupts are about to come for the first time: so it is the
 * time to hear from it. Programs that never let them in are not asked; the host
 * ends them without a word.
 */
#include "kernel/acpi.h"
#include "kernel/kernel.h"
#include "kernel/power.h"
#include "kernel/program.h"

void button_arm(void)
{
    size_t size_bytes;
    const uint8_t *table = acpi_table("APIC", &size_bytes);

    if (table) /* how lines come in matters to those that are shared or inverted */
        acpi_routing_read(table, size_bytes, &interrupt_routing);
    for (const struct power_button *const *button = power_buttons; *button; button++)
        (*button)->arm();
}

void button_press(int status)
{
    program_terminate(status);
}
