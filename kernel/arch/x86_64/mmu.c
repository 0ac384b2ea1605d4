/* SPDX-License-Identifier: MIT
 *
 * Page tables. Four levels. RAM is seen at placement.direct_map, by large pages that
 * appear when they are first needed, so that a machine with much memory costs no
 * more to boot than one with little. The image's own pages are not seen there a
 * second time, nor are the page tables: text and tables have no writable twin.
 *
 * The tables are reached through themselves: the last entry but one of the top
 * table points back to it, so that TABLES is an array of all entries by address.
 * It is closed (no reading, no writing: pages of a user, and SMAP) but for the few
 * instructions between tables_open and tables_close. Processors without SMAP have
 * it read-only, and CR0.WP is what opens it.
 */
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/mmu.h"
#include "kernel/kernel.h"
#include "kernel/panic.h"

#define CPUID_7_EBX_SMEP (1u << 7)
#define CPUID_7_EBX_SMAP (1u << 20)
#define CPUID_7_ECX_UMIP (1u << 2)

extern uint64_t boot_page_map[TABLE_ENTRIES];
extern const char image_start[], image_text_end[], image_rodata_end[], image_data_end[];
extern const char image_sealed[], image_sealed_end[], image_bss_end[], image_bundle[];
extern const char trap_stack[], double_fault_stack[], boot_stack[];

uint64_t mmu_no_execute SEALED; /* bit 63, or 0 on processors without it; set by boot.S */
static bool has_smap SEALED;

static uintptr_t window_end; /* of what mmu_window has given away */

/* Getting a table may mean to map RAM first: openings nest. */
static unsigned openings;

void tables_open(void)
{
    if (openings++)
        return;
    if (has_smap)
        access_user_allow();
    else
        cr0_write(cr0_read() & ~(uint64_t)CR0_WP);
}

void tables_close(void)
{
    if (--openings)
        return;
    if (has_smap)
        access_user_forbid();
    else
        cr0_write(cr0_read() | CR0_WP);
}

/* One step is to the entry that maps the address, and that is an address as well. */
uint64_t *entry_at(uintptr_t address, int level)
{
    for (; level >= 0; level--)
        address = TABLES | (address >> 9 & 0x7ffffffff8);
    return (uint64_t *)address;
}

void page_clear(uint64_t page)
{
    memory_clear_words(physical_pointer(page), PAGE_SIZE / 8);
}

void page_copy(uint64_t page, const void *from, size_t size_bytes)
{
    memory_copy(physical_pointer(page), from, size_bytes);
}

uint64_t entry_flags(unsigned access)
{
    uint64_t flags = PTE_PRESENT;

    if (access & ACCESS_WRITE)
        flags |= PTE_WRITE;
    if (access & ACCESS_DEVICE)
        flags |= PTE_UNCACHED;
    if (access & ACCESS_BORROWED)
        flags |= PTE_BORROWED;
    if (!(access & ACCESS_EXECUTE))
        flags |= mmu_no_execute;
    return flags;
}

uint64_t *entry_find(uintptr_t address, int level, bool make)
{
    for (int i = 3; i > level; i--) {
        uint64_t *entry = entry_at(address, i), old = *entry, next;
        if (old & PTE_PRESENT && !(old & PTE_LARGE))
            continue;
        if (!make || !(next = table_new()))
            return NULL;
        uint64_t *pages = entry_at(address & -(1ul << LEVEL_SHIFT(i)), i - 1);
        *entry = next | PTE_TABLE;
        tlb_flush_page((uintptr_t)pages);
        for (uint64_t k = 0; old & PTE_PRESENT && k < TABLE_ENTRIES; k++)
            pages[k] = (old & ~(uint64_t)PTE_LARGE) + k * PAGE_SIZE;
    }
    return entry_at(address, level);
}

static bool range_map(uintptr_t address, uint64_t page, size_t size_bytes, uint64_t flags)
{
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

bool mmu_map(uintptr_t address, uint64_t page, size_t size_bytes, unsigned access)
{
    tables_open();
    bool done = range_map(address, page, size_bytes, entry_flags(access));
    tables_close();
    return done;
}

uint64_t mmu_unmap(uintptr_t address)
{
    uint64_t page = 0;

    tables_open();
    uint64_t *entry = entry_find(address, 0, false);
    if (entry && *entry & PTE_PRESENT) {
        page = *entry & PTE_ADDRESS_MASK;
        *entry = 0;
        tlb_flush_page(address);
    }
    tables_close();
    return page;
}

/* The physical address behind a virtual one, or MMU_NOWHERE. */
uint64_t mmu_physical(uintptr_t address)
{
    uint64_t entry = 0, size = 1ul << LEVEL_SHIFT(4);

    if (address >> 47)
        return MMU_NOWHERE;
    tables_open();
    for (int i = 3; i >= 0 && !(entry & PTE_LARGE); i--) {
        entry = *entry_at(address, i);
        size >>= 9;
        if (!(entry & PTE_PRESENT))
            break;
    }
    tables_close();
    if (!(entry & PTE_PRESENT))
        return MMU_NOWHERE;
    return (entry & PTE_ADDRESS_MASK & -size) | (address & (size - 1));
}

bool mmu_is_mapped(uintptr_t address)
{
    return mmu_physical(address) != MMU_NOWHERE;
}

/* Where the image is, page by page around it; anywhere else one large page does.
 * Pages that became tables stay hidden. */
void mmu_cover(uint64_t address)
{
    uint64_t start = address & ~LARGE_MASK;
    uint64_t flags = entry_flags(ACCESS_WRITE);
    bool beside_image = start < placement.image_end && start + LARGE_PAGE_SIZE > IMAGE_LOAD_ADDRESS;

    tables_open();
    uint64_t *entry = entry_find(placement.direct_map + start, 1, true);
    if (entry && !*entry && !beside_image) {
        *entry = start | flags | PTE_LARGE;
    } else if (entry && !(*entry & PTE_LARGE)) {
        entry = entry_find(placement.direct_map + address, 0, true);
        for (uint64_t page = address; entry && page < start + LARGE_PAGE_SIZE; page += PAGE_SIZE) {
            bool image = page >= IMAGE_LOAD_ADDRESS && page < placement.image_end;
            if (!*entry && !image)
                *entry = page | flags;
            entry++;
        }
    }
    tables_close();
}

/* One behind the other, above the view of RAM; they are never given back. */
void *mmu_window(uint64_t address, size_t size_bytes, unsigned access)
{
    uint64_t start = address & ~SMALL_MASK;
    uint64_t end = (address + size_bytes + SMALL_MASK) & ~SMALL_MASK;
    uintptr_t window = window_end ? window_end : placement.direct_map + DIRECT_MAP_MAX;

    if (!mmu_map(window, start, end - start, access))
        return NULL;
    window_end = window + (end - start);
    return (void *)(window + (address - start));
}

void *mmu_device(uint64_t address, size_t size_bytes)
{
    return mmu_window(address, size_bytes, ACCESS_WRITE | ACCESS_DEVICE);
}

/* From the page of `from` to the page before `to`'s, both where the loader put them. */
static void section_map(uintptr_t distance, const void *from, uint64_t to, unsigned access)
{
    uint64_t start = ((uint64_t)from + SMALL_MASK) & ~SMALL_MASK;
    uint64_t end = (to + SMALL_MASK) & ~SMALL_MASK;

    kernel_assert(range_map(start + distance, start, end - start, entry_flags(access)));
}

/* What the processor offers against programs that lead the kernel astray. There
 * are no user programs here, but SMAP is what closes the tables. */
static void protections_on(void)
{
    struct cpuid features = {0};
    uint64_t cr4 = cr4_read();

    if (cpuid_read(0, 0).eax >= 7)
        features = cpuid_read(7, 0);
    has_smap = features.ebx & CPUID_7_EBX_SMAP;
    if (has_smap)
        cr4 |= CR4_SMAP;
    if (features.ebx & CPUID_7_EBX_SMEP)
        cr4 |= CR4_SMEP;
    if (features.ecx & CPUID_7_ECX_UMIP)
        cr4 |= CR4_UMIP;
    cr4_write(cr4);
}

/* Builds the tables for the image at its place. They become part of boot.S's, so
 * that image_enter can go over; null and its neighbours are in neither. */
uint64_t mmu_init(uintptr_t distance, uint64_t image_end)
{
    tables_init();
    uint64_t root = table_new(), *map = (uint64_t *)root;
    protections_on();
    map[TABLES_INDEX] = boot_page_map[TABLES_INDEX] =
        root | mmu_no_execute | (has_smap ? PTE_TABLE : PTE_PRESENT);

    tables_open();
    section_map(distance, image_start, (uint64_t)image_text_end, ACCESS_EXECUTE);
    section_map(distance, image_text_end, (uint64_t)image_rodata_end, ACCESS_READ);
    section_map(distance, image_rodata_end, (uint64_t)image_data_end, ACCESS_WRITE);
    section_map(distance, trap_stack, (uint64_t)trap_stack + TRAP_STACK_SIZE, ACCESS_WRITE);
    section_map(distance, double_fault_stack, (uint64_t)double_fault_stack + TRAP_STACK_SIZE,
                ACCESS_WRITE);
    section_map(distance, boot_stack, (uint64_t)boot_stack + TRAP_STACK_SIZE, ACCESS_WRITE);
    section_map(distance, image_sealed, (uint64_t)image_sealed_end, ACCESS_READ);
    section_map(distance, image_sealed_end, (uint64_t)image_bss_end, ACCESS_WRITE);
    section_map(distance, image_bundle, image_end, ACCESS_READ);
    uintptr_t top = distance >> LEVEL_SHIFT(3);
    if (top)
        boot_page_map[top] = map[top];
    tables_close();
    return root;
}
