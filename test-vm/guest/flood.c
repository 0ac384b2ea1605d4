/* SPDX-License-Identifier: MIT
 *
 * flood BYTES: that many bytes of every value on standard output, in pieces of
 * odd sizes; their sum goes to standard error.
 */
#include <stdint.h>
#include "check.h"

int main(int argc, char **argv)
{
    static unsigned char piece[70001];
    size_t left = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
    size_t piece_bytes = 1;
    uint32_t state = 1;
    uint64_t sum = 0;

    while (left > 0) {
        if (piece_bytes > left)
            piece_bytes = left;
        for (size_t i = 0; i < piece_bytes; i++) {
            state = state * 1664525u + 1013904223u;
            piece[i] = (unsigned char)(state >> 24);
            sum += piece[i];
        }
        CHECK(fwrite(piece, 1, piece_bytes, stdout) == piece_bytes);
        left -= piece_bytes;
        piece_bytes = piece_bytes * 7 % sizeof piece + 1;
    }
    CHECK(fflush(stdout) == 0);
    fprintf(stderr, "sum=%llu\n", (unsigned long long)sum);
    return 0;
}
