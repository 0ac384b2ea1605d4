/* SPDX-License-Identifier: MIT
 *
 * Medians and their confidence by order statistics.
 */
#include "statistics.h"

#include <math.h>
#include <stdlib.h>

#include "tools/text.h"

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double statistics_quantile(const double *sorted, size_t count, double part)
{
    if (!count)
        return NAN;
    double place = part * (double)(count - 1);
    size_t below = (size_t)place;
    if (below + 1 >= count)
        return sorted[count - 1];
    return sorted[below] + (place - (double)below) * (sorted[below + 1] - sorted[below]);
}

/* How many samples may be cut off at each end: the most for which fewer than
 * that many of `count` fall on one side of the true median in at most 2.5 % of
 * cases (a binomial distribution with probability one half). */
static size_t interval_rank(size_t count)
{
    double probability = pow(0.5, (double)count), sum = 0;
    size_t rank = 0;
    while (rank < count / 2) {
        sum += probability;
        if (sum > 0.025)
            break;
        rank++;
        probability *= (double)(count - rank + 1) / (double)rank;
    }
    return rank;
}

struct statistics statistics_of(const double *samples, size_t count)
{
    struct statistics result = {.count = count};
    if (!count) {
        result.least = result.median = result.p90 = result.most = NAN;
        result.low = result.high = NAN;
        return result;
    }
    double *sorted = memory_grow(samples, count * sizeof *sorted, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare);
    size_t rank = interval_rank(count);
    result.least = sorted[0];
    result.most = sorted[count - 1];
    result.median = statistics_quantile(sorted, count, 0.5);
    result.p90 = statistics_quantile(sorted, count, 0.9);
    result.low = sorted[rank ? rank - 1 : 0];
    result.high = sorted[rank ? count - rank : count - 1];
    return result;
}
