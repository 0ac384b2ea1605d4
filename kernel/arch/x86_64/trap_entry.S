/* SPDX-License-Identifier: MIT
 *
 * Where the processor arrives for an exception or interrupt: saves the registers
 * as struct trap_frame and calls C. Every vector enters on a stack of its own
 * (IST), so programs may use the red zone and a bad stack pointer does no harm.
 */
#include "kernel/arch/x86_64/registers.h"

    .cfi_sections .debug_frame
    .text
    .balign 16
    .globl trap_entries
trap_entries:
    .set vector, 0
    .rept 48
    .balign 16
    .if vector != 8 && vector != 10 && vector != 11 && vector != 12 && vector != 13 && vector != 14 && vector != 17 && vector != 21 && vector != 29 && vector != 30
    pushq $0 /* the processor pushes no error code here */
    .endif
    pushq $vector
    jmp trap_common
    .set vector, vector + 1
    .endr

    .type trap_common, @function
trap_common:
    pushq %rax
    pushq %rcx
    pushq %rdx
    pushq %rbx
    pushq %rbp
    pushq %rsi
    pushq %rdi
    pushq %r8
    pushq %r9
    pushq %r10
    pushq %r11
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    .cfi_startproc simple
    CFI_TRAP_FRAME(7) /* rsp */
    cld
    movq %rsp, %rdi
    call trap_handle
    .globl trap_return
trap_return: /* rsp: a frame */
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %r11
    popq %r10
    popq %r9
    popq %r8
    popq %rdi
    popq %rsi
    popq %rbp
    popq %rbx
    popq %rdx
    popq %rcx
    popq %rax
    addq $16, %rsp
    iretq
    .cfi_endproc

/* void cpu_run_on_stack(uintptr_t stack_top, void (*function)(void)) */
    .globl cpu_run_on_stack
    .type cpu_run_on_stack, @function
cpu_run_on_stack:
    movq %rdi, %rsp
    xorl %ebp, %ebp
    call *%rsi
    ud2

    .section .note.GNU-stack, "", @progbits
