/* SPDX-License-Identifier: MIT
 *
 * The guest's half of a comparison of clocks: for each line of input it answers
 * with its monotonic time in ns, until the input ends.
 */
#include <time.h>
#include "check.h"

int main(void)
{
    char line[16];

    while (fgets(line, sizeof line, stdin) != NULL) {
        struct timespec now;

        CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
        printf("%lld\n", (long long)now.tv_sec * 1000000000 + now.tv_nsec);
        fflush(stdout);
    }
    return 0;
}
