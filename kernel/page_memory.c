/* SPDX-License-Identifier: MIT
 *
 * Single pages for the layers above, seen in the view of RAM: contents of files,
 * and what must not come from malloc.
 */
#include "kernel/kernel.h"
#include "kernel/memory.h"

void *memory_page_new(void)
{
    bool were_on = interrupts_off();
    uint64_t page = page_alloc();

    if (!page && memory_short) {
        memory_short();
        page = page_alloc();
    }
    interrupts_restore(were_on);
    return page ? physical_pointer(page) : NULL;
}

void memory_page_free(void *page)
{
    bool were_on = interrupts_off();

    page_free(memory_page_physical(page));
    interrupts_restore(were_on);
}

uint64_t memory_page_physical(const void *page)
{
    return (uintptr_t)page - placement.direct_map;
}
