/* SPDX-License-Identifier: MIT
 *
 * Ends that explain themselves: what happened in words, the registers, how the
 * program got there, what the kernel noted before, the other threads, and a status
 * for the host.
 *
 * What went wrong may go wrong again on the way: a report is a list of stages, and
 * a fault in one of them goes on with the next.
 */
#include "kernel/panic.h"
#include "kernel/abi/exit.h"
#include "kernel/console.h"
#include "kernel/kernel.h"
#include "kernel/log.h"
#include "kernel/power.h"

/* Linked only into programs that log, or that have threads. */
#pragma weak log_print
#pragma weak threads_print

static struct {
    enum {
        STAGE_NONE,
        STAGE_IMAGE,
        STAGE_WAY,
        STAGE_LOG,
        STAGE_THREADS,
        STAGE_END
    } stage;                              /* next */
    int status;                           /* for the host */
    uintptr_t instruction, caller, frame; /* for backtrace_print */
} report;

/* Which image this is and how far it was moved: what it takes to find file and
 * line later, from the text alone. */
static void image_print(void)
{
    size_t size;
    const uint64_t *id = bundle_find(BUNDLE_PROGRAM_ID, &size);

    kprintf("  memory %lu KiB, %lu of them free\n", pages_total() * (PAGE_SIZE / 1024),
            pages_free() * (PAGE_SIZE / 1024));
    if (id)
        kprintf("  image %016lx%016lx moved by %lx\n", __builtin_bswap64(id[0]),
                __builtin_bswap64(id[1]), placement.image_distance);
}

/* No table of functions: its pointers are wrong while the image is on its way to its place. */
static void stage_print(unsigned stage)
{
    switch (stage) {
    case STAGE_IMAGE:
        image_print();
        break;
    case STAGE_WAY:
        backtrace_print(report.instruction, report.caller, report.frame);
        break;
    case STAGE_LOG:
        if (log_print)
            log_print();
        break;
    case STAGE_THREADS:
        if (threads_print)
            threads_print();
        break;
    }
}

static _Noreturn void report_go_on(void)
{
    while (report.stage < STAGE_END)
        stage_print(report.stage++);
    if (report.stage++ == STAGE_END) {
        console_report_exit(report.status);
        machine_report_panic(); /* on some machines this is the end */
        power_off(report.status);
    }
    emulator_exit(report.status); /* even that failed */
    machine_reset();
    cpu_stop();
}

/* Nobody else runs from here on. */
static void report_begin(const char *cause, int status, uintptr_t frame)
{
    interrupts_off();
    if (report.stage) {
        kprintf("\n  (%s, while saying this)\n", cause);
        report_go_on();
    }
    report.stage = STAGE_IMAGE;
    report.status = status;
    report.frame = frame;
    console_report_begin();
    kprintf("\nthimble: %s\n", cause);
}

_Noreturn void trap_fatal(const struct trap_frame *frame, int signal, const char *cause)
{
    report_begin(cause, EXIT_STATUS_SIGNAL + signal, trap_frame_base(frame));
    report.instruction = trap_frame_instruction(frame);
    trap_frame_print(frame);
    report.caller = trap_frame_caller(frame);
    report_go_on();
}

_Noreturn void panic(const char *format, ...)
{
    char text[CAUSE_BYTES];
    size_t n = format_into(text, sizeof text, "kernel panic: ");
    va_list args;

    va_start(args, format);
    n += format_text(text + n, sizeof text - 1 - n, format, args);
    va_end(args);
    text[n] = 0;
    report_begin(text, EXIT_STATUS_PANIC, (uintptr_t)__builtin_frame_address(0));
    report_go_on();
}

_Noreturn void program_abort_because(const char *format, ...)
{
    char text[CAUSE_BYTES];
    va_list args;

    va_start(args, format);
    text[format_text(text, sizeof text - 1, format, args)] = 0;
    va_end(args);
    report_begin(text, EXIT_STATUS_PANIC, (uintptr_t)__builtin_frame_address(0));
    report_go_on();
}

_Noreturn void program_abort(int signal)
{
    static const char *const names[] = {
        [1] = "SIGHUP",   [2] = "SIGINT",   [3] = "SIGQUIT",  [4] = "SIGILL",   [5] = "SIGTRAP",
        [6] = "SIGABRT",  [7] = "SIGBUS",   [8] = "SIGFPE",   [9] = "SIGKILL",  [10] = "SIGUSR1",
        [11] = "SIGSEGV", [12] = "SIGUSR2", [13] = "SIGPIPE", [14] = "SIGALRM", [15] = "SIGTERM",
    };
    bool named = signal > 0 && signal < (int)(sizeof names / sizeof names[0]);
    char text[CAUSE_BYTES];

    format_into(text, sizeof text, "the program ended itself with %s",
                named ? names[signal] : "a signal");
    report_begin(text, EXIT_STATUS_SIGNAL + (signal & 127), (uintptr_t)__builtin_frame_address(0));
    report_go_on();
}
