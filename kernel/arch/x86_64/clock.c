/* SPDX-License-Identifier: MIT
 *
 * The time-stamp counter, and who knows its frequency without measuring: the
 * processor or hypervisor by CPUID, KVM's clock page, or Hyper-V's register.
 */
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/kernel.h"

#define CPUID_HYPERVISOR       0x40000000
#define CPUID_1_ECX_HYPERVISOR (1u << 31)
#define KVM_FEATURE_CLOCK      (1u << 3)
#define MSR_KVM_SYSTEM_TIME    0x4b564d01
#define SIGNATURE_KVM          0x4b4d564b /* "KVMK" */
#define SIGNATURE_HYPERV       0x7263694d /* "Micr" */
#define HYPERV_FREQUENCIES     (1u << 11)
#define MSR_HYPERV_TSC_HZ      0x40000022

extern uint64_t boot_cycles;

uint64_t cycles_now(void)
{
    return tsc_read();
}

uint64_t cycles_at_boot(void)
{
    return boot_cycles;
}

/* The first letters of the hypervisor's name, or 0. */
static uint32_t hypervisor_signature(void)
{
    return cpuid_read(1, 0).ecx & CPUID_1_ECX_HYPERVISOR ? cpuid_read(CPUID_HYPERVISOR, 0).ebx : 0;
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

    if (hypervisor_signature() != SIGNATURE_KVM ||
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

static uint64_t frequency_from_hyperv(void)
{
    if (hypervisor_signature() != SIGNATURE_HYPERV ||
        !(cpuid_read(CPUID_HYPERVISOR + 3, 0).eax & HYPERV_FREQUENCIES))
        return 0;
    return msr_read(MSR_HYPERV_TSC_HZ);
}

uint64_t cycles_per_second_known(void)
{
    uint64_t frequency = frequency_from_cpuid();

    if (!frequency)
        frequency = frequency_from_kvm();
    return frequency ? frequency : frequency_from_hyperv();
}
