/* SPDX-License-Identifier: MIT
 *
 * Guess a number: the terminal works both ways.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(void)
{
    char line[64];
    int secret;
    int tries = 0;

    srand((unsigned)time(NULL));
    secret = rand() % 100 + 1;
    printf("I think of a number from 1 to 100. Your guess? ");
    fflush(stdout);
    while (fgets(line, sizeof(line), stdin)) {
        int guess = atoi(line);

        tries++;
        if (guess == secret) {
            printf("Yes! %d %s.\n", tries, tries == 1 ? "try" : "tries");
            return 0;
        }
        printf("Too %s. Again? ", guess < secret ? "small" : "big");
        fflush(stdout);
    }
    printf("\nIt was %d.\n", secret);
    return 1;
}
