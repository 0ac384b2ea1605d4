/* SPDX-License-Identifier: MIT
 *
 * Off by ACPI: the values that the tables call S5 into the registers that they name.
 */
#include "kernel/acpi.h"
#include "kernel/kernel.h"

#define CONTROL_ACPI_MODE  1u
#define CONTROL_TYPE_SHIFT 10
#define CONTROL_SLEEP      (1u << 13)
#define CONTROL_TYPE_MASK  (7u << CONTROL_TYPE_SHIFT)
#define REDUCED_TYPE_SHIFT 2
#define REDUCED_SLEEP      (1u << 5)
#define ENABLE_LOOKS       1000000  /* for the firmware to let go */
#define OFF_LOOKS          20000000 /* until it is off: a hypervisor takes its time */

const struct acpi_fixed *acpi_fixed(void)
{
    static struct acpi_fixed fixed;
    static enum { UNREAD, ABSENT, PRESENT } state;
    size_t size_bytes;

    if (state == UNREAD) {
        state = ABSENT; /* also for whoever comes here because reading it failed badly */
        const uint8_t *table = acpi_table("FACP", &size_bytes);
        if (table && acpi_fixed_read(table, size_bytes, &fixed))
            state = PRESENT;
    }
    return state == PRESENT ? &fixed : NULL;
}

void acpi_enable(void)
{
    const struct acpi_fixed *fixed = acpi_fixed();

    if (!fixed || !fixed->smi.address || !fixed->enable_value || !fixed->control_a.address ||
        acpi_register_read(&fixed->control_a) & CONTROL_ACPI_MODE)
        return;
    acpi_register_write(&fixed->smi, fixed->enable_value);
    for (int i = 0; i < ENABLE_LOOKS; i++)
        if (acpi_register_read(&fixed->control_a) & CONTROL_ACPI_MODE)
            return;
}

static void control_write(const struct acpi_register *control, uint8_t value)
{
    if (!control->address)
        return;
    uint32_t kept = acpi_register_read(control) & ~(CONTROL_TYPE_MASK | CONTROL_SLEEP);
    uint32_t type = kept | (uint32_t)value << CONTROL_TYPE_SHIFT;
    acpi_register_write(control, type); /* as the standard wants it: first the type */
    acpi_register_write(control, type | CONTROL_SLEEP);
}

bool acpi_power_off(void)
{
    const struct acpi_fixed *fixed = acpi_fixed();
    size_t size_bytes;
    uint8_t values[2];

    if (!fixed || !(fixed->reduced ? fixed->sleep_control : fixed->control_a).address)
        return false;
    const uint8_t *byte_code = acpi_table_at(fixed->byte_code, &size_bytes);
    if (!byte_code || !acpi_off_values(byte_code, size_bytes, values))
        return false;
    if (fixed->reduced) {
        acpi_register_write(&fixed->sleep_control,
                            (uint32_t)values[0] << REDUCED_TYPE_SHIFT | REDUCED_SLEEP);
    } else {
        acpi_enable();
        control_write(&fixed->control_b, values[1]);
        control_write(&fixed->control_a, values[0]);
    }
    for (int i = 0; i < OFF_LOOKS; i++)
        cpu_relax();
    return true;
}
