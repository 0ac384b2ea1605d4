/* SPDX-License-Identifier: MIT
 *
 * Programs that must die: die HOW. None of them may reach its last line; the
 * table of cases holds the trap and the status that each one ends with.
 */
#include <assert.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Read through volatile, so that no compiler sees what is about to happen. */
static void *volatile null_pointer;
static volatile int zero;
static volatile int depth_limit = INT_MAX;
static unsigned char data_code[] = {0xc3}; /* ret */

static void null_jump(void)
{
    ((void (*)(void))null_pointer)();
}

static void null_read(void)
{
    printf("%d\n", *(volatile int *)null_pointer);
}

static void null_write(void)
{
    *(volatile int *)null_pointer = 1;
}

static void wild_read(void)
{
    printf("%d\n", *(volatile int *)(uintptr_t)0xdead00000000u);
}

/* Not canonical: a general protection fault instead of a page fault. */
static void noncanonical_read(void)
{
    volatile uint64_t address = 0x8badf00d00000000u;

    printf("%d\n", *(volatile int *)address);
}

static void text_write(void)
{
    *(volatile unsigned char *)(uintptr_t)text_write = 0xc3;
}

static void rodata_write(void)
{
    static const char constant[] = "constant";

    *(volatile char *)(uintptr_t)constant = 'k';
}

static void data_execute(void)
{
    ((void (*)(void))(uintptr_t)data_code)();
}

static void stack_execute(void)
{
    volatile unsigned char code[] = {0xc3};

    ((void (*)(void))(uintptr_t)code)();
}

static void heap_execute(void)
{
    unsigned char *code = malloc(1);

    if (code == NULL)
        exit(99);
    *code = 0xc3;
    ((void (*)(void))(uintptr_t)code)();
}

static void divide_by_zero(void)
{
    printf("%d\n", 100 / zero);
}

static void divide_overflow(void)
{
    volatile int minus_one = -1;

    printf("%d\n", INT_MIN / minus_one);
}

static int recurse_forever(int depth)
{
    volatile char frame[256];

    memset((char *)frame, depth, sizeof frame);
    if (depth == depth_limit)
        return 0;
    return recurse_forever(depth + 1) + frame[17];
}

static void stack_overflow(void)
{
    printf("%d\n", recurse_forever(0));
}

static void illegal_instruction(void)
{
    __asm__ volatile("ud2");
}

static void call_abort(void)
{
    abort();
}

static void fail_assert(void)
{
    assert(zero == 1);
}

static const struct way {
    const char *name;
    void (*run)(void);
} ways[] = {
    {"null-jump", null_jump},
    {"null-read", null_read},
    {"null-write", null_write},
    {"wild-read", wild_read},
    {"noncanonical-read", noncanonical_read},
    {"text-write", text_write},
    {"rodata-write", rodata_write},
    {"data-execute", data_execute},
    {"stack-execute", stack_execute},
    {"heap-execute", heap_execute},
    {"divide-by-zero", divide_by_zero},
    {"divide-overflow", divide_overflow},
    {"stack-overflow", stack_overflow},
    {"illegal", illegal_instruction},
    {"abort", call_abort},
    {"assert", fail_assert},
};

int main(int argc, char **argv)
{
    puts("before");
    fflush(stdout);
    for (size_t i = 0; argc > 1 && i < sizeof ways / sizeof ways[0]; i++)
        if (strcmp(ways[i].name, argv[1]) == 0)
            ways[i].run();
    puts("SURVIVED");
    return 0;
}
