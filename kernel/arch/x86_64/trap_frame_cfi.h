/* SPDX-License-Identifier: MIT
 *
 * For debuggers: the registers of what was interrupted are in a struct trap_frame
 * that ends at CFA. For assembly only.
 */
#ifndef ARCH_TRAP_FRAME_CFI_H
#define ARCH_TRAP_FRAME_CFI_H

#include "kernel/arch/x86_64/registers.h"

#define IN_FRAME(offset) ((offset) - TRAP_FRAME_BYTES)

/* In the order of trap.h, by the numbers that DWARF gives registers. */
.macro cfi_trap_frame
    .set cfi_offset, 0
    .irp number, 15, 14, 13, 12, 11, 10, 9, 8, 5, 4, 6, 3, 1, 2, 0
    .cfi_offset \number, IN_FRAME(cfi_offset)
    .set cfi_offset, cfi_offset + 8
    .endr
    .cfi_offset 16, IN_FRAME(FRAME_RIP)
    .cfi_offset 7, IN_FRAME(FRAME_RSP)
.endm

#endif
