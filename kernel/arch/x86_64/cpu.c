/* SPDX-License-Identifier: MIT
 *
 * The processor and what stands next to it: waiting, interrupt lines, power.
 */
#include "kernel/abi/console.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/kernel.h"

#define LOCAL_APIC_ADDRESS  0xfee00000
#define LOCAL_APIC_ID       (0x20 / 4)
#define LOCAL_APIC_EOI      (0xb0 / 4)
#define LOCAL_APIC_SPURIOUS (0xf0 / 4)
#define LOCAL_APIC_ON       0x100
#define IO_APIC_ADDRESS     0xfec00000
#define IO_APIC_DATA        4 /* words from the index register */
#define IO_APIC_VERSION     1
#define IO_APIC_LINES       0x10
#define VECTOR_LINES        32
#define VECTOR_SPURIOUS     47

#define CPUID_1_ECX_RDRAND (1u << 30)
#define CPUID_1_EDX_APIC   (1u << 9)
#define CPUID_7_EBX_RDSEED (1u << 18)

#define PORT_PIC1_MASK 0x21
#define PORT_PIC2_MASK 0xa1

#define PORT_ACPI_PM1A_CONTROL 0x604  /* QEMU's pc and q35 */
#define ACPI_SLEEP_S5          0x2000 /* sleep enable, type 0 */
#define PORT_KEYBOARD          0x64
#define KEYBOARD_RESET         0xfe

void interrupt_handle(unsigned vector);

static volatile uint32_t *local_apic;

void cpu_relax(void)
{
    __asm__ volatile("pause");
}

/* Interrupts are on only here; the program itself is never interrupted. */
void cpu_wait(void)
{
    __asm__ volatile("sti; hlt; cli" : : : "memory");
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

/* Routes an ISA interrupt line to this processor, if there is an I/O APIC. */
bool interrupt_line_enable(unsigned line)
{
    volatile uint32_t *io_apic;

    if (!(cpuid_read(1, 0).edx & CPUID_1_EDX_APIC))
        return false;
    local_apic = mmu_device(LOCAL_APIC_ADDRESS, PAGE_SIZE);
    io_apic = mmu_device(IO_APIC_ADDRESS, PAGE_SIZE);
    if (!local_apic || !io_apic)
        return false;
    io_apic[0] = IO_APIC_VERSION;
    uint32_t version = io_apic[IO_APIC_DATA];
    if (version == 0xffffffff || (version >> 16 & 0xff) < line)
        return false;
    /* A PC's firmware leaves the old controller on, its timer at vector 8. */
    port_write8(PORT_PIC1_MASK, 0xff);
    port_write8(PORT_PIC2_MASK, 0xff);
    local_apic[LOCAL_APIC_SPURIOUS] = LOCAL_APIC_ON | VECTOR_SPURIOUS;
    io_apic[0] = IO_APIC_LINES + 2 * line + 1;
    io_apic[IO_APIC_DATA] = local_apic[LOCAL_APIC_ID] & 0xff000000;
    io_apic[0] = IO_APIC_LINES + 2 * line;
    io_apic[IO_APIC_DATA] = VECTOR_LINES + line; /* edge, active high, unmasked */
    return true;
}

/* Nothing to do but to have woken cpu_wait. */
void interrupt_handle(unsigned vector)
{
    if (vector != VECTOR_SPURIOUS && local_apic)
        local_apic[LOCAL_APIC_EOI] = 0;
}

void machine_power_off(int status)
{
    port_write32(PORT_DEBUG_EXIT, (uint32_t)status);
    port_write16(PORT_ACPI_PM1A_CONTROL, ACPI_SLEEP_S5);
    port_write8(PORT_KEYBOARD, KEYBOARD_RESET);
    /* What is left is a triple fault: hypervisors take it as a reset. */
    static const struct __attribute__((packed)) {
        uint16_t limit;
        uint64_t base;
    } no_idt;
    __asm__ volatile("lidt %0; int3" : : "m"(no_idt));
}
