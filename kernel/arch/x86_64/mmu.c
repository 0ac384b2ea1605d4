/* SPDX-License-Identifier: MIT
 *
 * Page tables. Four levels; the kernel, RAM and devices stand at their physical
 * addresses, RAM and device mappings appear when they are first needed, so that
 * a machine with much memory costs no more to boot than one with little.
 */
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/kernel.h"
#include "kernel/panic.h"

#define ENTRIES        512
#define SPARE_TABLES   5 /* for the image, one stack and one heap: these need no clearing */
#define BUILD_OFFSET   0x40000000ul /* mmu_init builds the image's tables this much higher */
#define LARGE_MASK     (LARGE_PAGE_SIZE - 1)
#define SMALL_MASK     (PAGE_SIZE - 1)
#define LEVEL_SHIFT(n) (12 + 9 * (n))

extern uint64_t boot_page_map[ENTRIES], boot_page_directory_pointers[ENTRIES];
extern const char image_start[], image_text_end[], image_rodata_end[], image_bss_end[];
extern const char image_bundle[];

uint64_t mmu_no_execute; /* bit 63, or 0 on processors without it; set by boot.S */
uintptr_t direct_map_base;

static uint64_t spare_tables[SPARE_TABLES][ENTRIES]
    __attribute__((aligned(4096), section(".bss.pages")));
static unsigned spare_tables_used;

void page_clear(uint64_t page)
{
    memory_clear_words(physical_pointer(page), PAGE_SIZE / 8);
}

static uint64_t table_new(void)
{
    if (spare_tables_used < SPARE_TABLES)
        return (uint64_t)spare_tables[spare_tables_used++];
    uint64_t page = page_alloc_table();
    if (page)
        page_clear(page);
    return page;
}

static uint64_t entry_flags(unsigned access)
{
    uint64_t flags = PTE_PRESENT;

    if (access & ACCESS_WRITE)
        flags |= PTE_WRITE;
    if (access & ACCESS_DEVICE)
        flags |= PTE_UNCACHED;
    if (!(access & ACCESS_EXECUTE))
        flags |= mmu_no_execute;
    return flags;
}

/* The entry for address at level (0: a page, 1: a large page), with the tables
 * above it made when `make` says so; NULL where there is no such table. A large
 * page in the way is split: its pages stay as they are. */
static uint64_t *entry_find(uintptr_t address, int level, bool make)
{
    uint64_t *table = boot_page_map;

    for (int i = 3; i > level; i--) {
        uint64_t *entry = &table[address >> LEVEL_SHIFT(i) & (ENTRIES - 1)];
        if (!(*entry & PTE_PRESENT) || *entry & PTE_LARGE) {
            uint64_t old = *entry, next;
            if (!make || !(next = table_new()))
                return NULL;
            uint64_t *pages = physical_pointer(next);
            if (old & PTE_PRESENT)
                for (uint64_t k = 0; k < ENTRIES; k++)
                    pages[k] = (old & ~(uint64_t)PTE_LARGE) + k * PAGE_SIZE;
            *entry = next | PTE_TABLE;
        }
        table = physical_pointer(*entry & PTE_ADDRESS_MASK);
    }
    return &table[address >> LEVEL_SHIFT(level) & (ENTRIES - 1)];
}

bool mmu_map(uintptr_t address, uint64_t page, size_t size_bytes, unsigned access)
{
    uint64_t flags = entry_flags(access);
    uintptr_t end = address + size_bytes;
    uint64_t *entry;

    while (address < end) {
        if (!((address | page) & LARGE_MASK) && end - address >= LARGE_PAGE_SIZE) {
            if (!(entry = entry_find(address, 1, true)))
                return false;
            *entry = page | flags | PTE_LARGE;
            address += LARGE_PAGE_SIZE;
            page += LARGE_PAGE_SIZE;
            continue;
        }
        if (!(entry = entry_find(address, 0, true)))
            return false;
        do { /* to the end of this table, or of the range */
            *entry++ = page | flags;
            address += PAGE_SIZE;
            page += PAGE_SIZE;
        } while (address < end && address & LARGE_MASK);
    }
    return true;
}

uint64_t mmu_unmap(uintptr_t address)
{
    uint64_t *entry = entry_find(address, 0, false);

    if (!entry || !(*entry & PTE_PRESENT))
        return 0;
    uint64_t page = *entry & PTE_ADDRESS_MASK;
    *entry = 0;
    tlb_flush_page(address);
    return page;
}

bool mmu_is_mapped(uintptr_t address)
{
    uint64_t *table = boot_page_map;

    if (address >> LEVEL_SHIFT(4))
        return false;
    for (int i = 3; i >= 0; i--) {
        uint64_t entry = table[address >> LEVEL_SHIFT(i) & (ENTRIES - 1)];
        if (!(entry & PTE_PRESENT))
            return false;
        if (i == 0 || entry & PTE_LARGE)
            return true;
        table = physical_pointer(entry & PTE_ADDRESS_MASK);
    }
    return false;
}

/* Where the image's pages are, the rest of their large page is filled up;
 * anywhere else one large page does. */
void mmu_cover(uint64_t address)
{
    uint64_t start = address & ~LARGE_MASK;
    uint64_t *large = entry_find(start, 1, true);

    if (!large)
        return;
    if (!(*large & PTE_PRESENT)) {
        *large = start | entry_flags(ACCESS_WRITE) | PTE_LARGE;
        return;
    }
    if (*large & PTE_LARGE)
        return;
    uint64_t *pages = physical_pointer(*large & PTE_ADDRESS_MASK);
    uint64_t flags = entry_flags(ACCESS_WRITE);
    for (uint64_t i = (address - start) / PAGE_SIZE; i < ENTRIES; i++)
        if (!(pages[i] & PTE_PRESENT) && start + i * PAGE_SIZE)
            pages[i] = (start + i * PAGE_SIZE) | flags;
}

void *mmu_device(uint64_t address, size_t size_bytes)
{
    uint64_t start = address & ~SMALL_MASK;
    uint64_t end = (address + size_bytes + SMALL_MASK) & ~SMALL_MASK;

    return mmu_map(start, start, end - start, ACCESS_WRITE | ACCESS_DEVICE) ? (void *)address
                                                                            : NULL;
}

/* From the first page after `after` to the end of `end`'s page. */
static void section_build(const void *after, uint64_t end, unsigned access)
{
    uint64_t from = ((uint64_t)after + SMALL_MASK) & ~SMALL_MASK;

    end = (end + SMALL_MASK) & ~SMALL_MASK;
    kernel_assert(mmu_map(from + BUILD_OFFSET, from, end - from, access));
}

/* Replaces the large pages of boot.S by the image's real access rights. They are
 * built one directory higher and then moved down in one go, because we run on
 * what they replace. Below the image nothing stays mapped, and page 0 never is. */
void mmu_init(uint64_t image_end)
{
    uint64_t *directories = boot_page_directory_pointers;

    section_build(image_start, (uint64_t)image_text_end, ACCESS_EXECUTE);
    section_build(image_text_end, (uint64_t)image_rodata_end, ACCESS_READ);
    section_build(image_rodata_end, (uint64_t)image_bss_end, ACCESS_WRITE);
    section_build(image_bundle, image_end, ACCESS_READ);
    for (int i = 0; directories[i]; i++)
        directories[i] = directories[i + 1];
    tlb_flush_all();
}
