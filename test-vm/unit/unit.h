/* SPDX-License-Identifier: MIT
 *
 * The harness of the host's unit tests: a list of functions, checks that say
 * where they failed, and a random source that is the same in every run. A test
 * names what it is linked with in lines `// sources: FILE...`; it is built with
 * the address and undefined-behaviour sanitizers (test-vm/case-run).
 */
#ifndef TEST_UNIT_H
#define TEST_UNIT_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition);                \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

#define CHECK_TEXT(got, wanted)                                                                    \
    do {                                                                                           \
        if (strcmp((got), (wanted)) != 0) {                                                        \
            fprintf(stderr, "%s:%d: got \"%s\", wanted \"%s\"\n", __FILE__, __LINE__, (got),       \
                    (wanted));                                                                     \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static uint64_t random_state = 88172645463325252u;

__attribute__((unused)) static uint64_t random_next(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

__attribute__((unused)) static size_t random_below(size_t limit)
{
    return (size_t)(random_next() % limit);
}

struct unit_test {
    const char *name;
    void (*run)(void);
};

static int unit_run(const struct unit_test *tests, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        printf("%s\n", tests[i].name);
        fflush(stdout);
        tests[i].run();
    }
    return 0;
}

#define UNIT_MAIN(...)                                                                             \
    int main(void)                                                                                 \
    {                                                                                              \
        static const struct unit_test tests[] = {__VA_ARGS__};                                     \
        return unit_run(tests, sizeof tests / sizeof tests[0]);                                    \
    }

#define TEST(function)                                                                             \
    {                                                                                              \
#function, function                                                                        \
    }

#endif
