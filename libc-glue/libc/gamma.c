/* SPDX-License-Identifier: MIT
 *
 * tgamma() and tgammaf(), erff() and erfcf(), by functions of more digits: newlib's are
 * off by up to a hundred units of the last place. In place of newlib's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fenv.h>
#include <math.h>

long double lgammal_r(long double x, int *sign);

double tgamma(double x)
{
    int sign = 1;

    if (isnan(x) || x == INFINITY)
        return x;
    if (x == 0) {
        errno = ERANGE;
        feraiseexcept(FE_DIVBYZERO);
        return copysign(HUGE_VAL, x);
    }
    if (x < 0 && (isinf(x) || x == floor(x))) {
        errno = EDOM;
        feraiseexcept(FE_INVALID);
        return NAN;
    }
    double result = (double)expl(lgammal_r(x, &sign));
    if (isinf(result) || result == 0)
        errno = ERANGE;
    return sign < 0 ? -result : result;
}

float tgammaf(float x)
{
    double result = tgamma(x);

    if (isfinite(x) && isfinite(result) && fabs(result) > 0x1.fffffep127)
        errno = ERANGE;
    return (float)result;
}

float erff(float x)
{
    return (float)erf(x);
}

float erfcf(float x)
{
    return (float)erfc(x);
}
