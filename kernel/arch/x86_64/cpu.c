/* SPDX-License-Identifier: MIT
 *
 * The processor and what stands next to it: waiting, random numbers, power.
 */
#include "kernel/abi/console.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/kernel.h"

#define CPUID_1_ECX_RDRAND (1u << 30)
#define CPUID_7_EBX_RDSEED (1u << 18)

#define PORT_KEYBOARD  0x64
#define KEYBOARD_RESET 0xfe

#pragma weak sched_wait_device

void cpu_relax(void)
{
    __asm__ volatile("pause");
}

bool interrupts_off(void)
{
    uint64_t flags;

    __asm__ volatile("pushfq; popq %0; cli" : "=r"(flags) : : "memory");
    return flags & RFLAGS_INTERRUPTS;
}

void interrupts_restore(bool on)
{
    if (on)
        __asm__ volatile("sti" : : : "memory");
}

/* Called with interrupts off: one that comes before hlt still ends it. */
void cpu_wait_interrupt(void)
{
    __asm__ volatile("sti; hlt; cli" : : : "memory");
}

/* Other threads run meanwhile, in programs that have them. */
void cpu_wait(void)
{
    if (sched_wait_device)
        sched_wait_device();
    else
        cpu_wait_interrupt();
}

_Noreturn void cpu_stop(void)
{
    for (;;)
        __asm__ volatile("cli; hlt");
}

bool cpu_random(uint64_t *word)
{
    uint8_t ok = 0;

    if (cpuid_read(0, 0).eax >= 7 && cpuid_read(7, 0).ebx & CPUID_7_EBX_RDSEED)
        for (int i = 0; i < 100 && !ok; i++)
            __asm__ volatile("rdseed %0; setc %1" : "=r"(*word), "=qm"(ok) : : "cc");
    if (!ok && cpuid_read(1, 0).ecx & CPUID_1_ECX_RDRAND)
        for (int i = 0; i < 10 && !ok; i++)
            __asm__ volatile("rdrand %0; setc %1" : "=r"(*word), "=qm"(ok) : : "cc");
    return ok;
}

void emulator_exit(int status)
{
    port_write32(PORT_DEBUG_EXIT, (uint32_t)status);
}

void machine_reset(void)
{
    port_write8(PORT_KEYBOARD, KEYBOARD_RESET);
    /* What is left is a triple fault: hypervisors take it as a reset. */
    static const struct __attribute__((packed)) {
        uint16_t limit;
        uint64_t base;
    } no_idt;
    __asm__ volatile("lidt %0; int3" : : "m"(no_idt));
}
