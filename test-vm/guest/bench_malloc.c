/* SPDX-License-Identifier: MIT
 *
 * What malloc costs, counted from outside by test-vm/bench-malloc.
 *     bench_malloc MIX COUNT   COUNT steps of a mix; a step is a malloc and a free
 *     bench_malloc walk COUNT  a long random run; prints what the heap took for it
 * Standard headers only: other allocators are linked in its place.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t random_state = 88172645463325252u;

static uint64_t random_next(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* A call that no compiler can leave out. */
static void *volatile kept;

static void pair_of(size_t size_bytes, long count)
{
    for (long i = 0; i < count; i++) {
        kept = malloc(size_bytes);
        free(kept);
    }
}

/* Blocks that live for a while: each step replaces one of a thousand. */
static void mix(size_t size_max_bytes, long count)
{
    static void *blocks[1000];

    for (long i = 0; i < count; i++) {
        uint64_t chance = random_next();
        void **place = &blocks[chance % 1000];

        free(*place);
        *place = malloc((chance >> 20) % size_max_bytes + 1);
    }
}

/* A vector that grows by a word at a time, and is given back. */
static void growing(long count)
{
    char *bytes = NULL;

    for (long i = 0; i < count; i++) {
        bytes = realloc(bytes, (size_t)(i % 10000 + 1) * 16);
        bytes[i % 10000 * 16] = 1;
    }
    free(bytes);
}

/* Sizes as programs have them: most are small, a few are very large. */
static size_t size_at_random(void)
{
    uint64_t chance = random_next();
    unsigned log = 4 + (unsigned)(chance % 7) + (chance >> 8) % 16 / 12 * (chance >> 16) % 8;

    return (chance >> 24) % (1ul << log) + 1;
}

/* Pages that are neither used nor promised, whoever uses them. */
static size_t taken_bytes(void)
{
    return (size_t)(sysconf(_SC_PHYS_PAGES) - sysconf(_SC_AVPHYS_PAGES)) * 4096;
}

enum { BLOCKS = 20000 };

/* Phases: the sizes that live change with each, as in a server that runs for weeks. */
static void walk(long count)
{
    static struct {
        void *memory;
        size_t size_bytes;
    } blocks[BLOCKS];
    size_t live_bytes = 0, live_most_bytes = 0, phase = 0;

    for (long i = 0; i < count; i++) {
        size_t k = random_next() % BLOCKS;

        if (i % (count / 10 + 1) == 0)
            phase = random_next() % 3;
        if (blocks[k].memory) {
            live_bytes -= blocks[k].size_bytes;
            free(blocks[k].memory);
            blocks[k].memory = NULL;
            if (random_next() % 4 == phase)
                continue;
        }
        size_t size_bytes = size_at_random() << phase;
        blocks[k].memory = malloc(size_bytes);
        if (!blocks[k].memory)
            abort();
        memset(blocks[k].memory, 1, size_bytes);
        blocks[k].size_bytes = size_bytes;
        live_bytes += size_bytes;
        if (live_bytes > live_most_bytes)
            live_most_bytes = live_bytes;
    }
    size_t end_bytes = taken_bytes();
    printf("live %zu most %zu taken %zu ", live_bytes, live_most_bytes, end_bytes);
    for (size_t k = 0; k < BLOCKS; k++)
        free(blocks[k].memory);
    printf("taken after free %zu\n", taken_bytes());
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    long count = argc > 2 ? atol(argv[2]) : 0;

    if (strcmp(what, "pair-64") == 0)
        pair_of(64, count);
    else if (strcmp(what, "pair-1000") == 0)
        pair_of(1000, count);
    else if (strcmp(what, "pair-100000") == 0)
        pair_of(100000, count);
    else if (strcmp(what, "mix-200") == 0)
        mix(200, count);
    else if (strcmp(what, "mix-4000") == 0)
        mix(4000, count);
    else if (strcmp(what, "mix-100000") == 0)
        mix(100000, count);
    else if (strcmp(what, "growing") == 0)
        growing(count);
    else if (strcmp(what, "walk") == 0)
        walk(count);
    else
        return 2;
    return 0;
}
