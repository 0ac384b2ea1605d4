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

#define COMMAND_LINE_MAX    65536 /* longer command lines are cut */
#define CONSOLE_INPUT_BYTES 256   /* typed ahead, beyond what the device holds */
#define BACKTRACE_DEPTH_MAX 32
#define TRAP_STACK_SIZE     4096

#endif
