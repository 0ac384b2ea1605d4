/* SPDX-License-Identifier: MIT
 *
 * Standard input to standard output unchanged, whatever the bytes; the count
 * and a checksum go to standard error at the end of input.
 */
#include <stdint.h>
#include "check.h"

int main(void)
{
    static unsigned char buffer[65536];
    uint32_t sum = 2166136261u; /* FNV-1a */
    size_t total_bytes = 0;
    size_t got;

    while ((got = fread(buffer, 1, sizeof buffer, stdin)) > 0) {
        for (size_t i = 0; i < got; i++)
            sum = (sum ^ buffer[i]) * 16777619u;
        total_bytes += got;
        CHECK(fwrite(buffer, 1, got, stdout) == got);
    }
    CHECK(feof(stdin) && !ferror(stdin));
    CHECK(fread(buffer, 1, 1, stdin) == 0); /* the end stays the end */
    CHECK(fflush(stdout) == 0);
    fprintf(stderr, "bytes=%zu sum=%08lx\n", total_bytes, (unsigned long)sum);
    return 0;
}
