/* SPDX-License-Identifier: MIT
 *
 * From one thread to another, and into a thread that was interrupted.
 */
#include "kernel/arch/x86_64/registers.h"

/* void thread_switch(struct thread *from, struct thread *to)
 * What a function call preserves goes on the stack; the rest is lost anyway. */
    .cfi_sections .debug_frame
    .text
    .globl thread_switch
    .type thread_switch, @function
thread_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    subq $8, %rsp
    stmxcsr (%rsp)
    fnstcw 4(%rsp)
    movq %rsp, THREAD_STACK_POINTER(%rdi)
    movq THREAD_STACK_POINTER(%rsi), %rsp
    movl THREAD_CONTROL(%rsi), %eax
    movl THREAD_CONTROL + 4(%rsi), %edx
    movl $MSR_FS_BASE, %ecx
    wrmsr
    fldcw 4(%rsp)
    ldmxcsr (%rsp)
    addq $8, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret

/* Where trap_redirect sends a thread: interrupts are off, rdi points to the frame
 * of what was interrupted, rsi to the function to call with a copy of it. */
    .globl interrupted_entry
    .type interrupted_entry, @function
interrupted_entry:
    movq %rsi, %rdx
    movq %rdi, %rsi
    subq $TRAP_FRAME_BYTES, %rsp
    movq %rsp, %rdi
    movl $TRAP_FRAME_BYTES / 8, %ecx
    rep movsq
    movq %rsp, %rbx /* the copy */
    .cfi_startproc simple
    CFI_TRAP_FRAME(3) /* rbx */
    movq %rdx, %r13
    movl fpu_state_bytes(%rip), %ecx
    subq %rcx, %rsp
    andq $-64, %rsp
    movq %rsp, %r12 /* the floating-point and vector registers */
    movl fpu_state_mask(%rip), %r14d
    testl %r14d, %r14d
    jz 1f
    movl %r14d, %eax
    xorl %edx, %edx
    movq %rdx, 512(%rsp) /* the header: nothing is saved yet */
    movq %rdx, 520(%rsp)
    movq %rdx, 528(%rsp)
    movq %rdx, 536(%rsp)
    movq %rdx, 544(%rsp)
    movq %rdx, 552(%rsp)
    movq %rdx, 560(%rsp)
    movq %rdx, 568(%rsp)
    xsave (%rsp)
    jmp 2f
1:  fxsave (%rsp)
2:  pushq FRAME_RIP(%rbx) /* for backtraces: called from there */
    pushq FRAME_RBP(%rbx)
    movq %rsp, %rbp
    pushq $MXCSR_START
    ldmxcsr (%rsp)
    fninit
    addq $8, %rsp
    testl $RFLAGS_INTERRUPTS, FRAME_RFLAGS(%rbx)
    jz 5f
    sti
5:  movq %rbx, %rdi
    call *%r13
    cli
    testl %r14d, %r14d
    jz 3f
    movl %r14d, %eax
    xorl %edx, %edx
    xrstor (%r12)
    jmp 4f
3:  fxrstor (%r12)
4:  movq %rbx, %rsp
    jmp trap_return
    .cfi_endproc
    .globl interrupted_entry_end
interrupted_entry_end:

/* void call_on_stack(void (*function)(void *), void *argument, uintptr_t top) */
    .globl call_on_stack
    .type call_on_stack, @function
call_on_stack:
    pushq %rbp
    movq %rsp, %rbp
    movq %rdx, %rsp
    andq $-16, %rsp
    movq %rdi, %rax
    movq %rsi, %rdi
    call *%rax
    leave
    ret

    .section .note.GNU-stack, "", @progbits
