/* SPDX-License-Identifier: MIT
 *
 * Attacks on each protection: attack HOW dies of it. attack HOW unsafe switches off
 * the one protection that is in the way first (the program runs in ring 0: it can),
 * does the same, and survives: that is how we know that HOW proves something.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE    4096ul
#define CR0_WP  0x10000ul
#define SMAP    (1ul << 21)
#define EFER    0xc0000080
#define WRITE   1 /* as in kernel/kernel.h */
#define EXECUTE 2

/* The kernel's own names, which no C program can have by accident. */
extern _Bool mmu_map(uintptr_t address, uint64_t page, size_t size_bytes,
                     unsigned access) __asm__("kernel.mmu_map");
extern uint64_t mmu_physical(uintptr_t address) __asm__("kernel.mmu_physical");
extern char trap_stack[] __asm__("kernel.trap_stack");
extern char double_fault_stack[] __asm__("kernel.double_fault_stack");
extern struct {
    uintptr_t image_distance;
    uint64_t image_end;
    uintptr_t stack, heap, direct_map;
} placement __asm__("kernel.placement");
extern uintptr_t init_array[] __asm__("__init_array_start");

static const char constant[] = "constant";
static void nothing(void)
{
}
static void (*const table[])(void) = {nothing, nothing};
static unsigned char data_code[PAGE] __attribute__((aligned(4096))) = {0xc3}; /* ret */
static unsigned char spare_page[PAGE] __attribute__((aligned(4096)));
static volatile uintptr_t target;

static uint64_t cr0_read(void)
{
    uint64_t value;
    __asm__ volatile("mov %%cr0, %0" : "=r"(value));
    return value;
}

static uint64_t cr4_read(void)
{
    uint64_t value;
    __asm__ volatile("mov %%cr4, %0" : "=r"(value));
    return value;
}

static uint64_t cr3_read(void)
{
    uint64_t value;
    __asm__ volatile("mov %%cr3, %0" : "=r"(value));
    return value;
}

static uintptr_t table_base(int which)
{
    struct __attribute__((packed)) {
        uint16_t limit;
        uint64_t base;
    } pointer = {0, 0};

    if (which == 'i')
        __asm__ volatile("sidt %0" : "=m"(pointer));
    else
        __asm__ volatile("sgdt %0" : "=m"(pointer));
    return pointer.base;
}

/* ---- what is attacked ---- */

static uintptr_t at_text(void)
{
    return (uintptr_t)nothing;
}

static uintptr_t at_constant(void)
{
    return (uintptr_t)constant;
}

static uintptr_t at_function_table(void)
{
    return (uintptr_t)&table[1];
}

static uintptr_t at_init_array(void)
{
    return (uintptr_t)init_array;
}

static uintptr_t at_interrupt_table(void)
{
    return table_base('i') + 47 * 16 + 12; /* a reserved word */
}

static uintptr_t at_segment_table(void)
{
    return table_base('g');
}

static uintptr_t at_settled(void)
{
    return (uintptr_t)&placement.image_end;
}

/* Entry 300 of the top table, where the tables show themselves. */
static uintptr_t at_page_table(void)
{
    return 0xffffff7fbfdfe000 + 300 * 8;
}

static uintptr_t at_page_table_in_ram(void)
{
    return placement.direct_map + cr3_read() + 300 * 8;
}

static uintptr_t at_text_in_ram(void)
{
    return placement.direct_map + mmu_physical((uintptr_t)nothing);
}

static uintptr_t at_null_member(void)
{
    return 0x18;
}

static uintptr_t at_null_array(void)
{
    return 0x9000;
}

static uintptr_t at_old_image(void)
{
    return 0x100000; /* where the loader put it */
}

static uintptr_t at_stack_guard(void)
{
    return placement.stack + PAGE - 8;
}

static uintptr_t at_trap_guard(void)
{
    return (uintptr_t)trap_stack - 8;
}

static uintptr_t at_double_fault_guard(void)
{
    return (uintptr_t)double_fault_stack - 8;
}

static uintptr_t at_data(void)
{
    return (uintptr_t)data_code;
}

static uintptr_t at_heap(void)
{
    unsigned char *code = aligned_alloc(PAGE, PAGE);

    if (!code)
        exit(99);
    *code = 0xc3;
    return (uintptr_t)code;
}

static uintptr_t at_stack(void)
{
    volatile unsigned char *code = (unsigned char *)placement.stack + 3 * PAGE; /* far below us */

    *code = 0xc3;
    return (uintptr_t)code;
}

enum { LARGE = 1 << 20 };

static uintptr_t at_large_end(void)
{
    volatile char *block = malloc(LARGE);

    return (uintptr_t)block + LARGE;
}

static uintptr_t at_large_start(void)
{
    volatile char *block = malloc(LARGE);

    return (uintptr_t)block - 1;
}

static uintptr_t at_heap_freed(void)
{
    volatile char *block = malloc(64 * LARGE);

    *block = 1;
    free((char *)block);
    return (uintptr_t)block;
}

/* ---- how ---- */

static void write_there(void)
{
    volatile unsigned char *byte = (unsigned char *)target;

    *byte = (unsigned char)(target == (uintptr_t)nothing ? 0xc3 : 0);
}

static void jump_there(void)
{
    ((void (*)(void))target)();
}

/* ---- what is in the way, and how to get rid of it ---- */

static void write_protection_off(void)
{
    __asm__ volatile("mov %0, %%cr0" : : "r"(cr0_read() & ~CR0_WP));
}

static void tables_open(void)
{
    if (cr4_read() & SMAP)
        __asm__ volatile("stac");
    else
        write_protection_off();
}

static void hole_filled(void)
{
    if (!mmu_map(target & -PAGE, mmu_physical((uintptr_t)spare_page), PAGE, WRITE))
        exit(98);
}

static void execution_on(void)
{
    mmu_map(target & -PAGE, mmu_physical(target & -PAGE), PAGE, WRITE | EXECUTE);
    __asm__ volatile("invlpg (%0)" : : "r"(target) : "memory");
}

static const struct way {
    const char *name;
    uintptr_t (*aim)(void);
    void (*attack)(void);
    void (*disarm)(void);
} ways[] = {
    {"text", at_text, write_there, write_protection_off},
    {"constant", at_constant, write_there, write_protection_off},
    {"function-table", at_function_table, write_there, write_protection_off},
    {"init-array", at_init_array, write_there, write_protection_off},
    {"interrupt-table", at_interrupt_table, write_there, write_protection_off},
    {"segment-table", at_segment_table, write_there, write_protection_off},
    {"settled", at_settled, write_there, write_protection_off},
    {"page-table", at_page_table, write_there, tables_open},
    {"page-table-in-ram", at_page_table_in_ram, write_there, hole_filled},
    {"text-in-ram", at_text_in_ram, write_there, hole_filled},
    {"null-member", at_null_member, write_there, hole_filled},
    {"null-array", at_null_array, write_there, hole_filled},
    {"old-image", at_old_image, write_there, hole_filled},
    {"stack-guard", at_stack_guard, write_there, hole_filled},
    {"trap-guard", at_trap_guard, write_there, hole_filled},
    {"double-fault-guard", at_double_fault_guard, write_there, hole_filled},
    {"large-end", at_large_end, write_there, hole_filled},
    {"large-start", at_large_start, write_there, hole_filled},
    {"heap-freed", at_heap_freed, write_there, hole_filled},
    {"data-execute", at_data, jump_there, execution_on},
    {"heap-execute", at_heap, jump_there, execution_on},
    {"stack-execute", at_stack, jump_there, execution_on},
};

/* The processor's own switches, as far as it has them. */
static int switches(void)
{
    uint32_t a = 7, b, c = 0, d, low, high;
    uint64_t wanted;

    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    wanted =
        (b & 1u << 7 ? 1ul << 20 : 0) | (b & 1u << 20 ? SMAP : 0) | (c & 1u << 2 ? 1ul << 11 : 0);
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(EFER));
    printf("smep %d smap %d umip %d wp %d nx %d\n", !!(b & 1u << 7), !!(b & 1u << 20),
           !!(c & 1u << 2), !!(cr0_read() & CR0_WP), !!(low & 0x800));
    puts((cr4_read() & wanted) == wanted ? "SUCCESS" : "some are off");
    return 0;
}

int main(int argc, char **argv)
{
    puts("before");
    fflush(stdout);
    if (argc > 1 && strcmp(argv[1], "switches") == 0)
        return switches();
    for (size_t i = 0; argc > 1 && i < sizeof ways / sizeof ways[0]; i++) {
        if (strcmp(ways[i].name, argv[1]) != 0)
            continue;
        target = ways[i].aim();
        if (argc > 2)
            ways[i].disarm();
        ways[i].attack();
        puts("SURVIVED");
        return 0;
    }
    return 97;
}
