/* SPDX-License-Identifier: MIT
 *
 * Turns the return from an exception or interrupt into the call of a function on
 * the thread's stack, below its red zone. Nothing is written to that stack here:
 * its pages may not be there yet, and a page fault would come in on the stack we
 * stand on.
 */
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/kernel.h"
#include "kernel/thread.h"

#define RED_ZONE_BYTES 128

_Static_assert(sizeof(struct trap_frame) == sizeof((struct thread *)0)->frame,
               "as switch.S has it");
_Static_assert(sizeof(struct trap_frame) == TRAP_FRAME_BYTES, "as switch.S has it");
_Static_assert(offsetof(struct trap_frame, rip) == FRAME_RIP, "as switch.S has it");
_Static_assert(offsetof(struct trap_frame, rflags) == FRAME_RFLAGS, "as switch.S has it");
_Static_assert(offsetof(struct trap_frame, rbp) == FRAME_RBP, "as switch.S has it");
_Static_assert(offsetof(struct trap_frame, rsp) == FRAME_RSP, "as debuggers are told");
_Static_assert(offsetof(struct thread, stack_pointer) == THREAD_STACK_POINTER, "likewise");
_Static_assert(offsetof(struct thread, control) == THREAD_CONTROL, "likewise");

uint32_t fpu_state_bytes = FXSAVE_BYTES;
uint32_t fpu_state_mask; /* of XSAVE; 0: FXSAVE is used */

/* The size depends on what thread_init has switched on. */
static void fpu_state_measure(void)
{
    if (!(cr4_read() & CR4_OSXSAVE))
        return;
    struct cpuid area = cpuid_read(CPUID_XSAVE, 0);
    fpu_state_bytes = area.ebx;
    fpu_state_mask = xcr0_read();
}

void trap_redirect(struct trap_frame *frame, void (*function)(struct trap_frame *),
                   uintptr_t stack_top)
{
    struct trap_frame *kept = (void *)thread_self()->frame;

    if (!fpu_state_mask)
        fpu_state_measure();
    if (stack_top && frame->rsp > thread_self()->alternate_start && frame->rsp <= stack_top)
        stack_top = 0; /* it stands there already */
    *kept = *frame;
    frame->rsp = (stack_top ? stack_top : frame->rsp - RED_ZONE_BYTES) & ~15ul;
    frame->rip = (uint64_t)interrupted_entry;
    frame->rflags &= ~(uint64_t)(RFLAGS_INTERRUPTS | RFLAGS_DIRECTION | RFLAGS_TRAP | RFLAGS_ALIGN);
    frame->rdi = (uint64_t)kept;
    frame->rsi = (uint64_t)function;
}

bool trap_is_redirecting(const struct trap_frame *frame)
{
    return frame->rip >= (uint64_t)interrupted_entry &&
           frame->rip < (uint64_t)interrupted_entry_end;
}

/* What thread_switch pops: control words, six registers, where to go on. */
enum { SWITCHED_RBP = 6, SWITCHED_RIP };

uintptr_t stack_resume_address(uintptr_t stack_pointer, uintptr_t *frame)
{
    const uintptr_t *at = (const uintptr_t *)stack_pointer;

    if (!mmu_is_mapped(stack_pointer) || !mmu_is_mapped((uintptr_t)&at[SWITCHED_RIP]))
        return 0;
    *frame = at[SWITCHED_RBP];
    return at[SWITCHED_RIP];
}

uintptr_t stack_prepare(uintptr_t top, void (*function)(void))
{
    uint64_t *at = (uint64_t *)(top & ~15ul);

    *--at = 0; /* as after a call: nobody to return to */
    *--at = (uint64_t)function;
    for (int i = 0; i < 6; i++)
        *--at = 0;
    *--at = (uint64_t)FPU_CONTROL_START << 32 | MXCSR_START;
    return (uintptr_t)at;
}
