/* SPDX-License-Identifier: MIT
 *
 * What drivers need of memory and of the command line.
 */
#include "kernel/device.h"
#include "kernel/kernel.h"
#include "kernel/panic.h"

void *device_memory(size_t size_bytes, uint64_t *address)
{
    size_t pages = (size_bytes + PAGE_SIZE - 1) / PAGE_SIZE;
    bool were_on = interrupts_off();

    *address = pages > 1 ? pages_alloc_row(pages) : page_alloc();
    for (size_t i = 0; *address && i < pages; i++)
        page_clear(*address + i * PAGE_SIZE);
    interrupts_restore(were_on);
    return *address ? physical_pointer(*address) : NULL;
}

uint64_t device_address(const void *at)
{
    bool were_on = interrupts_off();
    uint64_t address = mmu_physical((uintptr_t)at);

    interrupts_restore(were_on);
    kernel_assert(address != MMU_NOWHERE);
    return address;
}

/* The view of RAM and the image are in one piece; elsewhere neighbours are found page
 * by page. */
size_t device_piece(const void *at, size_t size_bytes, uint64_t *address)
{
    uintptr_t seen = (uintptr_t)at - placement.direct_map;
    uint64_t linked = (uintptr_t)at - placement.image_distance;

    if (seen < DIRECT_MAP_MAX || (linked >= IMAGE_LOAD_ADDRESS && linked < placement.image_end)) {
        *address = seen < DIRECT_MAP_MAX ? seen : linked;
        return size_bytes;
    }
    *address = device_address(at);
    size_t piece_bytes = PAGE_SIZE - ((uintptr_t)at & (PAGE_SIZE - 1));
    while (piece_bytes < size_bytes &&
           device_address((const char *)at + piece_bytes) == *address + piece_bytes)
        piece_bytes += PAGE_SIZE;
    return piece_bytes < size_bytes ? piece_bytes : size_bytes;
}

volatile void *device_registers(uint64_t address, size_t size_bytes)
{
    bool were_on = interrupts_off();
    void *registers = mmu_device(address, size_bytes);

    interrupts_restore(were_on);
    return registers;
}

bool device_word(const char *prefix, unsigned n, char *to, size_t max)
{
    struct cmdline line = {.at = boot_info.command_line + placement.image_distance};
    char word[DEVICE_WORD_BYTES];

    while (cmdline_next(&line, word, sizeof word) >= 0) {
        const char *p = prefix, *w = word;
        while (*p && *p == *w)
            p++, w++;
        if (*p || line.word_quoted || n--)
            continue;
        size_t i = 0;
        for (; i + 1 < max && w[i]; i++)
            to[i] = w[i];
        to[i] = 0;
        return true;
    }
    return false;
}
