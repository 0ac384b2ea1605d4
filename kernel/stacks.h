/* SPDX-License-Identifier: MIT
 *
 * Stacks of threads. A stack is named by its top; below that at least
 * STACK_TOP_BYTES are mapped from the start.
 */
#ifndef KERNEL_STACKS_H
#define KERNEL_STACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

uintptr_t stack_take(size_t size_bytes); /* 0: no memory */
void stack_give(uintptr_t top);
uintptr_t stack_bottom(uintptr_t top); /* lowest address that may be used */
uintptr_t stack_of(uintptr_t address); /* the stack it belongs to, or the guard below; 0: none */

/* For vm.c, which has them only in programs with threads. */
bool stack_fault(uintptr_t address);           /* maps the page, or says no */
const char *stack_describe(uintptr_t address); /* thread_list.c: why a fault there, or NULL */

#endif
