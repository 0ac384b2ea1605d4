/* SPDX-License-Identifier: MIT
 *
 * The functions of libm against another library's. Without an argument it prints the
 * bits of each function's result for many random arguments; with `check` it reads such
 * lines and tells how far they are from its own, in units of the last place. The test
 * runs the first in the guest and the second on the host.
 */
#define _GNU_SOURCE 1
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARGUMENTS 1500

struct row {
    const char *name;
    double (*one)(double);
    double (*two)(double, double);
    float (*one_float)(float);
    double low, high; /* where arguments are drawn */
    unsigned limit;   /* units of the last place; both libraries may be off by one */
};

#define ONE(name, low, high, limit)                                                                \
    {#name, name, NULL, NULL, low, high, limit},                                                   \
    {                                                                                              \
#name "f", NULL, NULL, name##f, low, high, limit                                           \
    }
#define TWO(name, low, high, limit)                                                                \
    {                                                                                              \
#name, NULL, name, NULL, low, high, limit                                                  \
    }

static const struct row rows[] = {
    ONE(sin, -1000, 1000, 2), ONE(cos, -1000, 1000, 2),     ONE(tan, -1000, 1000, 2),
    ONE(asin, -1, 1, 2),      ONE(acos, -1, 1, 2),          ONE(atan, -50, 50, 2),
    ONE(sinh, -30, 30, 3),    ONE(cosh, -30, 30, 3),        ONE(tanh, -5, 5, 3),
    ONE(asinh, -1e6, 1e6, 3), ONE(acosh, 1, 1e6, 3),        ONE(atanh, -1, 1, 3),
    ONE(exp, -80, 80, 2),     ONE(exp2, -120, 120, 2),      ONE(expm1, -30, 30, 2),
    ONE(log, 0, 1e6, 2),      ONE(log2, 0, 1e6, 3),         ONE(log10, 0, 1e6, 3),
    ONE(log1p, -1, 1e6, 3),   ONE(cbrt, -1e9, 1e9, 4),      ONE(sqrt, 0, 1e9, 0),
    ONE(erf, -5, 5, 2),       ONE(erfc, -5, 9, 5),          ONE(lgamma, 0.5, 100, 5),
    ONE(tgamma, -20, 170, 6), ONE(rint, -1e6, 1e6, 0),      ONE(floor, -1e6, 1e6, 0),
    TWO(pow, 0, 20, 2),       TWO(atan2, -100, 100, 2),     TWO(hypot, -1e6, 1e6, 2),
    TWO(fmod, -1e6, 1e6, 0),  TWO(remainder, -1e6, 1e6, 0), TWO(nextafter, -1, 1, 0),
};

static uint64_t state = 88172645463325252ull;

static double draw(double low, double high)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return low + (high - low) * ((double)(state >> 11) * 0x1p-53);
}

/* Numbers next to each other get numbers next to each other. */
static int64_t place(const struct row *row, double value)
{
    union {
        double value;
        int64_t bits;
    } wide = {value};
    union {
        float value;
        int32_t bits;
    } narrow = {(float)value};

    if (row->one_float)
        return narrow.bits < 0 ? INT32_MIN - (int64_t)narrow.bits : narrow.bits;
    return wide.bits < 0 ? INT64_MIN - wide.bits : wide.bits;
}

static double compute(const struct row *row, double x, double y)
{
    if (row->one_float)
        return (double)row->one_float((float)x);
    return row->one ? row->one(x) : row->two(x, y);
}

static uint64_t distance(const struct row *row, double a, double b)
{
    if (isnan(a) && isnan(b))
        return 0;
    int64_t from = place(row, a), to = place(row, b);
    return from > to ? (uint64_t)from - (uint64_t)to : (uint64_t)to - (uint64_t)from;
}

int main(int argc, char **argv)
{
    bool check = argc > 1 && strcmp(argv[1], "check") == 0, bad = false;

    for (const struct row *row = rows; row < rows + sizeof rows / sizeof *rows; row++) {
        uint64_t worst = 0;
        double worst_x = 0;

        for (int i = 0; i < ARGUMENTS; i++) {
            double x = draw(row->low, row->high), y = draw(row->low, row->high), other;
            double own = compute(row, x, y);

            if (!check) {
                printf("%a\n", own);
                continue;
            }
            if (scanf("%la", &other) != 1) {
                puts("the lines end too early");
                return 1;
            }
            uint64_t far = distance(row, own, other);
            if (far > worst) {
                worst = far;
                worst_x = x;
            }
        }
        if (check && worst > row->limit) {
            printf("%s is off by %llu at %.17g; %u are allowed\n", row->name,
                   (unsigned long long)worst, worst_x, row->limit);
            bad = true;
        } else if (check) {
            printf("%s %llu\n", row->name, (unsigned long long)worst);
        }
    }
    return bad;
}
