/* SPDX-License-Identifier: MIT
 *
 * Takes a lot of memory and frees it, again and again; the test outside looks at what
 * the hypervisor holds when a line of input is asked for.
 *     give_back MEGABYTES
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "check.h"

#define BLOCK_BYTES 60000
#define BLOCKS_MAX  20000

static char *blocks[BLOCKS_MAX];

static void wait_for_line(const char *what)
{
    char line[80];

    printf("%s\n", what);
    fflush(stdout);
    CHECK(fgets(line, sizeof line, stdin));
}

/* The same by mmap, in one piece. */
static void map_and_unmap(size_t bytes)
{
    char *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(map != MAP_FAILED);
    memset(map, 1, bytes);
    wait_for_line("taken");
    CHECK(munmap(map, bytes) == 0);
    wait_for_line("freed");
}

int main(int argc, char **argv)
{
    size_t bytes = (size_t)(argc > 1 ? atoi(argv[1]) : 64) << 20, count = bytes / BLOCK_BYTES;

    CHECK(count <= BLOCKS_MAX);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < count; i++) {
            CHECK((blocks[i] = malloc(BLOCK_BYTES)));
            memset(blocks[i], (int)(i + 1) & 0xff, BLOCK_BYTES);
        }
        for (size_t i = 0; i < count; i++)
            for (size_t k = 0; k < BLOCK_BYTES; k += 997)
                CHECK(blocks[i][k] == (char)((i + 1) & 0xff));
        wait_for_line("taken");
        for (size_t i = 0; i < count; i++) /* not in the order they came in */
            free(blocks[round & 1 ? count - 1 - i : i]);
        malloc_trim(0);
        wait_for_line("freed");
        char *zeroed = calloc(count, BLOCK_BYTES); /* what comes back is zeroed all the same */
        CHECK(zeroed);
        for (size_t k = 0; k < count * BLOCK_BYTES; k += 61)
            CHECK(!zeroed[k]);
        free(zeroed);
    }
    map_and_unmap(bytes);
    return success();
}
