/* SPDX-License-Identifier: MIT
 *
 * getsubopt(). In place of newlib's, which does not give the whole word when it is unknown.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

int getsubopt(char **rest, char *const *names, char **value)
{
    char *word = *rest, *end = strchrnul(word, ','), *equals;

    if (!*word)
        return -1;
    *rest = *end ? end + 1 : end;
    *end = '\0';
    equals = strchrnul(word, '=');
    for (int i = 0; names[i]; i++)
        if (strncmp(names[i], word, (size_t)(equals - word)) == 0 && !names[i][equals - word]) {
            *value = *equals ? equals + 1 : NULL;
            return i;
        }
    *value = word;
    return -1;
}
