/* SPDX-License-Identifier: MIT
 *
 * Edit distance with swaps of neighbours (optimal string alignment).
 */
#include "nearest.h"

#include <string.h>

#define WORD_MAX 40 /* no option is longer; a longer word is near to nothing */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t edit_distance(const char *a, const char *b, size_t limit)
{
    size_t rows[3][WORD_MAX + 1];
    size_t a_length = strlen(a), b_length = strlen(b);
    if (a_length > WORD_MAX || b_length > WORD_MAX)
        return limit + 1;
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *row = rows[i % 3], *above = rows[(i - 1) % 3], *higher = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t change = above[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = least(change, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], higher[j - 2] + 1);
        }
    }
    return least(rows[a_length % 3][b_length], limit + 1);
}

struct nearest nearest_start(const char *word)
{
    /* A third of the letters may be wrong, the leading dashes not counted. */
    size_t letters = strlen(word + strspn(word, "-"));
    return (struct nearest){.word = word, .distance = letters < 2 ? 0 : letters / 3 + 2};
}

void nearest_try(struct nearest *nearest, const char *candidate)
{
    if (!nearest->distance)
        return;
    size_t distance = edit_distance(nearest->word, candidate, nearest->distance);
    /* Nothing left of the word is no likeness. */
    if (distance >= nearest->distance || distance >= strlen(candidate + strspn(candidate, "-")))
        return;
    nearest->distance = distance;
    nearest->found = candidate;
}
