/* SPDX-License-Identifier: MIT
 *
 * The power button of PCs, real and virtual: a bit in ACPI's PM1 registers that
 * raises the system control interrupt. It is what QEMU's system_powerdown, virsh
 * shutdown and the clouds' "stop" press.
 */
#include "kernel/acpi.h"
#include "kernel/kernel.h"
#include "kernel/power.h"

#define STATUS_BUTTON 0x100
#define STATUS_ALL    0xffff /* writing a one clears */

static struct acpi_register status[2], enable[2];

static void halves(const struct acpi_register *block, struct acpi_register *first,
                   struct acpi_register *second)
{
    *first = *second = *block;
    first->bytes = second->bytes = block->bytes / 2;
    if (block->in_memory || !block->bytes) /* it never is */
        first->address = 0;
    second->address += first->bytes;
}

/* All that could hold the line is taken back, or the interrupt would never end. */
static void look(void)
{
    uint32_t seen = 0;

    for (int i = 0; i < 2; i++) {
        if (!status[i].address)
            continue;
        uint32_t now = acpi_register_read(&status[i]);
        acpi_register_write(&status[i], now & STATUS_ALL);
        seen |= now;
    }
    if (seen & STATUS_BUTTON)
        button_press(BUTTON_STATUS);
}

/* Other events raise the same interrupt, and their answers are in byte code. */
static void others_disable(const struct acpi_register *general)
{
    struct acpi_register at = *general;

    at.bytes = 1;
    at.address += general->bytes / 2;
    for (int i = 0; general->address && i < general->bytes / 2; i++, at.address++)
        acpi_register_write(&at, 0);
}

static bool acpi_button_arm(void)
{
    const struct acpi_fixed *fixed = acpi_fixed();

    if (!fixed || !fixed->has_fixed_button)
        return false;
    halves(&fixed->event_a, &status[0], &enable[0]);
    halves(&fixed->event_b, &status[1], &enable[1]);
    if (!status[0].address)
        return false;
    acpi_enable();
    others_disable(&fixed->general[0]);
    others_disable(&fixed->general[1]);
    for (int i = 0; i < 2; i++) {
        if (!status[i].address)
            continue;
        acpi_register_write(&status[i], STATUS_ALL);
        acpi_register_write(&enable[i], STATUS_BUTTON);
    }
    return interrupt_line_enable(fixed->interrupt, look);
}

const struct power_button acpi_button = {"ACPI power button", acpi_button_arm};
