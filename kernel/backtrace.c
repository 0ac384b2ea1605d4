/* SPDX-License-Identifier: MIT
 *
 * How the program got to where it is: return addresses along the chain of frame
 * pointers, with function names. What is followed may be broken: nothing is read
 * that is not mapped, and only addresses of code are shown.
 *
 * `mkimage symbolize` adds file and line to these lines: it knows them by `at` and
 * `from` before an address of sixteen digits.
 */
#include "kernel/kernel.h"

extern const char image_start[], image_text_end[];
/* Drawn by the linker script; the kernel's code comes first in the image. */
extern const char kernel_text_end[] __asm__("part.text.kernel.end");

static bool is_text(uintptr_t address)
{
    return address >= (uintptr_t)image_start && address < (uintptr_t)image_text_end;
}

static void address_print(const char *how, uintptr_t address, bool is_return)
{
    size_t length, offset;

    if (!is_text(address))
        return;
    kprintf("  %s %016lx", how, address);
    /* A call may be a function's last instruction: look one byte earlier. */
    const char *name = symbol_find(address - is_return, &length, &offset);
    if (name)
        kprintf("  %.*s+0x%lx", (int)length, name, offset + is_return);
    kprintf("\n");
}

/* The return address in a frame, 0 at the end; *frame becomes the caller's. */
static uintptr_t frame_leave(uintptr_t *frame)
{
    if (!*frame || *frame & 7 || !mmu_is_mapped(*frame) || !mmu_is_mapped(*frame + 8))
        return 0;
    const uintptr_t *link = (const uintptr_t *)*frame;
    uintptr_t address = link[1];
    *frame = link[0] > *frame ? link[0] : 0;
    return is_text(address) ? address : 0;
}

/* The deep end of a recursion is told in one line. */
void backtrace_print(uintptr_t instruction, uintptr_t caller, uintptr_t frame)
{
    uintptr_t address, last = 0;
    size_t repeats = 0;

    address_print("at  ", instruction, false);
    address_print("from", caller, true);
    for (int depth = 0; depth < BACKTRACE_DEPTH_MAX; depth += !repeats) {
        if (!(address = frame_leave(&frame)))
            return;
        repeats = address == last ? repeats + 1 : 0;
        if (repeats == 1)
            kprintf("  ... (the same again and again)\n");
        else if (!repeats)
            address_print("from", address, true);
        last = address;
    }
    kprintf("  ...\n");
}

/* Of a thread that waits: how it does so inside of the kernel is left out. */
void backtrace_print_waiting(uintptr_t address, uintptr_t frame)
{
    int shown = 0;

    for (; address && shown < BACKTRACE_WAITING_MAX; address = frame_leave(&frame)) {
        if (!shown && address < (uintptr_t)kernel_text_end)
            continue;
        address_print("from", address, true);
        shown++;
    }
}
