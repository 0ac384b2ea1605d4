/* SPDX-License-Identifier: MIT
 *
 * Prints what the program was started with:
 *     mkimage run -e GREETING='good day' apps/args -- "a b" c
 */
#include <stdio.h>

extern char **environ;

int main(int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        printf("argument %d: %s\n", i, argv[i]);
    for (char **e = environ; *e; e++)
        printf("environment: %s\n", *e);
    return 0;
}
