/* SPDX-License-Identifier: MIT
 *
 * The interrupt controllers: the processor's own with its timer, and the one that
 * device lines come in by.
 */
#include "kernel/acpi.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/kernel.h"

#define LOCAL_APIC_ADDRESS       0xfee00000
#define LOCAL_APIC_ID            (0x20 / 4)
#define LOCAL_APIC_EOI           (0xb0 / 4)
#define LOCAL_APIC_SPURIOUS      (0xf0 / 4)
#define LOCAL_APIC_TIMER         (0x320 / 4)
#define LOCAL_APIC_TIMER_START   (0x380 / 4)
#define LOCAL_APIC_TIMER_NOW     (0x390 / 4)
#define LOCAL_APIC_TIMER_DIVISOR (0x3e0 / 4)
#define DIVIDE_BY_1              0xb
#define DIVIDE_BY_128            0xa
#define DIVIDE_SHIFT             7
#define LOCAL_APIC_ON            0x100
#define COUNT_START              0x7fffffff
#define IO_APIC_ADDRESS          0xfec00000
#define IO_APIC_DATA             4 /* words from the index register */
#define IO_APIC_VERSION          1
#define IO_APIC_INPUTS           0x10
#define INPUT_LOW                0x2000
#define INPUT_LEVEL              0x8000
#define VECTOR_LINES             32 /* for devices, in the order they come */
#define VECTOR_TIMER             46
#define VECTOR_SPURIOUS          47

#define CPUID_1_EDX_APIC (1u << 9)
#define PORT_PIC1_MASK   0x21
#define PORT_PIC2_MASK   0xa1
#define PORT_PIT_CHANNEL 0x40
#define PORT_PIT_COMMAND 0x43
#define PIT_ONCE         0x30 /* channel 0: count down once, then be quiet */

#define SOURCES_MAX (VECTOR_TIMER - VECTOR_LINES)
#define NO_LINE     (~0u)

struct interrupt_routing interrupt_routing = {.io_apic = IO_APIC_ADDRESS};
static struct interrupt_source {
    unsigned line;   /* shared with others, or NO_LINE for messages */
    unsigned vector; /* those of one line have the same */
    void (*handler)(void);
} sources[SOURCES_MAX];
static unsigned source_count;
static volatile uint32_t *local_apic;
static uint64_t timer_counts_per_us = 1000; /* what QEMU and KVM have */

#pragma weak sched_interrupt

static bool local_apic_enable(void)
{
    if (local_apic)
        return true;
    if (!(cpuid_read(1, 0).edx & CPUID_1_EDX_APIC))
        return false;
    local_apic = mmu_device(LOCAL_APIC_ADDRESS, PAGE_SIZE);
    if (!local_apic)
        return false;
    /* A PC's firmware leaves the old controller on, its timer at vector 8. The timer
     * would keep a hypervisor busy that nobody listens to. */
    port_write8(PORT_PIC1_MASK, 0xff);
    port_write8(PORT_PIC2_MASK, 0xff);
    port_write8(PORT_PIT_COMMAND, PIT_ONCE);
    port_write8(PORT_PIT_CHANNEL, 0);
    port_write8(PORT_PIT_CHANNEL, 0);
    local_apic[LOCAL_APIC_SPURIOUS] = LOCAL_APIC_ON | VECTOR_SPURIOUS;
    return true;
}

/* ISA lines come in as the routing says; those above are PCI's: level, active low. */
static uint32_t input_mode(unsigned line, unsigned *input)
{
    const struct interrupt_route *route = &interrupt_routing.lines[line % INTERRUPT_LINES_ISA];

    *input = line;
    if (line >= INTERRUPT_LINES_ISA)
        return INPUT_LEVEL | INPUT_LOW;
    if (!route->known)
        return 0;
    *input = route->input;
    return (route->is_level ? INPUT_LEVEL : 0) | (route->is_low ? INPUT_LOW : 0);
}

static unsigned source_add(unsigned line, void (*handler)(void))
{
    unsigned vector = VECTOR_LINES + source_count;

    for (unsigned i = 0; i < source_count && line != NO_LINE; i++)
        if (sources[i].line == line)
            vector = sources[i].vector;
    sources[source_count++] = (struct interrupt_source){line, vector, handler};
    return vector;
}

/* Brings an interrupt line to this processor, if there is an I/O APIC. */
bool interrupt_line_enable(unsigned line, void (*handler)(void))
{
    static volatile uint32_t *io_apic;
    unsigned input;

    if (source_count == SOURCES_MAX || !local_apic_enable())
        return false;
    if (!io_apic && !(io_apic = mmu_device(interrupt_routing.io_apic, PAGE_SIZE)))
        return false;
    uint32_t mode = input_mode(line, &input);
    io_apic[0] = IO_APIC_VERSION;
    uint32_t version = io_apic[IO_APIC_DATA];
    if (version == 0xffffffff || (version >> 16 & 0xff) < input)
        return false;
    mode |= source_add(line, handler);
    io_apic[0] = IO_APIC_INPUTS + 2 * input + 1;
    io_apic[IO_APIC_DATA] = local_apic[LOCAL_APIC_ID] & 0xff000000;
    io_apic[0] = IO_APIC_INPUTS + 2 * input;
    io_apic[IO_APIC_DATA] = mode; /* not masked */
    return true;
}

bool interrupt_message_enable(struct interrupt_message *message, void (*handler)(void))
{
    if (source_count == SOURCES_MAX || !local_apic_enable())
        return false;
    message->address = LOCAL_APIC_ADDRESS | (local_apic[LOCAL_APIC_ID] >> 24) << 12;
    message->data = source_add(NO_LINE, handler);
    return true;
}

bool interrupt_timer_init(void)
{
    if (!local_apic_enable())
        return false;
    local_apic[LOCAL_APIC_TIMER_DIVISOR] = DIVIDE_BY_1;
    local_apic[LOCAL_APIC_TIMER] = VECTOR_TIMER; /* once */
    return true;
}

/* What is too far for the counter's 32 bits, some seconds, is counted in steps of 128, up
 * to minutes: a wait of ten seconds is one interrupt. Beyond that it comes too early, and
 * is set again. */
void interrupt_timer_set(uint64_t delay_ns)
{
    static bool is_slow;
    uint64_t longest_ns = UINT64_MAX / timer_counts_per_us;
    uint64_t counts = (delay_ns < longest_ns ? delay_ns : longest_ns) * timer_counts_per_us / 1000;
    bool is_far = counts > UINT32_MAX;

    if (!local_apic)
        return;
    if (is_far)
        counts = (counts >> DIVIDE_SHIFT) + 1;
    if (is_far != is_slow)
        local_apic[LOCAL_APIC_TIMER_DIVISOR] = is_far ? DIVIDE_BY_128 : DIVIDE_BY_1;
    is_slow = is_far;
    if (counts > UINT32_MAX)
        counts = UINT32_MAX;
    local_apic[LOCAL_APIC_TIMER_START] = counts ? (uint32_t)counts : 1;
}

/* As a clock, while it is not needed as a timer: it counts down from the top. */
uint64_t interrupt_timer_count(void)
{
    if (!local_apic[LOCAL_APIC_TIMER_NOW])
        local_apic[LOCAL_APIC_TIMER_START] = COUNT_START;
    return COUNT_START - local_apic[LOCAL_APIC_TIMER_NOW];
}

/* A device is attended to before the end is told: by then a level is no longer there.
 * To have woken cpu_wait is enough in programs without threads. */
void interrupt_handle(struct trap_frame *frame)
{
    if (frame->vector == VECTOR_SPURIOUS)
        return;
    for (unsigned i = 0; i < source_count; i++)
        if (sources[i].vector == frame->vector && sources[i].handler)
            sources[i].handler();
    if (local_apic)
        local_apic[LOCAL_APIC_EOI] = 0;
    if (sched_interrupt)
        sched_interrupt(frame, frame->vector == VECTOR_TIMER);
}
