/* SPDX-License-Identifier: MIT
 *
 * Exceptions: page faults that fill demand-paged memory go back to the program,
 * everything else ends it with an explanation.
 */
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/kernel.h"

#define VECTORS           48
#define VECTOR_NMI        2
#define VECTOR_ILLEGAL    6
#define VECTOR_DOUBLE     8
#define VECTOR_PROTECTION 13
#define VECTOR_PAGE_FAULT 14
#define VECTOR_INTERRUPT  32 /* and all above */

#define FAULT_PRESENT 1
#define FAULT_WRITE   2
#define FAULT_FETCH   16

#define SIGNAL_ILL  4
#define SIGNAL_TRAP 5
#define SIGNAL_ABRT 6
#define SIGNAL_FPE  8
#define SIGNAL_BUS  7
#define SIGNAL_SEGV 11

#define PUSH_RBP 0x55
#define UD2      0x0b0f

#define ADDRESS_BITS 47 /* the others of an address are alike */

#define READ_ONLY "write to read-only memory:"

#define GATE_INTERRUPT 0x8e00 /* present, ring 0, interrupts off on entry */
#define TSS_AVAILABLE  0x89

struct gate {
    uint16_t offset_low;
    uint16_t selector;
    uint16_t stack_and_type; /* IST number, then the gate's type */
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t reserved;
};

struct task_state {
    uint32_t reserved0;
    uint64_t ring_stacks[3];
    uint64_t reserved1;
    uint64_t interrupt_stacks[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t io_map;
} __attribute__((packed));

_Static_assert(sizeof(struct gate) == 16, "as the processor has it");
_Static_assert(sizeof(struct task_state) == 104, "as the processor has it");

extern const char gdt[], gdt_end[];
extern const char image_start[], image_text_end[], image_rodata_end[];
extern const char image_sealed[], image_sealed_end[], image_tables[], boot_page_map[];
extern const char image_bss_end[];
extern uint64_t gdt_tss[2];
extern const char trap_entries[][16];
void trap_handle(struct trap_frame *frame);

bool (*fault_redirect)(struct trap_frame *frame, const struct fault *fault);

/* probe.S, in programs that have it: a fault between these means "no". */
extern const char probe_start[], probe_end[], probe_failed[];
#pragma weak probe_start
#pragma weak probe_end
#pragma weak probe_failed

/* The pages below them are mapped nowhere (linker/kernel.ld). */
char trap_stack[TRAP_STACK_SIZE] __attribute__((aligned(4096), section(".bss.stack.trap")));
char double_fault_stack[TRAP_STACK_SIZE]
    __attribute__((aligned(4096), section(".bss.stack.double_fault")));
static struct gate gates[VECTORS] SEALED;
static struct task_state task_state SEALED;

static const struct {
    uint8_t signal;
    const char *name;
} exceptions[] = {
    [0] = {SIGNAL_FPE, "division by zero"},
    [1] = {SIGNAL_TRAP, "debug trap"},
    [2] = {SIGNAL_ABRT, "non-maskable interrupt"},
    [3] = {SIGNAL_TRAP, "breakpoint"},
    [4] = {SIGNAL_FPE, "overflow"},
    [5] = {SIGNAL_SEGV, "bound exceeded"},
    [6] = {SIGNAL_ILL, "illegal instruction"},
    [7] = {SIGNAL_FPE, "no floating point unit"},
    [8] = {SIGNAL_SEGV, "double fault"},
    [10] = {SIGNAL_SEGV, "invalid task state"},
    [11] = {SIGNAL_SEGV, "segment not present"},
    [12] = {SIGNAL_SEGV, "stack segment fault (an address that cannot exist?)"},
    [13] = {SIGNAL_SEGV, "general protection fault"},
    [14] = {SIGNAL_SEGV, "page fault"},
    [16] = {SIGNAL_FPE, "x87 floating point exception"},
    [17] = {SIGNAL_BUS, "misaligned access"},
    [18] = {SIGNAL_BUS, "machine check"},
    [19] = {SIGNAL_FPE, "SIMD floating point exception"},
};

#define EXCEPTIONS (sizeof exceptions / sizeof exceptions[0])

static uintptr_t fatal_address; /* of the page fault that ends the program */

static void table_register(void (*load)(const void *), const void *table, size_t size_bytes,
                           uintptr_t distance)
{
    const struct __attribute__((packed)) {
        uint16_t limit;
        uint64_t base;
    } pointer = {(uint16_t)(size_bytes - 1), (uint64_t)table + distance};

    load(&pointer);
}

/* Runs where the loader put the image, and fills in where things will be. Loading
 * the task register writes into the descriptor table: it must come first. */
void traps_init(uintptr_t distance)
{
    for (unsigned i = 0; i < VECTORS; i++) {
        uint64_t offset = (uint64_t)trap_entries[i] + distance;
        unsigned stack = i == VECTOR_DOUBLE || i == VECTOR_NMI ? 2 : 1;
        gates[i].offset_low = (uint16_t)offset;
        gates[i].selector = SELECTOR_CODE;
        gates[i].stack_and_type = (uint16_t)(GATE_INTERRUPT | stack);
        gates[i].offset_middle = (uint16_t)(offset >> 16);
        gates[i].offset_high = (uint32_t)(offset >> 32);
    }
    task_state.interrupt_stacks[0] = (uint64_t)trap_stack + sizeof trap_stack + distance;
    task_state.interrupt_stacks[1] =
        (uint64_t)double_fault_stack + sizeof double_fault_stack + distance;
    task_state.io_map = sizeof task_state;

    uint64_t base = (uint64_t)&task_state + distance;
    gdt_tss[0] = (sizeof task_state - 1) | (base & 0xffffff) << 16 | (uint64_t)TSS_AVAILABLE << 40 |
                 (base >> 24 & 0xff) << 56;
    gdt_tss[1] = base >> 32;
    task_register_load(SELECTOR_TSS);
    table_register(gdt_load, gdt, (size_t)(gdt_end - gdt), distance);
    table_register(idt_load, gates, sizeof gates, distance);
}

/* Pieces of the image. Nothing may be written to those that come with a cause. */
static const struct piece {
    const char *start, *end;
    const char *write_cause, *words;
} pieces[] = {
    {image_start, image_text_end, READ_ONLY, "code of the program"},
    {image_text_end, image_rodata_end, READ_ONLY, "constants of the program"},
    {image_tables, trap_stack, "overflow of", "a stack of the kernel"},
    {boot_page_map, double_fault_stack, "overflow of", "a stack of the kernel"},
    {image_sealed, image_sealed_end, READ_ONLY, "what was settled at boot"},
    {image_rodata_end, image_bss_end, NULL, "variables of the program"},
};

static const struct piece *piece_of(uintptr_t address)
{
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        uintptr_t end = ((uintptr_t)pieces[i].end + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
        if (address >= (uintptr_t)pieces[i].start && address < end)
            return &pieces[i];
    }
    return NULL;
}

static enum vm_answer page_fault_answer(uintptr_t address, uint64_t error)
{
    if (error & FAULT_PRESENT)
        return VM_REFUSED;
    return vm_fault(address, error & FAULT_FETCH   ? ACCESS_EXECUTE
                             : error & FAULT_WRITE ? ACCESS_WRITE
                                                   : ACCESS_READ);
}

static const char *jump_cause(uintptr_t address, uint64_t error, const char **place)
{
    const struct piece *piece = piece_of(address);

    if (address < PAGE_SIZE)
        return "jump to address 0 (a null function pointer?)";
    if (address < NULL_AREA_SIZE)
        return "jump to an address next to 0 (a null pointer?)";
    if (!(error & FAULT_PRESENT))
        return "jump to an address without code";
    *place = vm_place(address);
    if (!*place)
        *place = piece ? piece->words : "memory of the kernel";
    return "execution of data: a jump into";
}

/* Why, and where that is; *place stays NULL when there is no more to say. */
static const char *page_fault_cause(uintptr_t address, uint64_t error, const char **place)
{
    const char *area;
    const struct piece *piece;

    if (error & FAULT_FETCH)
        return jump_cause(address, error, place);
    if (address < NULL_AREA_SIZE)
        return "access next to address 0 (a null pointer?)";
    if (address >= TABLES)
        return error & FAULT_WRITE ? "write to the page tables" : "read from the page tables";
    if ((area = vm_describe(address)))
        return area;
    if ((piece = piece_of(address)) && piece->write_cause) {
        *place = piece->words;
        return piece->write_cause;
    }
    if (error & FAULT_PRESENT)
        return "write to read-only memory";
    return error & FAULT_WRITE ? "write to an address without memory"
                               : "read from an address without memory";
}

static _Noreturn void page_fault_end(const struct trap_frame *frame, const struct fault *fault)
{
    const char *place = NULL;
    const char *cause = page_fault_cause(fault->address, frame->error, &place);
    char words[CAUSE_BYTES];

    format_into(words, sizeof words, "%s%s%s, address %lx", cause, place ? " " : "",
                place ? place : "", fault->address);
    trap_fatal(frame, fault->signal, words);
}

/* The processor does not say which address it was: one that a register holds, perhaps. */
static _Noreturn void general_protection_end(const struct trap_frame *frame)
{
    static const char names[][4] = {"r15", "r14", "r13", "r12", "r11", "r10", "r9", "r8",
                                    "rdi", "rsi", "rbp", "rbx", "rdx", "rcx", "rax"};
    const uint64_t *registers = &frame->r15;
    char words[CAUSE_BYTES];

    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        int64_t high = (int64_t)registers[i] >> ADDRESS_BITS;
        if (high == 0 || high == -1)
            continue;
        format_into(words, sizeof words, "access to an address that cannot exist: %lx, in %s?",
                    registers[i], names[i]);
        trap_fatal(frame, SIGNAL_SEGV, words);
    }
    trap_fatal(frame, SIGNAL_SEGV,
               "general protection fault (a misaligned operand, an address that cannot exist?)");
}

/* What compilers put where nobody should come. */
static bool is_compilers_trap(const struct trap_frame *frame)
{
    return frame->vector == VECTOR_ILLEGAL && mmu_is_mapped(frame->rip) &&
           *(const uint16_t *)frame->rip == UD2;
}

_Noreturn void trap_end(const struct trap_frame *frame, const struct fault *fault)
{
    const char *name = frame->vector < EXCEPTIONS ? exceptions[frame->vector].name : NULL;

    fatal_address = fault->address;
    if (frame->vector == VECTOR_PAGE_FAULT)
        page_fault_end(frame, fault);
    if (frame->vector == VECTOR_PROTECTION && !frame->error)
        general_protection_end(frame);
    if (is_compilers_trap(frame))
        name = "illegal instruction ud2 (the compiler's own, where no way should lead?)";
    trap_fatal(frame, fault->signal, name ? name : "unknown exception");
}

void trap_handle(struct trap_frame *frame)
{
    uint64_t vector = frame->vector;
    struct fault fault = {SIGNAL_SEGV, FAULT_CODE_OTHER, frame->rip};

    if (vector >= VECTOR_INTERRUPT) {
        interrupt_handle(frame);
        return;
    }
    if (vector < EXCEPTIONS && exceptions[vector].name)
        fault.signal = exceptions[vector].signal;
    if (vector == VECTOR_PAGE_FAULT) {
        enum vm_answer answer = page_fault_answer(cr2_read(), frame->error);
        if (answer == VM_FILLED)
            return;
        fault.address = cr2_read();
        fault.code = answer == VM_UNMAPPED ? FAULT_CODE_UNMAPPED : FAULT_CODE_ACCESS;
        if (answer == VM_NO_PAGE) {
            fault.signal = SIGNAL_BUS;
            fault.code = FAULT_CODE_NO_PAGE;
        }
    }
    if (frame->rip >= (uintptr_t)probe_start && frame->rip < (uintptr_t)probe_end) {
        frame->rip = (uintptr_t)probe_failed;
        return;
    }
    if (!fault_redirect || !fault_redirect(frame, &fault))
        trap_end(frame, &fault);
}

/* The registers of a fatal trap, for panic.c. */
void trap_frame_print(const struct trap_frame *f)
{
    kprintf("  rip %016lx  rsp %016lx  rbp %016lx  flags %lx\n", f->rip, f->rsp, f->rbp, f->rflags);
    kprintf("  rax %016lx  rbx %016lx  rcx %016lx  rdx %016lx\n", f->rax, f->rbx, f->rcx, f->rdx);
    kprintf("  rsi %016lx  rdi %016lx  r8  %016lx  r9  %016lx\n", f->rsi, f->rdi, f->r8, f->r9);
    kprintf("  r10 %016lx  r11 %016lx  r12 %016lx  r13 %016lx\n", f->r10, f->r11, f->r12, f->r13);
    kprintf("  r14 %016lx  r15 %016lx", f->r14, f->r15);
    if (f->vector == VECTOR_PAGE_FAULT)
        kprintf("  address %016lx", fatal_address);
    kprintf("  vector %lu error %lx\n", f->vector, f->error);
}

/* Functions that keep a frame start by saving the frame pointer. */
static bool frame_is_built(uintptr_t instruction)
{
    size_t length, offset;

    if (!symbol_find(instruction, &length, &offset))
        return true;
    return *(const uint8_t *)(instruction - offset) == PUSH_RBP && offset > 1;
}

/* After a jump to nowhere, and in a function that has no frame of its own yet, the
 * caller's address is on top of the stack, not in the chain of frames. */
uintptr_t trap_frame_caller(const struct trap_frame *f)
{
    bool lost = f->vector == VECTOR_PAGE_FAULT && f->error & FAULT_FETCH;

    if (!lost && frame_is_built(f->rip))
        return 0;
    return mmu_is_mapped(f->rsp) ? *(const uintptr_t *)f->rsp : 0;
}

uintptr_t trap_frame_instruction(const struct trap_frame *f)
{
    return f->rip;
}

uintptr_t trap_frame_base(const struct trap_frame *f)
{
    return f->rbp;
}
