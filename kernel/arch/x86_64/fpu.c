/* SPDX-License-Identifier: MIT
 *
 * The kernel leaves the program's vector registers alone. In the middle of an exception
 * it may have to call what was not compiled like that: then they are kept here.
 */
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/kernel.h"
#include "kernel/panic.h"

#define STATE_BYTES_MAX 4096 /* AVX-512 takes 2.7 KB */

static char state[STATE_BYTES_MAX] __attribute__((aligned(64)));

/* XSAVE where thread_init has switched it on. Interrupts are off, nobody else comes here. */
void call_with_registers_kept(void (*function)(void *), void *argument)
{
    bool extended = cr4_read() & CR4_OSXSAVE;
    uint32_t mask = extended ? xcr0_read() : 0;

    if (extended)
        __asm__ volatile("xsave64 %0" : "+m"(state) : "a"(mask), "d"(0));
    else
        __asm__ volatile("fxsave64 %0" : "=m"(state));
    function(argument);
    if (extended)
        __asm__ volatile("xrstor64 %0" : : "m"(state), "a"(mask), "d"(0));
    else
        __asm__ volatile("fxrstor64 %0" : : "m"(state));
}
