/* SPDX-License-Identifier: MIT
 *
 * Memory above the hole below 4 GiB: big_memory MIB takes that much in blocks
 * of 64 MiB, marks each one at both ends and in the middle, and reads all marks back.
 */
#include <stdint.h>
#include "check.h"

enum { BLOCK_MIB = 64, BLOCKS_MAX = 1024 };

static const size_t block_bytes = (size_t)BLOCK_MIB << 20;

int main(int argc, char **argv)
{
    static uint64_t *blocks[BLOCKS_MAX];
    size_t last = block_bytes / sizeof(uint64_t) - 1;
    int count = (argc > 1 ? atoi(argv[1]) : 1024) / BLOCK_MIB;

    for (int i = 0; i < count; i++) {
        blocks[i] = malloc(block_bytes);
        CHECK(blocks[i] != NULL);
        blocks[i][0] = blocks[i][last / 2] = blocks[i][last] = (uint64_t)i * 7919 + 1;
    }
    for (int i = 0; i < count; i++) {
        uint64_t wanted = (uint64_t)i * 7919 + 1;

        CHECK(blocks[i][0] == wanted && blocks[i][last / 2] == wanted && blocks[i][last] == wanted);
    }
    return success();
}
