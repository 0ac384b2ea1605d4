/* SPDX-License-Identifier: MIT
 *
 * Exceptions that the program handles itself. The thread does not go on where it
 * was but in the handler, on its own stack or on the one it named for this.
 */
#include "kernel/kernel.h"
#include "kernel/log.h"
#include "kernel/panic.h"
#include "kernel/thread.h"

static uint64_t handled, on_alternate;
static void (*handler_called)(struct trap_frame *frame);

static bool redirect(struct trap_frame *frame, const struct fault *fault)
{
    struct thread *self = thread_self();
    uint64_t bit = 1ul << fault->signal;

    if (!(handled & bit))
        return false;
    if (trap_is_redirecting(frame)) /* the stack is at its end: no room for the handler */
        fault_fatal((const struct trap_frame *)self->frame, (int)self->fault_signal);
    log_note("the program handles signal %lu itself, address %lx", (uint64_t)fault->signal,
             fault->address);
    self->fault_signal = (uint64_t)fault->signal;
    self->fault_code = (uint64_t)fault->code;
    self->fault_address = fault->address;
    uintptr_t stack = on_alternate & bit ? self->alternate_end : 0;
    trap_redirect(frame, handler_called, stack);
    return true;
}

void faults_handle(uint64_t signals, uint64_t on_alternate_stack,
                   void (*handler)(struct trap_frame *frame))
{
    handled = signals;
    on_alternate = on_alternate_stack;
    handler_called = handler;
    fault_redirect = redirect;
}

_Noreturn void fault_fatal(const struct trap_frame *frame, int signal)
{
    const struct thread *self = thread_self();
    const struct fault fault = {signal, (int)self->fault_code, self->fault_address};

    interrupts_off();
    trap_end(frame, &fault);
}
