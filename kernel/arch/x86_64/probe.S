/* SPDX-License-Identifier: MIT
 *
 * Looks whether the program's memory is there. A fault at an instruction between
 * probe_start and probe_end goes on at probe_failed (trap.c).
 */
    .text
/* bool memory_probe(const void *address, size_t size_bytes, bool writing): one byte
 * of each page. A write must not change the byte even if another thread does. */
    .globl memory_probe
    .type memory_probe, @function
memory_probe:
    xorl %r8d, %r8d /* the answer after a fault */
    testq %rsi, %rsi
    jz 4f
    leaq -1(%rdi, %rsi), %rcx /* the last byte */
    cmpq %rdi, %rcx
    jb probe_failed
    .globl probe_start
probe_start:
1:  testb %dl, %dl
    jz 2f
    lock orb $0, (%rdi)
    jmp 3f
2:  movb (%rdi), %al
3:  andq $-4096, %rdi
    addq $4096, %rdi
    cmpq %rdi, %rcx
    jae 1b
4:  movl $1, %eax
    ret

/* long memory_probe_text(const char *text, size_t max) */
    .globl memory_probe_text
    .type memory_probe_text, @function
memory_probe_text:
    movq $-1, %r8
    xorl %eax, %eax
5:  cmpq %rsi, %rax
    jae 6f
    cmpb $0, (%rdi, %rax)
    je 6f
    incq %rax
    jmp 5b
6:  ret
    .globl probe_end
probe_end:

    .globl probe_failed
probe_failed:
    movq %r8, %rax
    ret
    .section .note.GNU-stack, "", @progbits
