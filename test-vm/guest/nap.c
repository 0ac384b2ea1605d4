/* SPDX-License-Identifier: MIT
 *
 * Sleeps as many seconds as its argument says.
 */
#include <unistd.h>
#include "check.h"

int main(int argc, char **argv)
{
    puts("asleep");
    fflush(stdout);
    CHECK(sleep(argc > 1 ? (unsigned)atoi(argv[1]) : 1) == 0);
    return success();
}
