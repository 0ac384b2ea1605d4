/* SPDX-License-Identifier: MIT
 *
 * Memory for page tables. Boot has some in the image; more come from RAM, several
 * at a time, and vanish from the view of RAM for as long as they are tables.
 */
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/mmu.h"
#include "kernel/kernel.h"
#include "kernel/panic.h"

#define TABLES_SPARE   20 /* enough for hello: these need no clearing */
#define TABLES_KEPT    4  /* spared for what it takes to get more */
#define TABLES_FETCHED 12 /* at a time */
#define TABLES_FREE    (TABLES_SPARE + TABLES_KEPT + TABLES_FETCHED)

static char spare_tables[TABLES_SPARE][PAGE_SIZE]
    __attribute__((aligned(4096), section(".bss.tables")));
static uint64_t tables_free[TABLES_FREE];
static unsigned tables_free_count;

void tables_init(void)
{
    for (; tables_free_count < TABLES_SPARE; tables_free_count++)
        tables_free[tables_free_count] = (uint64_t)spare_tables[tables_free_count];
}

/* To hide a page from the view of RAM may take a table: that is what some are kept for. */
static void tables_fetch(void)
{
    static bool fetching;
    uint64_t page;

    if (fetching)
        return;
    fetching = true;
    for (int i = 0; i < TABLES_FETCHED && (page = page_alloc()); i++) {
        page_clear(page);
        uint64_t *entry = entry_find(placement.direct_map + page, 0, true);
        kernel_assert(entry);
        *entry = PTE_TAKEN;
        tlb_flush_page(placement.direct_map + page);
        tables_free[tables_free_count++] = page;
    }
    fetching = false;
}

uint64_t table_new(void)
{
    if (tables_free_count <= TABLES_KEPT)
        tables_fetch();
    return tables_free_count ? tables_free[--tables_free_count] : 0;
}

/* It must be empty. Those of the image stay here; of the others a few. */
void table_give(uint64_t table)
{
    bool of_image = table >= IMAGE_LOAD_ADDRESS && table < placement.image_end;

    if (of_image || tables_free_count < TABLES_KEPT + TABLES_FETCHED) {
        kernel_assert(tables_free_count < TABLES_FREE);
        tables_free[tables_free_count++] = table;
        return;
    }
    uint64_t *entry = entry_find(placement.direct_map + table, 0, true);
    *entry = table | entry_flags(ACCESS_WRITE);
    page_free(table);
}
