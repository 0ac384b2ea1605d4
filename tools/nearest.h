/* SPDX-License-Identifier: MIT
 *
 * Which known word somebody may have meant. No memory, no state.
 */
#ifndef THIMBLE_TOOLS_NEAREST_H
#define THIMBLE_TOOLS_NEAREST_H

#include <stddef.h>

/* Letters to insert, drop, change or swap to get from a to b; at most `limit`
 * is told apart: anything more is limit + 1. */
size_t edit_distance(const char *a, const char *b, size_t limit);

struct nearest {
    const char *word;
    const char *found; /* NULL: nothing near so far */
    size_t distance;   /* a candidate must be nearer than this */
};

struct nearest nearest_start(const char *word);
void nearest_try(struct nearest *nearest, const char *candidate);

#endif
