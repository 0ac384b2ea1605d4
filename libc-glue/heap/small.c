/* SPDX-License-Identifier: MIT
 *
 * malloc and free. Small blocks are slots: 36 sizes, four to each doubling, in runs of
 * pages that hold slots of one size. Which are free is a bit each in the run's entry.
 */
#include <stdlib.h>

#include "libc-glue/heap/heap.h"

#define FINEST_BYTES     64u /* sizes up to here are multiples of 16 */
#define FINEST_LOG       6
#define SLOTS_MIN        4  /* in a run of larger slots */
#define WASTE_SHARE      16 /* of a run may be too little for another slot */
#define SLOT_BYTES_LEAST 32ul
#define QUICK_MAX        1016 /* blocks up to here have their class in a table */

/* Of slots of 0, 16, 32, ... bytes, as class_of() says. */
static const uint8_t quick_class[(QUICK_MAX + CANARY_BYTES) / 16 + 1] = {
    1,  1,  1,  2,  3,  4,  5,  6,  7,  8,  8,  9,  9,  10, 10, 11, 11, 12, 12, 12, 12, 13,
    13, 13, 13, 14, 14, 14, 14, 15, 15, 15, 15, 16, 16, 16, 16, 16, 16, 16, 16, 17, 17, 17,
    17, 17, 17, 17, 17, 18, 18, 18, 18, 18, 18, 18, 18, 19, 19, 19, 19, 19, 19, 19, 19,
};

struct heap heap_state;

size_t class_of(size_t slot_bytes)
{
    size_t most = slot_bytes - 1;

    if (slot_bytes <= FINEST_BYTES)
        return most / 16;
    unsigned log = 63 - (unsigned)__builtin_clzl(most);
    return (log - FINEST_LOG + 1) * 4 + (most >> (log - 2) & 3);
}

size_t class_slot_bytes(size_t class)
{
    if (class < 4)
        return (class + 1) * 16;
    return (4 + class % 4 + 1) << (FINEST_LOG - 3 + class / 4);
}

static void filled(struct run *run)
{
    heap_state.with_free_slots[run->class] = run->next;
    if (run->next)
        run->next->previous = NULL;
}

static void has_free_slots(struct run *run)
{
    struct run **first = &heap_state.with_free_slots[run->class];

    run->next = *first;
    run->previous = NULL;
    if (*first)
        (*first)->previous = run;
    *first = run;
}

static size_t run_pages(size_t slot_bytes)
{
    size_t pages = slot_bytes > PAGE_SIZE / SLOTS_MIN
                       ? (slot_bytes * SLOTS_MIN + PAGE_SIZE - 1) / PAGE_SIZE
                       : 1;

    while (pages * PAGE_SIZE % slot_bytes * WASTE_SHARE > pages * PAGE_SIZE)
        pages++;
    return pages;
}

static unsigned chance(void)
{
    heap_state.random ^= heap_state.random << 13;
    heap_state.random ^= heap_state.random >> 7;
    heap_state.random ^= heap_state.random << 17;
    return (unsigned)(heap_state.random >> 32);
}

/* Not part of the short way. */
static __attribute__((noinline)) struct run *run_new(size_t class)
{
    size_t slot_bytes = class_slot_bytes(class), pages = run_pages(slot_bytes);
    size_t slots = pages * PAGE_SIZE / slot_bytes;
    bool zero;
    struct run *run = run_take(pages, &zero);

    if (!run)
        return NULL;
    for (size_t i = 0; i < pages; i++) {
        run[i].kind = RUN_SMALL;
        run[i].back = (uint8_t)i;
    }
    run->class = (uint8_t) class;
    run->turn = (uint8_t)(chance() % (slots < 64 ? slots : 64));
    run->pages = (uint32_t)pages;
    run->small.start = run_address(run);
    run->small.slot_bytes = (uint32_t)slot_bytes;
    run->small.inverse = (uint32_t)(((1ul << 32) + slot_bytes - 1) / slot_bytes);
    run->small.slots = (uint16_t)slots;
    run->small.free_slots = (uint32_t)slots;
    run->small.word = 0;
    run->small.free[0] = slots >= 64 ? ~0ul : (1ul << slots) - 1;
    run->small.free[1] = slots >= 128 ? ~0ul : slots > 64 ? (1ul << (slots - 64)) - 1 : 0;
    has_free_slots(run);
    return run;
}

static __attribute__((noinline)) void run_end(struct run *run)
{
    size_t pages = run->pages;

    if (run->next)
        run->next->previous = run->previous;
    *(run->previous ? &run->previous->next : &heap_state.with_free_slots[run->class]) = run->next;
    for (size_t i = 0; i < pages; i++) {
        run[i].kind = RUN_NONE;
        run[i].back = 0;
    }
    run_give(run, pages, pages);
}

void small_trim(void)
{
    for (size_t class = 0; class < CLASSES; class ++)
        for (struct run *run = heap_state.with_free_slots[class], *next; run; run = next) {
            next = run->next;
            if (run->small.free_slots == run->small.slots)
                run_end(run);
        }
}

/* Within a word of 64 the search begins at the run's own place: where in a run the
 * first blocks are is not the same in each boot. */
static inline uintptr_t slot_take(struct run *run)
{
    unsigned turn = run->turn, word = run->small.word;
    uint64_t free = run->small.free[word];
    uint64_t turned = free >> turn | free << (-turn & 63);
    unsigned bit = ((unsigned)__builtin_ctzl(turned) + turn) % 64;
    size_t slot_bytes = run->small.slot_bytes;
    uintptr_t block = run->small.start + (word * 64 + bit) * slot_bytes;

    run->small.free[word] = free &= ~(1ul << bit);
    run->small.free_slots--;
    if (UNLIKELY(!free)) {
        run->small.word = (uint16_t)(word ^= 1);
        if (!run->small.free[word])
            filled(run);
    }
    *(uint64_t *)(block + slot_bytes - CANARY_BYTES) = heap_state.secret ^ block;
    return block;
}

/* The long way: the lock or a new run has to be waited for. */
__attribute__((noinline)) void *small_take(size_t class)
{
    uintptr_t block = 0;

    heap_lock();
    struct run *run = heap_state.with_free_slots[class];
    if (run || (run = run_new(class)))
        block = slot_take(run);
    heap_unlock();
    return block ? (void *)block : no_memory();
}

static __attribute__((noinline)) void *take_others(size_t size_bytes)
{
    if (size_bytes > SMALL_MAX)
        return large_take(size_bytes, BLOCK_ALIGN, NULL);
    return small_take(class_of(size_bytes + CANARY_BYTES));
}

static __attribute__((noinline)) void *wake_and_return(void *block)
{
    lock_wake(&heap_state.lock);
    return block;
}

void *heap_take(size_t size_bytes)
{
    if (UNLIKELY(size_bytes > QUICK_MAX))
        return take_others(size_bytes);
    size_t class = quick_class[(size_bytes + CANARY_BYTES + 15) / 16];
    if (UNLIKELY(!heap_try_lock()))
        return small_take(class);
    struct run *run = heap_state.with_free_slots[class];
    if (UNLIKELY(!run)) {
        heap_leave();
        return small_take(class);
    }
    void *block = (void *)slot_take(run);
    return UNLIKELY(heap_leave()) ? wake_and_return(block) : block;
}

/* The run of a block; NULL after heap_refuse, as when a test has switched that off. */
static inline struct run *find(uintptr_t address, size_t *slot_found)
{
    uintptr_t offset = address - heap_state.blocks;

    if (UNLIKELY(offset >= heap_state.used_bytes))
        return block_refuse(HEAP_NOT_A_BLOCK, address);
    struct run *run = &heap_state.table[offset / PAGE_SIZE];
    if (UNLIKELY(run->kind != RUN_SMALL))
        return large_find(run, address);
    run -= run->back;

    uint32_t slot_bytes = run->small.slot_bytes;
    uint32_t delta = (uint32_t)(address - run->small.start);
    uint32_t slot = (uint32_t)((uint64_t)delta * run->small.inverse >> 32);
    if (UNLIKELY(slot * slot_bytes != delta || slot >= run->small.slots))
        return block_refuse(HEAP_INSIDE_A_BLOCK, address);
    if (UNLIKELY(run->small.free[slot / 64] >> slot % 64 & 1))
        return block_refuse(HEAP_FREED_ALREADY, address);
    if (UNLIKELY(*(uint64_t *)(address + slot_bytes - CANARY_BYTES) !=
                 (heap_state.secret ^ address)))
        return block_refuse(HEAP_OVERRUN, address);
    *slot_found = slot;
    return run;
}

struct run *block_find(uintptr_t address)
{
    size_t slot;

    return find(address, &slot);
}

static inline void slot_give(struct run *run, size_t slot)
{
    run->small.free[slot / 64] |= 1ul << slot % 64;
    uint32_t free_slots = run->small.free_slots++;
    if (UNLIKELY(!free_slots)) {
        run->small.word = (uint16_t)(slot / 64);
        has_free_slots(run);
    } else if (UNLIKELY(free_slots + 1 == run->small.slots) && (run->next || run->previous)) {
        run_end(run); /* there is another one with free slots */
    }
}

void heap_give(void *pointer)
{
    size_t slot = 0;

    if (!pointer)
        return;
    if (UNLIKELY(!heap_try_lock()))
        heap_lock();
    struct run *run = find((uintptr_t)pointer, &slot);
    if (UNLIKELY(!run || run->kind != RUN_SMALL)) {
        if (run)
            large_give(run);
    } else {
        slot_give(run, slot);
    }
    if (UNLIKELY(heap_leave()))
        lock_wake(&heap_state.lock);
}

void *malloc(size_t size_bytes) __attribute__((alias("heap_take")));
void free(void *block) __attribute__((alias("heap_give")));
