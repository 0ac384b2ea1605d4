/* SPDX-License-Identifier: MIT
 *
 * The order statistics of comparisons, on data whose answers are known.
 */
// sources: tools/compare/statistics.c tools/text.c tools/error.c -lm
#include "tools/compare/statistics.h"

#include <math.h>

#include "unit.h"

#define NEAR(a, b) CHECK(fabs((a) - (b)) < 1e-9)

static void known_data(void)
{
    const double odd[] = {5, 1, 4, 2, 3}, even[] = {4, 1, 3, 2}, one[] = {7};
    struct statistics got = statistics_of(odd, 5);
    NEAR(got.median, 3);
    NEAR(got.least, 1);
    NEAR(got.most, 5);
    NEAR(got.p90, 4.6);
    NEAR(statistics_of(even, 4).median, 2.5);
    got = statistics_of(one, 1);
    NEAR(got.median, 7);
    NEAR(got.p90, 7);
    NEAR(got.low, 7);
    NEAR(got.high, 7);
    CHECK(isnan(statistics_of(NULL, 0).median));
    NEAR(odd[0], 5); /* the samples stay in their order */
}

/* From tables of the sign test's interval: n samples, ranks counted from 1. */
static void intervals(void)
{
    static const struct {
        size_t count, low, high;
    } table[] = {{5, 1, 5},   {6, 1, 6},   {8, 1, 8},   {9, 2, 8},    {10, 2, 9},
                 {15, 4, 12}, {20, 6, 15}, {25, 8, 18}, {50, 18, 33}, {100, 40, 61}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        double samples[100];
        for (size_t j = 0; j < table[i].count; j++)
            samples[j] = (double)(table[i].count - j);
        struct statistics got = statistics_of(samples, table[i].count);
        NEAR(got.low, (double)table[i].low);
        NEAR(got.high, (double)table[i].high);
    }
}

/* The interval keeps its promise: it misses the true median in 5 % of cases at most. */
static void coverage(void)
{
    int missed = 0, rounds = 4000;
    for (int round = 0; round < rounds; round++) {
        double samples[20];
        for (size_t i = 0; i < 20; i++) /* skewed on purpose; the median is 1 / 4 */
            samples[i] = pow((double)random_below(1 << 20) / (1 << 20), 2);
        struct statistics got = statistics_of(samples, 20);
        CHECK(got.least <= got.low && got.low <= got.median && got.median <= got.high &&
              got.high <= got.most && got.median <= got.p90);
        missed += got.low > 0.25 || got.high < 0.25;
    }
    CHECK(missed < rounds / 20);
}

UNIT_MAIN(TEST(known_data), TEST(intervals), TEST(coverage))
