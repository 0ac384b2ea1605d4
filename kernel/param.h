/* SPDX-License-Identifier: MIT
 *
 * Every limit of the kernel in one place.
 */
#ifndef KERNEL_PARAM_H
#define KERNEL_PARAM_H

#define PAGE_SIZE          4096ul
#define LARGE_PAGE_SIZE    0x200000ul
#define MEMORY_RANGES_MAX  32             /* RAM ranges taken from the hypervisor's map */
#define DIRECT_MAP_MAX     0x4000000000ul /* 256 GiB of RAM are used at the most */
#define LOW_MEMORY_END     0xa0000ul      /* RAM that every PC has below its first MiB */
#define NULL_AREA_SIZE     0x10000ul      /* faults below are put down to a null pointer */
#define IMAGE_LOAD_ADDRESS 0x100000       /* physical; linker/kernel.ld says the same */
#define STACK_MAIN_SIZE    0x800000ul     /* 8 MiB, as on Linux */

/* Virtual addresses: each area begins at random in the first half of its 32 TiB. */
#define STACK_RANGE_START      0x008000000000ul
#define IMAGE_RANGE_START      0x200000000000ul
#define HEAP_RANGE_START       0x400000000000ul
#define DIRECT_MAP_RANGE_START 0x600000000000ul
#define RANGE_MASK             0x0ffffffff000ul /* 16 TiB in pages: 32 bits of chance */
#define HEAP_MAX_SIZE          0x008000000000ul
/* Above the heap: what sbrk() hands out, and after that what mmap() does. */
#define BREAK_MAX_SIZE         0x004000000000ul
#define MAPPING_MAX_SIZE       0x080000000000ul
/* Where a program may map memory by itself, with an address that it knows. */
#define MAPPING_LOW_START      NULL_AREA_SIZE
#define MAPPING_LOW_END        STACK_RANGE_START

#define ACPI_TABLE_BYTES_MAX 0x100000 /* a larger one is taken for a broken one */
#define COMMAND_LINE_MAX     65536    /* longer command lines are cut */
#define DEVICE_WORD_BYTES    128      /* longer words of the command line name no device */
#define CONSOLE_INPUT_BYTES  256      /* typed ahead, beyond what the device holds */
#define BACKTRACE_DEPTH_MAX  32
#define TRAP_STACK_SIZE      4096
#define STACK_SLOTS_START    0x180000000000ul /* stacks of threads (stacks.c), above the main one */
#define STACK_SLOT_MIN       0x4000ul         /* the smallest: three pages and the guard */
#define CLASS_AREA_SHIFT     38               /* for stacks of one size: 256 GiB */
#define STACK_USABLE_MIN     0x800ul          /* below thread-local data */
#define STACK_TOP_BYTES      PAGE_SIZE        /* mapped before the thread starts */
#define STACK_CACHED_BYTES   0x4000ul         /* a stack given back keeps so much */
#define STACKS_CACHED_MAX    64               /* ... as long as so few do */
#define TIME_SLICE_NS        10000000ull      /* threads of one priority take turns */

/* In the report of a crash. */
#define BACKTRACE_WAITING_MAX 6  /* frames of each other thread */
#define THREADS_SHOWN_MAX     32 /* and the first one */
#define CAUSE_BYTES           200
#define LOG_EVENTS            16

#endif
