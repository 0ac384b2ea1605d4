/* SPDX-License-Identifier: MIT
 *
 * The floor guest: what the hypervisor alone costs. It prints one line from
 * its first instructions, on the debug console when there is one and on the
 * UART otherwise, and stops the machine. Nothing that calls itself a system
 * can be faster; `make bench` measures hello against it in the same run.
 */
#define PORT_UART       0x3f8
#define PORT_DEBUGCON   0xe9
#define PORT_DEBUG_EXIT 0xf4
#define XEN_ELFNOTE_PHYS32_ENTRY 18

        .section .note.pvh, "a", @note
        .align  4
        .long   4                       /* name size */
        .long   4                       /* value size */
        .long   XEN_ELFNOTE_PHYS32_ENTRY
        .asciz  "Xen"
        .long   floor_entry

        .section .text, "ax", @progbits
        .code32
        .globl  floor_entry
floor_entry:                            /* 32-bit protected mode, paging off */
        mov     $PORT_DEBUGCON, %edx
        inb     %dx, %al                /* reads back 0xe9 when it exists */
        cmp     $PORT_DEBUGCON, %al
        je      1f
        mov     $PORT_UART, %edx
1:      mov     $line, %esi
        mov     $(line_end - line), %ecx
        cld
        rep outsb
        mov     $PORT_DEBUG_EXIT, %edx
        xor     %eax, %eax
        outl    %eax, %dx               /* QEMU ends with status 1 */
2:      cli
        hlt
        jmp     2b

line:   .ascii  "Hello, world\n"
line_end:
