/* SPDX-License-Identifier: MIT
 *
 * The time-stamp counter and who knows its frequency, asked in order: the
 * processor or hypervisor by CPUID, KVM's clock page, and the PIT as the last.
 */
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/kernel.h"
#include "kernel/panic.h"

#define CPUID_HYPERVISOR       0x40000000
#define CPUID_1_ECX_HYPERVISOR (1u << 31)
#define KVM_FEATURE_CLOCK      (1u << 3)
#define MSR_KVM_SYSTEM_TIME    0x4b564d01

#define PIT_HZ            1193182ull
#define PORT_PIT_CHANNEL2 0x42
#define PORT_PIT_COMMAND  0x43
#define PORT_PIT_GATE     0x61
#define PIT_ONE_SHOT      0xb0 /* channel 2, both bytes, mode 0 */
#define PIT_LATCH         0x80
#define PIT_PERIOD        0xffff
#define PIT_TICKS_MEASURE 11932u /* 10 ms */

#define PORT_RTC_INDEX 0x70
#define PORT_RTC_DATA  0x71
#define RTC_UPDATING   0x80
#define RTC_BINARY     0x04
#define RTC_24_HOURS   0x02

#define FREQUENCY_GUESS 1000000000ull

extern uint64_t boot_cycles;

uint64_t cycles_now(void)
{
    return tsc_read();
}

uint64_t cycles_at_boot(void)
{
    return boot_cycles;
}

static uint64_t frequency_from_cpuid(void)
{
    struct cpuid top = cpuid_read(0, 0);

    if (top.eax >= 0x15) {
        struct cpuid tsc = cpuid_read(0x15, 0);
        if (tsc.eax && tsc.ebx && tsc.ecx)
            return (uint64_t)tsc.ecx * tsc.ebx / tsc.eax;
    }
    if (cpuid_read(1, 0).ecx & CPUID_1_ECX_HYPERVISOR &&
        cpuid_read(CPUID_HYPERVISOR, 0).eax >= CPUID_HYPERVISOR + 0x10)
        return cpuid_read(CPUID_HYPERVISOR + 0x10, 0).eax * 1000ull;
    return 0;
}

/* KVM writes the factor from cycles to nanoseconds into a page of ours. */
static uint64_t frequency_from_kvm(void)
{
    static struct {
        uint32_t version, pad;
        uint64_t tsc, system_ns;
        uint32_t multiplier;
        int8_t shift;
        uint8_t flags, pad2[2];
    } clock __attribute__((aligned(64)));
    struct cpuid id = cpuid_read(CPUID_HYPERVISOR, 0);

    if (!(cpuid_read(1, 0).ecx & CPUID_1_ECX_HYPERVISOR) || id.ebx != 0x4b4d564b /* "KVMK" */ ||
        !(cpuid_read(CPUID_HYPERVISOR + 1, 0).eax & KVM_FEATURE_CLOCK))
        return 0;
    msr_write(MSR_KVM_SYSTEM_TIME, mmu_physical((uintptr_t)&clock) | 1);
    uint32_t multiplier = *(volatile uint32_t *)&clock.multiplier;
    msr_write(MSR_KVM_SYSTEM_TIME, 0);
    if (!multiplier)
        return 0;
    uint64_t hz = (1000000000ull << 32) / multiplier;
    return clock.shift < 0 ? hz << -clock.shift : hz >> clock.shift;
}

static unsigned pit_count(void)
{
    port_write8(PORT_PIT_COMMAND, PIT_LATCH);
    unsigned low = port_read8(PORT_PIT_CHANNEL2);
    return low | (unsigned)port_read8(PORT_PIT_CHANNEL2) << 8;
}

static uint64_t frequency_from_pit(void)
{
    unsigned ticks, last = 0;

    port_write8(PORT_PIT_GATE, (port_read8(PORT_PIT_GATE) & ~2) | 1);
    port_write8(PORT_PIT_COMMAND, PIT_ONE_SHOT);
    port_write8(PORT_PIT_CHANNEL2, PIT_PERIOD & 0xff);
    port_write8(PORT_PIT_CHANNEL2, PIT_PERIOD >> 8);
    unsigned first = pit_count();
    uint64_t start = tsc_read();
    if (first == 0xffff && pit_count() == 0xffff && pit_count() == 0xffff)
        return 0; /* nobody there */
    for (unsigned tries = 0; tries < 1000000; tries++) {
        ticks = (first - pit_count()) & 0xffff;
        if (ticks >= PIT_TICKS_MEASURE || ticks < last)
            break;
        last = ticks;
    }
    uint64_t cycles = tsc_read() - start;
    return ticks >= PIT_TICKS_MEASURE ? cycles * PIT_HZ / ticks : 0;
}

uint64_t cycles_per_second(void)
{
    static uint64_t frequency;

    if (!frequency)
        frequency = frequency_from_cpuid();
    if (!frequency)
        frequency = frequency_from_kvm();
    if (!frequency)
        frequency = frequency_from_pit();
    if (!frequency)
        frequency = FREQUENCY_GUESS;
    return frequency;
}

static uint8_t rtc_read(uint8_t index)
{
    port_write8(PORT_RTC_INDEX, index);
    return port_read8(PORT_RTC_DATA);
}

static unsigned from_bcd(unsigned value)
{
    return (value & 15) + (value >> 4) * 10;
}

uint64_t wall_clock_s(void)
{
    static const uint8_t indices[6] = {0, 2, 4, 7, 8, 9}; /* seconds to years */
    unsigned t[6], again[6];
    unsigned same = 0;

    for (int tries = 0; same < 6 && tries < 100; tries++) {
        while (rtc_read(10) & RTC_UPDATING && ++tries < 1000)
            ;
        for (int i = 0; i < 6; i++)
            t[i] = rtc_read(indices[i]);
        same = 0;
        for (int i = 0; i < 6; i++)
            same += (again[i] = rtc_read(indices[i])) == t[i];
    }
    uint8_t mode = rtc_read(11);
    if (mode == 0xff || same < 6)
        return 0;
    bool afternoon = !(mode & RTC_24_HOURS) && t[2] & 0x80;
    t[2] &= 0x7f;
    for (int i = 0; i < 6 && !(mode & RTC_BINARY); i++)
        t[i] = from_bcd(t[i]);
    if (!(mode & RTC_24_HOURS))
        t[2] = t[2] % 12 + (afternoon ? 12 : 0);

    /* Days since 1970 by the civil calendar, years counted from March. */
    unsigned year = 2000 + t[5] - (t[4] <= 2), month = (t[4] + 9) % 12;
    uint64_t days = year * 365ull + year / 4 - year / 100 + year / 400 + (month * 306 + 5) / 10 +
                    t[3] - 1 - 719468;
    return ((days * 24 + t[2]) * 60 + t[1]) * 60 + t[0];
}
