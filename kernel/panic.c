/* SPDX-License-Identifier: MIT
 *
 * Ends that explain themselves: what happened in words, the registers, how the
 * program got there by function names, and a status for the host.
 */
#include "kernel/panic.h"
#include "kernel/abi/exit.h"
#include "kernel/kernel.h"
#include "kernel/power.h"

extern const char image_start[], image_text_end[];

static bool is_text(uintptr_t address)
{
    return address >= (uintptr_t)image_start && address < (uintptr_t)image_text_end;
}

/* Names need it to be found later: they are known by the linker's addresses. */
static void placement_print(void)
{
    if (placement.image_distance)
        kprintf("  image moved by %lx\n", placement.image_distance);
}

static void address_print(uintptr_t address, bool is_return)
{
    size_t length, offset;
    /* A call may be a function's last instruction: look one byte earlier. */
    const char *name = symbol_find(address - is_return, &length, &offset);

    if (!is_text(address))
        return;
    if (name)
        kprintf("  %016lx  %.*s+0x%lx\n", address, (int)length, name, offset + is_return);
    else
        kprintf("  %016lx\n", address);
}

/* Follows the chain of frame pointers for as long as it looks like one. The
 * deep end of a recursion is told in one line. */
void backtrace_print(uintptr_t frame)
{
    uintptr_t last = 0;
    size_t repeats = 0;

    for (int depth = 0; depth < BACKTRACE_DEPTH_MAX; depth += !repeats) {
        if (!frame || frame & 7 || !mmu_is_mapped(frame) || !mmu_is_mapped(frame + 8))
            return;
        const uintptr_t *link = (const uintptr_t *)frame;
        if (!is_text(link[1]))
            return;
        repeats = link[1] == last ? repeats + 1 : 0;
        if (repeats == 1)
            kprintf("  ... (the same again and again)\n");
        else if (!repeats)
            address_print(link[1], true);
        last = link[1];
        if (link[0] <= frame)
            return;
        frame = link[0];
    }
    kprintf("  ...\n");
}

/* A fault while explaining a fault must not go round in circles. */
static void explanation_begin(const char *nested)
{
    static bool explaining;

    if (explaining) {
        kprintf("\nthimble: %s while reporting the first; giving up\n", nested);
        power_off(EXIT_STATUS_PANIC);
    }
    explaining = true;
}

_Noreturn void trap_fatal(const struct trap_frame *frame, int signal, const char *cause)
{
    uintptr_t caller = trap_frame_caller(frame);

    explanation_begin(cause);
    kprintf("\nthimble: %s\n", cause);
    trap_frame_print(frame);
    placement_print();
    address_print(trap_frame_instruction(frame), false);
    address_print(caller, true);
    backtrace_print(trap_frame_base(frame));
    power_off(EXIT_STATUS_SIGNAL + signal);
}

_Noreturn void panic(const char *format, ...)
{
    char text[200];
    va_list args;

    explanation_begin("another panic");
    va_start(args, format);
    size_t n = format_text(text, sizeof text, format, args);
    va_end(args);
    kprintf("\nthimble: kernel panic: %.*s\n", (int)n, text);
    placement_print();
    backtrace_print((uintptr_t)__builtin_frame_address(0));
    power_off(EXIT_STATUS_PANIC);
}

_Noreturn void program_abort(int signal)
{
    static const char *const names[] = {
        [1] = "SIGHUP",   [2] = "SIGINT",   [3] = "SIGQUIT",  [4] = "SIGILL",   [5] = "SIGTRAP",
        [6] = "SIGABRT",  [7] = "SIGBUS",   [8] = "SIGFPE",   [9] = "SIGKILL",  [10] = "SIGUSR1",
        [11] = "SIGSEGV", [12] = "SIGUSR2", [13] = "SIGPIPE", [14] = "SIGALRM", [15] = "SIGTERM",
    };
    bool named = signal > 0 && signal < (int)(sizeof names / sizeof names[0]);

    explanation_begin("another abort");
    kprintf("\nthimble: the program ended itself with %s\n", named ? names[signal] : "a signal");
    placement_print();
    backtrace_print((uintptr_t)__builtin_frame_address(0));
    power_off(EXIT_STATUS_SIGNAL + (signal & 127));
}
