/* SPDX-License-Identifier: MIT
 *
 * The floor below the floor: a firmware that writes one line from the
 * processor's first instructions. The time until then is the hypervisor's alone;
 * what the floor guest takes more is the machine's own firmware.
 */
#define PORT_DEBUGCON   0xe9
#define PORT_DEBUG_EXIT 0xf4

        .section .text, "ax", @progbits
        .code16
rom_start:                              /* real mode; the last 64 KiB below 1 MiB */
        mov     $PORT_DEBUGCON, %dx
        mov     $'R', %al
        outb    %al, %dx
        mov     $'\n', %al
        outb    %al, %dx
        mov     $PORT_DEBUG_EXIT, %dx
        xor     %eax, %eax
        outl    %eax, %dx               /* QEMU ends with status 1 */
1:      cli
        hlt
        jmp     1b

        .org    0xfff0                  /* where the processor begins */
        .byte   0xe9                    /* jmp, forward over the segment's end to rom_start: */
        .short  0x10000 - (0xfff0 + 3)  /* not every assembler lets a jump wrap */
        .org    0x10000
