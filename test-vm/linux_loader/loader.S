/* SPDX-License-Identifier: MIT
 *
 * A boot loader for tests: QEMU starts it (PVH) with an image as its module, and
 * it enters the image as Firecracker enters a Linux kernel: long mode, memory
 * mapped one to one, %rsi pointing to struct boot_params. See loader.c.
 */
#define XEN_ELFNOTE_PHYS32_ENTRY 18

        .section .note.pvh, "a", @note
        .align  4
        .long   4, 4, XEN_ELFNOTE_PHYS32_ENTRY
        .asciz  "Xen"
        .long   loader_entry

        .section .text.entry, "ax", @progbits
        .code32
        .globl  loader_entry
loader_entry:
        mov     %ebx, %edi              /* struct hvm_start_info */
        mov     $tables, %eax
        lea     0x1003(%eax), %ecx
        mov     %ecx, (%eax)            /* level 4 to level 3 */
        lea     0x2003(%eax), %ecx
        mov     %ecx, 0x1000(%eax)      /* level 3 to level 2: the first GiB */
        xor     %ecx, %ecx
1:      mov     %ecx, %edx
        shl     $21, %edx
        or      $0x83, %edx             /* 2 MiB each, writable */
        mov     %edx, 0x2000(%eax, %ecx, 8)
        inc     %ecx
        cmp     $512, %ecx
        jne     1b
        mov     %eax, %cr3
        mov     $0x20, %eax             /* PAE */
        mov     %eax, %cr4
        mov     $0xc0000080, %ecx
        rdmsr
        or      $0x100, %eax            /* long mode */
        wrmsr
        mov     $0x80000001, %eax
        mov     %eax, %cr0
        lgdt    gdt_pointer
        ljmp    $8, $2f
        .code64
2:      mov     $16, %eax
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %ss
        mov     $stack_end, %esp
        call    load                    /* returns the image's entry */
        mov     $0x7000, %esi           /* where loader.c put struct boot_params */
        jmp     *%rax

        .section .rodata
        .align  8
gdt:    .quad   0, 0x00af9b000000ffff, 0x00cf93000000ffff
gdt_pointer:
        .word   gdt_pointer - gdt - 1
        .long   gdt

        .section .bss
        .align  4096
tables: .skip   3 * 4096
        .skip   4096
stack_end:
        .section .note.GNU-stack, "", @progbits
