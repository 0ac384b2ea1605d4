/* SPDX-License-Identifier: MIT
 *
 * Mistakes with the heap that must not go unnoticed: attack_heap HOW dies of it.
 * attack_heap_unchecked.c is the same with the heap's checks switched off, and survives.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SMALL = 100, LARGE = 100000, GUARDED = 1000001 };

/* The compiler must neither see nor mind what is wrong; and free must not be a function's
 * last call, so that the function shows in the backtrace. */
static void *volatile kept;

static void *block_of(size_t size_bytes)
{
    kept = malloc(size_bytes);
    memset(kept, 'x', size_bytes);
    return kept;
}

static void double_free(void)
{
    void *volatile block = block_of(SMALL);

    free(block);
    free(block);
    kept = NULL;
}

static void double_free_later(void)
{
    void *volatile block = block_of(SMALL), *volatile other = block_of(SMALL);

    free(block);
    free(other);
    free(block);
    kept = NULL;
}

static void double_free_large(void)
{
    void *volatile block = block_of(GUARDED);

    free(block);
    free(block);
    kept = NULL;
}

static void overrun(void)
{
    char *volatile block = block_of(SMALL);

    memset(block, 'y', SMALL + 12); /* all of the slot's 112 bytes */
    free(block);
    kept = NULL;
}

static void overrun_realloc(void)
{
    char *volatile block = block_of(SMALL);

    memset(block, 'y', SMALL + 12);
    kept = realloc(block, 2 * SMALL);
}

/* Writes over the block behind one's own; the order of blocks differs in each boot. */
static void overrun_neighbour(void)
{
    enum { COUNT = 50, SLOT = 112 };
    char *volatile blocks[COUNT];

    for (int i = 0; i < COUNT; i++)
        blocks[i] = block_of(SMALL);
    for (int i = 0; i < COUNT; i++)
        for (int k = 0; k < COUNT; k++) {
            if (blocks[k] != blocks[i] + SLOT)
                continue;
            memset(blocks[i], 'y', 2 * SLOT);
            free(blocks[k]);
            kept = NULL;
            return;
        }
}

static void overrun_large(void)
{
    char *volatile block = block_of(LARGE);

    block[LARGE] = (char)~block[LARGE]; /* one byte, another one than the canary has there */
    free(block);
    kept = NULL;
}

static void overrun_guarded(void)
{
    char *volatile block = block_of(GUARDED);

    block[GUARDED] = (char)~block[GUARDED];
    free(block);
    kept = NULL;
}

static void free_inside(void)
{
    char *volatile block = block_of(SMALL);

    kept = block + 16;
    free(kept);
    kept = NULL;
}

static void free_inside_large(void)
{
    char *volatile block = block_of(LARGE);

    kept = block + 64;
    free(kept);
    kept = NULL;
}

static void free_stack(void)
{
    char text[SMALL];

    kept = text;
    free(kept);
    kept = NULL;
}

static void free_wild(void)
{
    kept = (void *)0x123456789abcull;
    free(kept);
    kept = NULL;
}

static void realloc_freed(void)
{
    char *volatile block = block_of(SMALL);

    free(block);
    kept = realloc(block, 2 * SMALL);
}

/* The glue's own name. What comes first in it is who has the heap's lock: when that is
 * the one who asks, a signal handler has interrupted malloc and calls it again. */
extern void *heap_state[] __asm__("glue.heap_state");

static void reentered(void)
{
    kept = malloc(SMALL);
    __asm__("mov %%fs:0x10, %0" : "=r"(heap_state[0])); /* as kernel/thread.h has it */
    kept = malloc(SMALL);
}

static const struct {
    const char *name;
    void (*attack)(void);
} ways[] = {
    {"double-free", double_free},
    {"double-free-later", double_free_later},
    {"double-free-large", double_free_large},
    {"overrun", overrun},
    {"overrun-realloc", overrun_realloc},
    {"overrun-neighbour", overrun_neighbour},
    {"overrun-large", overrun_large},
    {"overrun-guarded", overrun_guarded},
    {"free-inside", free_inside},
    {"free-inside-large", free_inside_large},
    {"free-stack", free_stack},
    {"free-wild", free_wild},
    {"realloc-freed", realloc_freed},
    {"reentered", reentered},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof ways / sizeof ways[0]; i++) {
        if (strcmp(ways[i].name, argv[1]) != 0)
            continue;
        ways[i].attack();
        puts("SURVIVED");
        return 0;
    }
    return 97;
}
