/* SPDX-License-Identifier: MIT
 *
 * Bits of control registers, page table entries and selectors, for C and
 * assembly alike.
 */
#ifndef ARCH_REGISTERS_H
#define ARCH_REGISTERS_H

#define CR0_PE 0x00000001
#define CR0_MP 0x00000002
#define CR0_ET 0x00000010
#define CR0_NE 0x00000020
#define CR0_WP 0x00010000
#define CR0_PG 0x80000000

#define CR4_PAE        0x000020
#define CR4_OSFXSR     0x000200
#define CR4_OSXMMEXCPT 0x000400
#define CR4_UMIP       0x000800
#define CR4_SMEP       0x100000
#define CR4_SMAP       0x200000
#define CR4_OSXSAVE    0x040000

#define XCR0_X87    0x01
#define XCR0_SSE    0x02
#define XCR0_AVX    0x04
#define XCR0_AVX512 0xe0

#define RFLAGS_TRAP       0x100
#define RFLAGS_INTERRUPTS 0x200
#define RFLAGS_DIRECTION  0x400
#define RFLAGS_ALIGN      0x40000

#define CPUID_1_ECX_XSAVE 0x04000000
#define CPUID_XSAVE       0xd

#define MXCSR_START       0x1f80 /* as a program finds them: exceptions masked */
#define FPU_CONTROL_START 0x037f
#define FXSAVE_BYTES      512

#define MSR_APIC_BASE 0x1b
#define MSR_EFER      0xc0000080
#define MSR_FS_BASE   0xc0000100
#define EFER_LME      0x100
#define EFER_NXE      0x800

#define PTE_PRESENT      0x001
#define PTE_WRITE        0x002
#define PTE_USER         0x004
#define PTE_UNCACHED     0x018 /* PCD and PWT */
#define PTE_LARGE        0x080
/* Ours; the processor ignores them (the first only in entries without PTE_PRESENT). */
#define PTE_HIDDEN       0x100 /* a page that nobody may touch at the time */
#define PTE_TAKEN        0x200 /* not present for good, in the view of RAM */
#define PTE_BORROWED     0x200 /* a page that is somebody else's, as of a file */
#define PTE_PROMISED     0x400 /* there is a page for it when it is touched */
#define PTE_GUARD        0x800
#define PTE_TABLE        (PTE_PRESENT | PTE_WRITE | PTE_USER)
#define PTE_LARGE_START  (PTE_PRESENT | PTE_WRITE | PTE_LARGE)
#define PTE_ADDRESS_MASK 0x000ffffffffff000

#define TRAP_FRAME_BYTES     176
#define FRAME_RBP            80
#define FRAME_RIP            136
#define FRAME_RFLAGS         152
#define FRAME_RSP            160
#define THREAD_STACK_POINTER 0
#define THREAD_CONTROL       8

/* For debuggers, in assembly: the registers of what was interrupted are in a struct
 * trap_frame that the register cfa points to. DWARF has numbers of its own for them. */
/* clang-format off */
#define CFI_TRAP_FRAME(cfa) \
    .cfi_signal_frame; .cfi_def_cfa cfa, TRAP_FRAME_BYTES; \
    .cfi_offset 15, 0 - TRAP_FRAME_BYTES; .cfi_offset 14, 8 - TRAP_FRAME_BYTES; \
    .cfi_offset 13, 16 - TRAP_FRAME_BYTES; .cfi_offset 12, 24 - TRAP_FRAME_BYTES; \
    .cfi_offset 11, 32 - TRAP_FRAME_BYTES; .cfi_offset 10, 40 - TRAP_FRAME_BYTES; \
    .cfi_offset 9, 48 - TRAP_FRAME_BYTES; .cfi_offset 8, 56 - TRAP_FRAME_BYTES; \
    .cfi_offset 5, 64 - TRAP_FRAME_BYTES; .cfi_offset 4, 72 - TRAP_FRAME_BYTES; \
    .cfi_offset 6, 80 - TRAP_FRAME_BYTES; .cfi_offset 3, 88 - TRAP_FRAME_BYTES; \
    .cfi_offset 1, 96 - TRAP_FRAME_BYTES; .cfi_offset 2, 104 - TRAP_FRAME_BYTES; \
    .cfi_offset 0, 112 - TRAP_FRAME_BYTES; .cfi_offset 16, FRAME_RIP - TRAP_FRAME_BYTES; \
    .cfi_offset 7, FRAME_RSP - TRAP_FRAME_BYTES
/* clang-format on */

#define TABLES_INDEX 510                  /* the entry of the top table that is the table itself */
#define TABLES       0xffffff0000000000ul /* where all tables are seen because of it */

#define SELECTOR_CODE    0x08
#define SELECTOR_DATA    0x10
#define SELECTOR_CODE_32 0x18
#define SELECTOR_TSS     0x20

#endif
