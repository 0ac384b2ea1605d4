/* SPDX-License-Identifier: MIT
 *
 * What a handful of samples says: order statistics, which neither a rare slow
 * run nor the shape of the distribution can mislead. No memory kept.
 */
#ifndef THIMBLE_COMPARE_STATISTICS_H
#define THIMBLE_COMPARE_STATISTICS_H

#include <stddef.h>

struct statistics {
    size_t count;
    double least, median, p90, most;
    /* The median lies in here with at least 95 % confidence, whatever the
     * distribution; with fewer than 6 samples there is no such interval, and
     * this is the least and the most. */
    double low, high;
};

struct statistics statistics_of(const double *samples, size_t count);

/* Linear between the neighbours; sorted: ascending; 0 <= part <= 1. */
double statistics_quantile(const double *sorted, size_t count, double part);

#endif
