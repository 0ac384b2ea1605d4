/* SPDX-License-Identifier: MIT
 *
 * What every guest test uses: CHECK stops the program with the place and the
 * reason, and the last line of a good one is SUCCESS. Standard headers only, so
 * that each test can also be built and run on the host.
 */
#ifndef TEST_CHECK_H
#define TEST_CHECK_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fflush(stdout);                                                                        \
            fprintf(stderr, "%s:%d: failed: %s (errno %d, %s)\n", __FILE__, __LINE__, #condition,  \
                    errno, strerror(errno));                                                       \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

#define CHECK_TEXT(got, wanted)                                                                    \
    do {                                                                                           \
        if (strcmp((got), (wanted)) != 0) {                                                        \
            fflush(stdout);                                                                        \
            fprintf(stderr, "%s:%d: got \"%s\", wanted \"%s\"\n", __FILE__, __LINE__, (got),       \
                    (wanted));                                                                     \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static inline int success(void)
{
    puts("SUCCESS");
    return 0;
}

#endif
