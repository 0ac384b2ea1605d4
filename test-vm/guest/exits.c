/* SPDX-License-Identifier: MIT
 *
 * The ways out: exits HOW STATUS, HOW being return, exit, _Exit or deep. What
 * stdio still holds is written by all of them but _Exit.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((noinline)) static void leave(int depth, int status)
{
    if (depth == 0)
        exit(status);
    leave(depth - 1, status);
    puts("exit returned");
}

static void farewell(void)
{
    puts("farewell");
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 99;
    int status = atoi(argv[2]);

    atexit(farewell);
    printf("buffered"); /* no newline: only a flush brings it out */
    if (strcmp(argv[1], "exit") == 0)
        exit(status);
    if (strcmp(argv[1], "_Exit") == 0)
        _Exit(status);
    if (strcmp(argv[1], "deep") == 0)
        leave(100, status);
    return status;
}
