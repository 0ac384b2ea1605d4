/* SPDX-License-Identifier: MIT
 *
 * Standard output and standard error are two streams whose order is kept:
 * odd lines go to one, even lines to the other. With an argument, bytes that the
 * console's framing could mistake for its own are written to both as well.
 */
#include <unistd.h>
#include "check.h"

int main(int argc, char **argv)
{
    (void)argv;
    for (int i = 1; i <= 20; i++) {
        fprintf(i % 2 != 0 ? stdout : stderr, "line %d\n", i);
        fflush(stdout);
    }
    if (argc > 1) {
        char all[256];

        for (int i = 0; i < 256; i++)
            all[i] = (char)i;
        CHECK(write(1, all, sizeof all) == sizeof all);
        CHECK(write(2, all, sizeof all) == sizeof all);
        CHECK(write(1, "\x10x00\x10\x10", 6) == 6);
        CHECK(write(1, "\x10", 1) == 1);
        CHECK(write(2, "e\x10o", 3) == 3);
    }
    CHECK(write(99, "x", 1) == -1 && errno == EBADF);
    return 0;
}
