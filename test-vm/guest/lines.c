/* SPDX-License-Identifier: MIT
 *
 * Line by line, as a filter or a dialogue: fgets, getchar and scanf on one
 * stream, and the answer to each line before the next one is read.
 */
#include <ctype.h>
#include <unistd.h>
#include "check.h"

int main(void)
{
    char line[100];
    int number = 0;

    printf("tty %d %d %d\n", isatty(0), isatty(1), isatty(2));
    printf("number? ");
    fflush(stdout);
    CHECK(scanf("%d", &number) == 1);
    CHECK(getchar() == '\n');
    printf("twice is %d\n", number * 2);
    while (printf("name? "), fflush(stdout), fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (strcmp(line, "quit") == 0)
            break;
        for (char *c = line; *c != '\0'; c++)
            *c = (char)toupper((unsigned char)*c);
        printf("[%s]\n", line);
    }
    puts("bye");
    return 0;
}
