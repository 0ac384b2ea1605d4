/* SPDX-License-Identifier: MIT
 *
 * Counters of a known rate, the best first: the ACPI timer, the HPET, the PIT, and
 * the local APIC's timer, which in QEMU and KVM counts nanoseconds.
 */
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/clock_rate.h"
#include "kernel/kernel.h"

#define PORT_ACPI_TIMER 0x608 /* QEMU's pc and q35 */
#define ACPI_TIMER_HZ   3579545ull
#define ACPI_TIMER_BITS 24

#define HPET_ADDRESS       0xfed00000
#define HPET_PERIOD        1 /* in 32-bit words: femtoseconds */
#define HPET_CONFIGURATION 4
#define HPET_COUNTER       60
#define HPET_ON            1
#define HPET_PERIOD_MAX    100000000u
#define FS_PER_SECOND      1000000000000000ull

#define PIT_HZ            1193182ull
#define PORT_PIT_CHANNEL2 0x42
#define PORT_PIT_COMMAND  0x43
#define PORT_PIT_GATE     0x61
#define PIT_RATE          0xb4 /* channel 2, both bytes, mode 2 */
#define PIT_LATCH         0x80

#define LOOKS 100 /* a counter that stands still for so many readings is not there */

static volatile uint32_t *hpet;

static uint64_t acpi_timer_read(void)
{
    return port_read32(PORT_ACPI_TIMER) & ((1u << ACPI_TIMER_BITS) - 1);
}

static uint64_t hpet_read(void)
{
    return hpet[HPET_COUNTER];
}

static uint64_t pit_read(void)
{
    port_write8(PORT_PIT_COMMAND, PIT_LATCH);
    unsigned low = port_read8(PORT_PIT_CHANNEL2);
    return 0xffff - (low | (unsigned)port_read8(PORT_PIT_CHANNEL2) << 8);
}

static struct clock_reference acpi_timer = {"ACPI timer", ACPI_TIMER_HZ, ACPI_TIMER_BITS, false,
                                            acpi_timer_read};
static struct clock_reference hpet_counter = {"HPET", 0, 32, false, hpet_read};
static struct clock_reference pit = {"PIT", PIT_HZ, 16, false, pit_read};
static struct clock_reference apic_timer = {"APIC timer", 1000000000, 31, true,
                                            interrupt_timer_count};

static bool hpet_start(void)
{
    hpet = mmu_device(HPET_ADDRESS, PAGE_SIZE);
    if (!hpet || !hpet[HPET_PERIOD] || hpet[HPET_PERIOD] > HPET_PERIOD_MAX)
        return false;
    hpet_counter.hz = FS_PER_SECOND / hpet[HPET_PERIOD];
    hpet[HPET_CONFIGURATION] |= HPET_ON;
    return true;
}

static void pit_start(void)
{
    port_write8(PORT_PIT_GATE, (port_read8(PORT_PIT_GATE) & ~2) | 1);
    port_write8(PORT_PIT_COMMAND, PIT_RATE);
    port_write8(PORT_PIT_CHANNEL2, 0);
    port_write8(PORT_PIT_CHANNEL2, 0);
}

static bool is_counting(const struct clock_reference *reference)
{
    uint64_t first = reference->read();

    for (int i = 0; i < LOOKS; i++)
        if (reference->read() != first)
            return true;
    return false;
}

const struct clock_reference *clock_reference_find(void)
{
    if (is_counting(&acpi_timer))
        return &acpi_timer;
    if (hpet_start() && is_counting(&hpet_counter))
        return &hpet_counter;
    pit_start();
    if (is_counting(&pit))
        return &pit;
    return interrupt_timer_init() && is_counting(&apic_timer) ? &apic_timer : NULL;
}
