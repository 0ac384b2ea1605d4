/* SPDX-License-Identifier: MIT
 *
 * Complex functions of long double precision that newlib declares and lacks, by
 * their definitions.
 */
#include <complex.h>
#include <math.h>

typedef long double complex number;

static number make(long double re, long double im)
{
    return __builtin_complex(re, im);
}

static number times_i(number z)
{
    return make(-cimagl(z), creall(z));
}

static number by_i(number z)
{
    return make(cimagl(z), -creall(z));
}

long double cargl(number z)
{
    return atan2l(cimagl(z), creall(z));
}

number cprojl(number z)
{
    if (isinf(creall(z)) || isinf(cimagl(z)))
        return make(INFINITY, copysignl(0, cimagl(z)));
    return z;
}

number cexpl(number z)
{
    long double size = expl(creall(z)), angle = cimagl(z);

    return angle == 0 ? make(size, angle) : make(size * cosl(angle), size * sinl(angle));
}

number clogl(number z)
{
    return make(logl(hypotl(creall(z), cimagl(z))), cargl(z));
}

number csqrtl(number z)
{
    long double re = creall(z), im = cimagl(z), half;

    if (re == 0 && im == 0)
        return make(0, im);
    if (isinf(im))
        return make(INFINITY, im);
    half = sqrtl((fabsl(re) + hypotl(re, im)) / 2);
    if (re >= 0)
        return make(half, im / (2 * half));
    return make(fabsl(im) / (2 * half), copysignl(half, im));
}

number cpowl(number base, number exponent)
{
    return base == 0 ? make(0, 0) : cexpl(exponent * clogl(base));
}

number csinhl(number z)
{
    long double re = creall(z), im = cimagl(z);

    return make(sinhl(re) * cosl(im), coshl(re) * sinl(im));
}

number ccoshl(number z)
{
    long double re = creall(z), im = cimagl(z);

    return make(coshl(re) * cosl(im), sinhl(re) * sinl(im));
}

number ctanhl(number z)
{
    long double re = creall(z), im = cimagl(z), t = tanl(im), s = sinhl(re);
    long double beta = 1 + t * t, rho = sqrtl(1 + s * s), denominator = 1 + beta * s * s;

    if (fabsl(re) > 22)
        return make(copysignl(1, re), copysignl(0, sinl(2 * im)));
    return make(beta * rho * s / denominator, t / denominator);
}

number csinl(number z)
{
    return by_i(csinhl(times_i(z)));
}

number ccosl(number z)
{
    return ccoshl(times_i(z));
}

number ctanl(number z)
{
    return by_i(ctanhl(times_i(z)));
}

number catanl(number z)
{
    long double re = creall(z), im = cimagl(z), square = re * re;
    long double up = im + 1, down = im - 1;

    return make(atan2l(2 * re, 1 - square - im * im) / 2,
                logl((square + up * up) / (square + down * down)) / 4);
}
