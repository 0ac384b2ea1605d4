/* SPDX-License-Identifier: MIT
 *
 * Registers at the time of an exception, as trap_entry.S stores them.
 */
#ifndef ARCH_TRAP_H
#define ARCH_TRAP_H

#include <stdint.h>

struct trap_frame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    uint64_t rdi, rsi, rbp, rbx, rdx, rcx, rax;
    uint64_t vector, error;
    uint64_t rip, cs, rflags, rsp, ss; /* pushed by the processor */
};

void interrupt_handle(struct trap_frame *frame); /* apic.c */
void interrupted_entry(void);                    /* switch.S */
extern const char interrupted_entry_end[];

#endif
