/* SPDX-License-Identifier: MIT
 *
 * What the files of the page tables share.
 */
#ifndef ARCH_MMU_H
#define ARCH_MMU_H

#include <stdbool.h>
#include <stdint.h>

#define LARGE_MASK     (LARGE_PAGE_SIZE - 1)
#define SMALL_MASK     (PAGE_SIZE - 1)
#define TABLE_ENTRIES  512
#define LEVEL_SHIFT(n) (12 + 9 * (n))

/* mmu.c. Entries are read and written between the two; openings nest. */
void tables_open(void);
void tables_close(void);
/* The entry for address at a level (0: a page, 1: a large page), which is in memory. */
uint64_t *entry_at(uintptr_t address, int level);
/* The same with the tables above it made when `make` says so; NULL where there is no
 * such table. A large page in the way is split: its pages stay as they are. */
uint64_t *entry_find(uintptr_t address, int level, bool make);
uint64_t entry_flags(unsigned access);

/* mmu_tables.c: memory for tables, physical addresses, cleared and mapped nowhere */
void tables_init(void);
uint64_t table_new(void); /* 0: no memory */
void table_give(uint64_t table);

#endif
