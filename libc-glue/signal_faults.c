/* SPDX-License-Identifier: MIT
 *
 * The processor's exceptions as signals: which ones the program handles is told to
 * the kernel, and what the kernel says of one becomes a siginfo_t.
 */
#include <signal.h>
#include <unistd.h>

#include "libc-glue/glue.h"
#include "libc-glue/signal_glue.h"

/* The kernel counts signals as the host does, in exit statuses, too. */
static const struct {
    int kernel, signal;
} faults[] = {{4, SIGILL}, {5, SIGTRAP}, {7, SIGBUS}, {8, SIGFPE}, {11, SIGSEGV}};
#define FAULTS (sizeof faults / sizeof faults[0])

enum { VECTOR_DIVIDE = 0, VECTOR_OVERFLOW = 4, VECTOR_X87 = 16, VECTOR_SIMD = 19 };

static int code_of(int signal, uint64_t vector, uint64_t fault_code)
{
    switch (signal) {
    case SIGFPE:
        return vector == VECTOR_DIVIDE     ? FPE_INTDIV
               : vector == VECTOR_OVERFLOW ? FPE_INTOVF
                                           : FPE_FLTINV;
    case SIGSEGV:
        return fault_code == 1 ? SEGV_MAPERR : fault_code == 2 ? SEGV_ACCERR : SI_KERNEL;
    case SIGILL:
        return ILL_ILLOPC;
    case SIGBUS:
        return fault_code == 3 ? BUS_ADRERR : BUS_ADRALN;
    default:
        return TRAP_BRKPT;
    }
}

static void on_fault(struct trap_frame *frame)
{
    struct thread *self = thread_self();
    gregset_t *registers = (gregset_t *)(void *)frame;
    int kernel = (int)self->fault_signal, signal = SIGSEGV;

    for (unsigned i = 0; i < FAULTS; i++)
        if (faults[i].kernel == kernel)
            signal = faults[i].signal;
    siginfo_t info = {
        .si_signo = signal,
        .si_code = code_of(signal, (uint64_t)(*registers)[FRAME_VECTOR], self->fault_code),
        .si_addr = (void *)self->fault_address,
    };
    if (signal_state.blocked & signal_bit(signal))
        fault_fatal(frame, kernel);
    signal_deliver(signal, &info, registers);
}

void signal_faults_changed(void)
{
    uint64_t handled = 0, on_stack = 0;

    for (unsigned i = 0; i < FAULTS; i++) {
        const struct sigaction *action = &signal_actions[faults[i].signal];
        if (action->sa_handler == SIG_DFL || action->sa_handler == SIG_IGN)
            continue;
        handled |= 1ul << faults[i].kernel;
        if (action->sa_flags & SA_ONSTACK)
            on_stack |= 1ul << faults[i].kernel;
    }
    faults_handle(handled, on_stack, on_fault);
}

static int alternate_set(const stack_t *wanted, stack_t *before)
{
    struct thread *self = thread_self();
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    bool there = here > self->alternate_start && here <= self->alternate_end;

    if (before) {
        before->ss_sp = (void *)self->alternate_start;
        before->ss_size = self->alternate_end - self->alternate_start;
        before->ss_flags = there ? SS_ONSTACK : self->alternate_end ? 0 : SS_DISABLE;
    }
    if (!wanted)
        return 0;
    if (there)
        return -EPERM;
    if (wanted->ss_flags & ~SS_DISABLE)
        return -EINVAL;
    if (!(wanted->ss_flags & SS_DISABLE) && wanted->ss_size < MINSIGSTKSZ)
        return -ENOMEM;
    bool off = wanted->ss_flags & SS_DISABLE;
    self->alternate_start = off ? 0 : (uintptr_t)wanted->ss_sp;
    self->alternate_end = off ? 0 : self->alternate_start + wanted->ss_size;
    return 0;
}

int sigaltstack(const stack_t *restrict wanted, stack_t *restrict before)
{
    return (int)result(alternate_set(wanted, before));
}
