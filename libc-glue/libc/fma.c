/* SPDX-License-Identifier: MIT
 *
 * fma(), fmaf(), fmal(): product and sum in whole numbers wide enough for every bit,
 * rounded once. In place of newlib's, which round the product too. Every float and
 * double is a long double, so one function serves the three.
 */
#include <fenv.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

typedef unsigned __int128 word;
#define WORD_BITS 128
#define TOP_BIT   253 /* where the highest bit of a summand is put: a carry fits above */

/* high * 2^128 + low, times 2^exponent: of the lowest bit */
struct wide {
    word high, low;
    int exponent;
    bool negative;
};

struct format {
    int precision;
    int exponent_min; /* of the lowest bit of the smallest number */
};

static bool is_zero(const struct wide *x)
{
    return x->high == 0 && x->low == 0;
}

static int word_length(word x)
{
    uint64_t high = (uint64_t)(x >> 64), low = (uint64_t)x;

    return high ? 128 - __builtin_clzll(high) : low ? 64 - __builtin_clzll(low) : 0;
}

static int bit_length(const struct wide *x)
{
    return x->high ? WORD_BITS + word_length(x->high) : word_length(x->low);
}

/* Both shift counts are from 0 to 255. */
static void shift_left(struct wide *x, int count)
{
    if (count >= WORD_BITS) {
        x->high = x->low;
        x->low = 0;
        count -= WORD_BITS;
    }
    if (count) {
        x->high = x->high << count | x->low >> (WORD_BITS - count);
        x->low <<= count;
    }
}

static void shift_right(struct wide *x, int count)
{
    if (count >= WORD_BITS) {
        x->low = x->high;
        x->high = 0;
        count -= WORD_BITS;
    }
    if (count) {
        x->low = x->low >> count | x->high << (WORD_BITS - count);
        x->high >>= count;
    }
}

/* Shifts right; what falls out leaves its mark in the lowest bit. */
static void shift_right_sticky(struct wide *x, int count)
{
    struct wide back;

    if (count > 255) {
        x->low = !is_zero(x);
        x->high = 0;
        return;
    }
    back = *x;
    shift_right(x, count);
    struct wide kept = *x;
    shift_left(&kept, count);
    if (kept.high != back.high || kept.low != back.low)
        x->low |= 1;
}

static void put_at_top(struct wide *x)
{
    int count = TOP_BIT + 1 - bit_length(x);

    shift_left(x, count);
    x->exponent -= count;
}

static struct wide unpack(long double x)
{
    struct wide wide = {.negative = signbit(x)};

    wide.low = (uint64_t)ldexpl(frexpl(fabsl(x), &wide.exponent), 64);
    wide.exponent -= 64;
    return wide;
}

/* Neither is zero. */
static struct wide add(struct wide a, struct wide b)
{
    put_at_top(&a);
    put_at_top(&b);
    if (a.exponent < b.exponent) {
        struct wide swap = a;
        a = b;
        b = swap;
    }
    shift_right_sticky(&b, a.exponent - b.exponent);
    if (a.negative == b.negative) {
        a.low += b.low;
        a.high += b.high + (a.low < b.low);
        return a;
    }
    if (a.high < b.high || (a.high == b.high && a.low < b.low)) {
        struct wide swap = a;
        int exponent = a.exponent;
        a = b;
        a.exponent = exponent;
        b = swap;
    }
    a.high -= b.high + (a.low < b.low);
    a.low -= b.low;
    return a;
}

/* Is the number to be made one bigger, whose rest in units of half is: below,
 * exactly, above a half (bit 1), anything below that (bit 0)? */
static bool rounds_up(bool negative, bool odd, unsigned rest)
{
    switch (fegetround()) {
    case FE_UPWARD:
        return rest && !negative;
    case FE_DOWNWARD:
        return rest && negative;
    case FE_TOWARDZERO:
        return false;
    default:
        return rest == 3 || (rest == 2 && odd);
    }
}

static long double pack(struct wide x, struct format format)
{
    int lowest = x.exponent + bit_length(&x) - format.precision;
    unsigned rest = 0;

    if (lowest < format.exponent_min)
        lowest = format.exponent_min;
    int dropped = lowest - x.exponent;
    if (dropped > 0) {
        /* One bit below what is kept: a half; below that a mark for anything less. */
        shift_left(&x, 1);
        shift_right_sticky(&x, dropped - 1);
        struct wide half = x;
        shift_right(&x, 2);
        rest = (unsigned)half.low & 3;
        x.exponent = lowest;
    }
    uint64_t mantissa = (uint64_t)x.low;
    bool carry = rounds_up(x.negative, mantissa & 1, rest) && ++mantissa == 0;
    if (rest)
        feraiseexcept(FE_INEXACT);
    long double result = carry ? 0x1p64l : (long double)mantissa;
    return ldexpl(x.negative ? -result : result, x.exponent);
}

static long double multiply_add(long double x, long double y, long double z, struct format format)
{
    if (!isfinite(x) || !isfinite(y) || x == 0 || y == 0)
        return x * y + z;
    if (!isfinite(z))
        return z;
    struct wide product = unpack(x), factor = unpack(y), sum;
    product.low *= factor.low;
    product.exponent += factor.exponent;
    product.negative ^= factor.negative;
    sum = z == 0 ? product : add(product, unpack(z));
    if (is_zero(&sum))
        return fegetround() == FE_DOWNWARD ? -0.0l : 0.0l;
    return pack(sum, format);
}

double fma(double x, double y, double z)
{
    return (double)multiply_add(x, y, z, (struct format){53, -1074});
}

float fmaf(float x, float y, float z)
{
    return (float)multiply_add(x, y, z, (struct format){24, -149});
}

long double fmal(long double x, long double y, long double z)
{
    return multiply_add(x, y, z, (struct format){64, -16445});
}
