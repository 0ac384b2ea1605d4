/* SPDX-License-Identifier: MIT
 *
 * Every limit of the kernel in one place.
 */
#ifndef KERNEL_PARAM_H
#define KERNEL_PARAM_H

#define PAGE_SIZE           4096ul
#define LARGE_PAGE_SIZE     0x200000ul
#define MEMORY_RANGES_MAX   32             /* RAM ranges taken from the hypervisor's map */
#define DIRECT_MAP_MAX      0x4000000000ul /* 256 GiB of RAM are used at the most */
#define LOW_MEMORY_END      0xa0000ul      /* RAM that every PC has below its first MiB */
#define STACK_AREA_START    0x4000000000ul /* its lowest page is the guard and never mapped */
#define STACK_MAIN_SIZE     0x800000ul     /* 8 MiB, as on Linux */
#define HEAP_AREA_START     (STACK_AREA_START + 2 * STACK_MAIN_SIZE)
#define HEAP_AREA_END       0x7f00000000ul
#define COMMAND_LINE_MAX    65536 /* longer command lines are cut */
#define CONSOLE_INPUT_BYTES 256   /* typed ahead, beyond what the device holds */
#define BACKTRACE_DEPTH_MAX 32
#define TRAP_STACK_SIZE     4096
#define STACK_SLOTS_START   0x8000000000ul /* stacks of threads (stacks.c) */
#define STACK_SLOT_MIN      0x4000ul       /* the smallest: three pages and the guard */
#define CLASS_AREA_SHIFT    38             /* for stacks of one size: 256 GiB */
#define STACK_USABLE_MIN    0x800ul        /* below thread-local data */
#define STACK_TOP_BYTES     PAGE_SIZE      /* mapped before the thread starts */
#define STACK_CACHED_BYTES  0x4000ul       /* a stack given back keeps so much */
#define STACKS_CACHED_MAX   64             /* ... as long as so few do */
#define TIME_SLICE_NS       10000000ull    /* threads of one priority take turns */

#endif
