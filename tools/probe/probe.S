/* SPDX-License-Identifier: MIT
 *
 * The KVM probe: does this host run kernel-mode code as a processor would?
 * Uses SSE and counts a few million steps in ring 0, then says 42 on QEMU's
 * debug-exit port. A processor needs a few milliseconds for it.
 */
#define STEPS      4000000
#define CR0_EM     (1 << 2)
#define CR0_MP     (1 << 1)
#define CR4_SSE    (3 << 9) /* OSFXSR, OSXMMEXCPT */
#define PORT_EXIT  0xf4
#define ANSWER     42

    .section .note.pvh, "a", @note
    .balign 4
    .long 4, 4, 18 /* XEN_ELFNOTE_PHYS32_ENTRY */
    .asciz "Xen"
    .long probe_entry

    .text
    .code32
    .globl probe_entry
probe_entry:
    cli
    movl %cr0, %eax
    andl $~CR0_EM, %eax
    orl $CR0_MP, %eax
    movl %eax, %cr0
    movl %cr4, %eax
    orl $CR4_SSE, %eax
    movl %eax, %cr4

    movl $3, %eax
    cvtsi2sd %eax, %xmm0
    movaps %xmm0, probe_scratch
    movaps probe_scratch, %xmm1
    mulsd %xmm1, %xmm0
    cvtsd2si %xmm0, %ebx
    cmpl $9, %ebx
    jne 2f

    movl $STEPS, %ecx
1:  decl %ecx
    jnz 1b
    movl $ANSWER, %eax
    outl %eax, $PORT_EXIT
2:  hlt
    jmp 2b

    .bss
    .balign 16
probe_scratch:
    .skip 16

    .section .note.GNU-stack, "", @progbits
