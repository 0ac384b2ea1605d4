/* SPDX-License-Identifier: MIT
 *
 * How ACPI's tables and registers are reached: physical memory and ports.
 */
#include "kernel/acpi.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/kernel.h"

#define PHYSICAL_END (1ull << 36) /* what every processor can address */

const void *acpi_view(uint64_t address, size_t size_bytes)
{
    if (address >= PHYSICAL_END || size_bytes > PHYSICAL_END - address)
        return NULL;
    return mmu_window(address, size_bytes, ACCESS_READ);
}

/* Power registers in memory are rare, and written once: no window is kept. */
static volatile uint8_t *in_memory(const struct acpi_register *reg)
{
    if (reg->address >= PHYSICAL_END - sizeof(uint32_t))
        return NULL;
    return mmu_device(reg->address, sizeof(uint32_t));
}

static uint32_t memory_read(volatile uint8_t *at, unsigned bytes)
{
    if (!at)
        return ~0u;
    return bytes == 1 ? *at : bytes == 2 ? *(volatile uint16_t *)at : *(volatile uint32_t *)at;
}

static void memory_write(volatile uint8_t *at, unsigned bytes, uint32_t value)
{
    if (at && bytes == 1)
        *at = (uint8_t)value;
    else if (at && bytes == 2)
        *(volatile uint16_t *)at = (uint16_t)value;
    else if (at)
        *(volatile uint32_t *)at = value;
}

uint32_t acpi_register_read(const struct acpi_register *from)
{
    uint16_t port = (uint16_t)from->address;

    if (from->in_memory)
        return memory_read(in_memory(from), from->bytes);
    return from->bytes == 1   ? port_read8(port)
           : from->bytes == 2 ? port_read16(port)
                              : port_read32(port);
}

void acpi_register_write(const struct acpi_register *to, uint32_t value)
{
    uint16_t port = (uint16_t)to->address;

    if (to->in_memory)
        memory_write(in_memory(to), to->bytes, value);
    else if (to->bytes == 1)
        port_write8(port, (uint8_t)value);
    else if (to->bytes == 2)
        port_write16(port, (uint16_t)value);
    else
        port_write32(port, value);
}
