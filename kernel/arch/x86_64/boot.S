/* SPDX-License-Identifier: MIT
 *
 * The ways in: from each boot protocol's entry to 64-bit C. All of them meet in
 * 32-bit mode without paging, map the image where the loader put it and go on to
 * start(), which moves it to its place for this boot and comes back through
 * image_enter. Nothing here is timed or probed: that is why it is short.
 */
#include "kernel/arch/x86_64/boot_protocols.h"
#include "kernel/arch/x86_64/registers.h"

/* The image is linked to run anywhere, so an address is a distance from here, and
 * here is where every loader puts it (linker/kernel.ld). */
#define PHYSICAL(symbol) ((symbol) - boot_start + IMAGE_LOAD_ADDRESS)

/* Found by its magic in the file's first 32 KiB. */
    .section .text.boot, "ax"
    .balign 8
    .globl boot_start
boot_start:
multiboot2_header:
    .long MULTIBOOT2_HEADER_MAGIC
    .long 0 /* i386: entered in 32-bit protected mode, also by UEFI's GRUB */
    .long multiboot2_header_end - multiboot2_header
    .long -(MULTIBOOT2_HEADER_MAGIC + (multiboot2_header_end - multiboot2_header))
    .balign 8
    .short 3, 0 /* entry address: the ELF header's is for Linux loaders */
    .long 12, PHYSICAL(multiboot2_entry)
    .balign 8
    .short 0, 0 /* end */
    .long 8
multiboot2_header_end:

/* Linux 64-bit boot protocol: paging on, rsi: struct boot_params. Goes back to
 * 32-bit mode to share the rest. */
    .code64
    .globl linux_entry
linux_entry:
    cli
    movl $PHYSICAL(boot_stack_end), %esp
    lgdt gdt_pointer(%rip)
    pushq $SELECTOR_CODE_32
    pushq $PHYSICAL(1f)
    lretq
    .code32
1:  movl $SELECTOR_DATA, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    movl $CR0_ET | CR0_PE, %eax
    movl %eax, %cr0
    movl $PROTOCOL_LINUX, %ebp
    jmp boot

/* ebx: multiboot2 information, anywhere below 4 GiB: it is taken along. */
multiboot2_entry:
    cli
    cld
    movl %ebx, %esi
    movl (%esi), %ecx
    movl $BOOT_COPY_BYTES, %eax
    cmpl %eax, %ecx
    jbe 1f
    movl %eax, %ecx
1:  movl $PHYSICAL(boot_copy), %edi
    rep movsb
    movl $PHYSICAL(boot_copy), %esi
    movl $PROTOCOL_MULTIBOOT2, %ebp
    jmp boot

/* ebx: struct hvm_start_info; flat segments, paging off. */
    .globl pvh_entry
    .type pvh_entry, @function
pvh_entry:
    movl %ebx, %esi
    movl $PROTOCOL_PVH, %ebp

boot:
    cli
    cld
    rdtsc
    movl %eax, PHYSICAL(boot_cycles)
    movl %edx, PHYSICAL(boot_cycles) + 4

    movl $PHYSICAL(boot_page_directory_pointers) + PTE_TABLE, PHYSICAL(boot_page_map)
    movl $PHYSICAL(boot_page_directory) + PTE_TABLE, PHYSICAL(boot_page_directory_pointers)
    movl $PHYSICAL(boot_page_directory), %edi
    movl $PTE_LARGE_START, %eax
1:  movl %eax, (%edi)
    addl $8, %edi
    addl $0x200000, %eax
    cmpl $PHYSICAL(image_bundle) + 0x1000, %eax
    jb 1b

    movl $0x80000001, %eax
    cpuid
    movl $EFER_LME, %eax
    btl $20, %edx /* has no-execute pages */
    jnc 2f
    orl $EFER_NXE, %eax
    movl $0x80000000, PHYSICAL(mmu_no_execute) + 4
2:  xorl %edx, %edx
    movl $MSR_EFER, %ecx
    wrmsr

    movl $CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT, %eax
    movl %eax, %cr4
    movl $PHYSICAL(boot_page_map), %eax
    movl %eax, %cr3
    movl $CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE, %eax
    movl %eax, %cr0
    lgdt PHYSICAL(gdt_pointer)
    ljmp $SELECTOR_CODE, $PHYSICAL(pvh_entry_64)

    .code64
pvh_entry_64:
    movl $SELECTOR_DATA, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    xorl %eax, %eax
    movl %eax, %fs
    movl %eax, %gs
    movl $PHYSICAL(boot_stack_end), %esp
    movl %ebp, %edi /* start(protocol, information) */
    xorl %ebp, %ebp
    call start
    ud2

/* image_enter(page_map, moved): goes on in the image at its place, on the page
 * tables that know nothing of where it was. Both sets of tables have this code at
 * the place that the jump goes to. */
    .globl image_enter
    .type image_enter, @function
image_enter:
    leaq 1f(%rip), %rax
    addq %rsi, %rax
    jmp *%rax
1:  movq %rdi, %cr3
    leaq boot_stack_end(%rip), %rsp
    xorl %ebp, %ebp
    call kernel_main
    ud2

    .balign 8
gdt_pointer:
    .word gdt_end - gdt - 1
    .quad PHYSICAL(gdt)

    .section .data.rel.ro.gdt, "aw"
    .balign 8
    .globl gdt, gdt_end, gdt_tss
gdt:
    .quad 0
    .quad 0x00af9b000000ffff /* SELECTOR_CODE: 64-bit, ring 0 */
    .quad 0x00cf93000000ffff /* SELECTOR_DATA */
    .quad 0x00cf9b000000ffff /* SELECTOR_CODE_32 */
gdt_tss:
    .quad 0, 0 /* filled by trap.c */
gdt_end:

/* Once the image is at its place these three pages are mapped nowhere. Then they
 * are the guards of the stacks between which linker/kernel.ld puts them. */
    .section .bss.guard.1, "aw", @nobits
    .balign 4096
    .globl boot_page_map
boot_page_map:
    .skip 4096
    .section .bss.guard.2, "aw", @nobits
    .balign 4096
boot_page_directory_pointers:
    .skip 4096
    .section .bss.guard.3, "aw", @nobits
    .balign 4096
boot_page_directory:
    .skip 4096

    .section .bss.stack.boot, "aw", @nobits
    .balign 4096
    .globl boot_stack, boot_stack_end
boot_stack:
    .skip TRAP_STACK_SIZE
boot_stack_end:

    .section .bss.boot_copy, "aw", @nobits
    .balign 16
    .globl boot_copy
boot_copy:
    .skip BOOT_COPY_BYTES

    .section .bss.boot_cycles, "aw", @nobits
    .balign 8
    .globl boot_cycles
boot_cycles:
    .skip 8

    .section .note.GNU-stack, "", @progbits
