/* SPDX-License-Identifier: MIT
 *
 * The chain of frame pointers, for programs: panic.c has a walk of its own, which
 * trusts nothing and prints.
 */
#include "kernel/frames.h"
#include "kernel/kernel.h"

extern const char image_start[], image_text_end[];

static bool is_link(uintptr_t frame)
{
    if (!frame || frame & 7)
        return false;
    bool on = interrupts_off();
    bool mapped = mmu_is_mapped(frame) && mmu_is_mapped(frame + 8);
    interrupts_restore(on);
    return mapped;
}

size_t frames_collect(uintptr_t frame, void **to, size_t max)
{
    size_t count = 0;

    while (count < max && is_link(frame)) {
        const uintptr_t *link = (const uintptr_t *)frame;

        if (link[1] < (uintptr_t)image_start || link[1] >= (uintptr_t)image_text_end)
            break;
        to[count++] = (void *)link[1];
        if (link[0] <= frame)
            break;
        frame = link[0];
    }
    return count;
}

const char *frame_name(uintptr_t address, size_t *name_length, size_t *offset)
{
    return symbol_find(address, name_length, offset);
}
