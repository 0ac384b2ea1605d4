/* SPDX-License-Identifier: MIT
 *
 * The heap. Its area (kernel/memory.h) is pages in a row; *runs* of pages are free, or
 * hold small blocks of one size, or one large block. What is
 * known of a page stands in a table of its own, far from the blocks, so that a program
 * that writes past a block does not reach it:
 *
 *     heap_start()                    + BLOCKS_OFFSET
 *     | struct run for each page ...  | page 0 (never used), page 1, ...
 *
 * A run is known by its first page's entry. Small blocks are slots of a run; the last
 * word of each slot that is in use is a canary. All of this is guarded by heap_state.lock.
 */
#ifndef GLUE_HEAP_H
#define GLUE_HEAP_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/memory.h"
#include "kernel/param.h"
#include "libc-glue/locks.h"
#include "libc-glue/pthread_glue.h"

#pragma GCC visibility push(hidden)
#pragma weak lock_wait
#pragma weak lock_wake

#define BLOCKS_OFFSET  0x200000000ul /* 8 GiB of entries are enough for the whole area */
#define CANARY_BYTES   sizeof(uint64_t)
#define SLOT_BYTES_MAX 16384ul
#define SMALL_MAX      (SLOT_BYTES_MAX - CANARY_BYTES)
#define CLASSES        36
#define RUN_SLOTS_MAX  128
#define FREE_LISTS     64
#define BLOCK_ALIGN    16ul /* of every block */
#define PAGES_MAX      ((HEAP_MAX_SIZE - BLOCKS_OFFSET) / PAGE_SIZE)
#define GUARDED_PAGES  32 /* large blocks of so many have guard pages: 128 KiB */

enum run_kind {
    RUN_NONE, /* inside of a free run or a large block */
    RUN_SMALL,
    RUN_LARGE,
    RUN_FREE,
    RUN_FREE_LAST, /* the last page of a free run */
};

struct run {
    uint8_t kind;
    uint8_t class;
    uint8_t back; /* of the other pages of a small run: how far it is to the first */
    uint8_t turn; /* where the search for a free slot begins: at random */
    uint32_t pages;
    struct run *next, *previous; /* free runs of similar size; small runs with free slots */
    union {
        struct {
            uintptr_t start;
            uint32_t slot_bytes;
            uint32_t inverse; /* 2^32 / slot_bytes, rounded up: instead of dividing */
            uint16_t slots;
            uint16_t word; /* of free: where the next slot comes from, if there is one at all */
            uint32_t free_slots;
            uint64_t free[RUN_SLOTS_MAX / 64]; /* a bit for each slot */
        } small;
        struct {
            size_t size_bytes; /* as asked for */
        } large;
        struct {
            uint32_t open_pages; /* still ours; the others were given back to the kernel */
        } spare;
    };
};

_Static_assert(sizeof(struct run) == 64, "a cache line");

struct heap {
    struct __lock lock;
    struct run *table; /* NULL: the heap was not used yet */
    uintptr_t blocks;  /* page 0 */
    size_t used_bytes; /* from there; what is behind was never used */
    uint64_t secret;   /* of the canaries */
    uint64_t random;
    struct run *with_free_slots[CLASSES];
    uint64_t lists_filled; /* a bit for each of free_lists that is not empty */
    struct run *free_lists[FREE_LISTS];
    size_t spare_pages; /* in free runs and not given back */
};
extern struct heap heap_state;

/* runs.c. The caller has the lock. */
struct run *run_take(size_t pages, bool *zero); /* open; zero: they read as zero; NULL: no memory */
bool run_take_at(struct run *run, size_t pages); /* these, of the free run that begins there */
void run_give(struct run *run, size_t pages, size_t open_pages); /* all RUN_NONE by now */
void runs_trim(size_t keep_pages);
static inline uintptr_t run_address(const struct run *run)
{
    return heap_state.blocks + (uintptr_t)(run - heap_state.table) * PAGE_SIZE;
}
static inline struct run *run_at(uintptr_t address)
{
    return heap_state.table + (address - heap_state.blocks) / PAGE_SIZE;
}

/* small.c */
void *heap_take(size_t size_bytes); /* malloc */
void heap_give(void *block);        /* free */
void *small_take(size_t class);
size_t class_of(size_t slot_bytes);
size_t class_slot_bytes(size_t class);
void small_trim(void); /* gives the empty runs back; the caller has the lock */

/* large.c. Without the lock, but for large_give. They set errno. */
void *large_take(size_t size_bytes, size_t alignment, bool *zero);
void large_give(struct run *run);
uintptr_t large_resize(struct run *run, size_t size_bytes); /* 0: no memory */

/* checks.c */
enum heap_fault {
    HEAP_NOT_A_BLOCK,
    HEAP_FREED_ALREADY,
    HEAP_INSIDE_A_BLOCK,
    HEAP_OVERRUN,
    HEAP_REENTERED,
};
/* Ends the program. A test of this very protection may have one that returns. */
void heap_refuse(enum heap_fault fault, const void *block);
struct run *block_find(uintptr_t address); /* in use and whole; NULL after heap_refuse */
struct run *large_find(struct run *run, uintptr_t address);
struct run *block_refuse(enum heap_fault fault, uintptr_t address);
void large_canary_set(uintptr_t address, size_t size_bytes);

/* lock.c */
void heap_lock(void);
void heap_unlock(void);

static inline bool heap_try_lock(void)
{
    struct thread *none = NULL;

    return __atomic_compare_exchange_n(&heap_state.lock.owner, &none, thread_self(), false,
                                       __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

/* Somebody waits and must be woken (lock_wake) when this says so. */
static inline bool heap_leave(void)
{
    __atomic_store_n(&heap_state.lock.owner, NULL, __ATOMIC_SEQ_CST);
    return heap_state.lock.waiting;
}

#define UNLIKELY(condition) __builtin_expect((condition), false)

static inline void *no_memory(void)
{
    errno = ENOMEM;
    return NULL;
}

#pragma GCC visibility pop

#endif
