/* SPDX-License-Identifier: MIT
 *
 * The power button of machines with "hardware reduced" ACPI: the generic event
 * device. Where its registers are stands in byte code, which we do not run; on
 * QEMU's microvm they are at one place, right below the sleep registers, whose
 * address is in the fixed table. So that machine is known by it, and no other.
 */
#include "kernel/acpi.h"
#include "kernel/kernel.h"
#include "kernel/power.h"

#define LINE           9
#define EVENTS         0xfea00000ull /* reading says what happened, and clears it */
#define SLEEP_REGISTER (EVENTS + 0x200)
#define EVENT_POWER    2

static volatile uint32_t *events;

static void look(void)
{
    if (*events & EVENT_POWER)
        button_press(BUTTON_STATUS);
}

static bool event_button_arm(void)
{
    const struct acpi_fixed *fixed = acpi_fixed();

    if (!fixed || !fixed->reduced || !fixed->sleep_control.in_memory ||
        fixed->sleep_control.address != SLEEP_REGISTER)
        return false;
    events = mmu_device(EVENTS, sizeof *events);
    return events && interrupt_line_enable(LINE, look);
}

const struct power_button event_button = {"ACPI event device", event_button_arm};
