/* SPDX-License-Identifier: MIT
 *
 * Numbers: conversions that must be rounded once, and functions of libm that have one
 * right answer. Prints a sum over many random arguments and some cases in full. The
 * test runs this program on the host too, and both must write the same.
 */
#define _GNU_SOURCE 1
#include <complex.h>
#include <errno.h>
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static uint64_t state = 88172645463325252ull;

static uint64_t draw(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static uint64_t sum = 14695981039346656037ull;

static void add(const void *bytes, size_t count)
{
    const unsigned char *at = bytes;

    while (count--)
        sum = (sum ^ *at++) * 1099511628211ull;
}

static double random_double(void)
{
    union {
        uint64_t bits;
        double value;
    } u = {draw()};

    /* near each other often enough that they cancel */
    if (draw() & 1)
        u.bits = (u.bits & 0x800fffffffffffffull) | ((1023 - 40 + draw() % 80) << 52);
    return isnan(u.value) ? 1.5 : u.value;
}

static void fused(void)
{
    for (int i = 0; i < 200000; i++) {
        double x = random_double(), y = random_double(), z = i & 1 ? random_double() : -x * y;
        double d = fma(x, y, z);
        float f = fmaf((float)x, (float)y, (float)z);
        long double l = fmal((long double)x * 1.1l, y, i & 2 ? z : -(long double)x * 1.1l * y);

        if (!isnan(d))
            add(&d, sizeof d);
        if (!isnan(f))
            add(&f, sizeof f);
        if (!isnan(l))
            add(&l, 10);
    }
    printf("fma %016llx\n", (unsigned long long)sum);
    volatile double tenth = 0.1, big = 0x1.fffffffffffffp1023, tiny = 0x1p-1074;
    /* %a has several right forms for subnormal numbers and long doubles: not shown. */
    printf("%a %g %a\n", fma(big, 2, -big), fma(tiny, 0.5, tiny),
           fma(0x1p-600 * tenth, 0x1p-600, 1));
    printf("%a %a\n", fma(10 * tenth + 0x1p-52, 1 - 0x1p-52, -1), fma(tenth, 10, -1));
    for (int mode = 0; mode < 4; mode++) {
        static const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
        fesetround(modes[mode]);
        printf("%a %a %a\n", fma(tenth, tenth, tenth), fma(-tenth, 0.3, 0x1p-60),
               fma(30 * tenth, 4, -12));
    }
    fesetround(FE_TONEAREST);
}

static void texts(void)
{
    char text[64];

    for (int i = 0; i < 60000; i++) {
        float f;
        double d;

        snprintf(text, sizeof text, "%llu.%llue%d", (unsigned long long)(draw() >> 40),
                 (unsigned long long)(draw() >> (i % 40)), (int)(draw() % 100) - 60);
        f = strtof(text, NULL);
        add(&f, sizeof f);
        d = strtod(text, NULL);
        add(&d, sizeof d);
        sscanf(text, "%f", &f);
        add(&f, sizeof f);
    }
    printf("texts %016llx\n", (unsigned long long)sum);
    /* Half way between two floats, and a bit above that no double can tell. */
    printf("%a %a\n", (double)strtof("1.000000059604644775390625", NULL),
           (double)strtof("1.00000005960464477539062500000000000000000000000001", NULL));
    printf("%a\n", (double)wcstof(L" 1.00000005960464477539062500000000000000000000000001x", NULL));
    float f;
    sscanf("1.00000005960464477539062500000000000000000000000001", "%f", &f);
    printf("%a\n", (double)f);
    char *end;
    errno = 0;
    f = strtof("1e39z", &end);
    printf("%a %s %s\n", (double)f, end, strerror(errno));
    errno = 0;
    f = strtof("1e-50", &end);
    printf("%a %d\n", (double)f, errno == ERANGE);
    printf("%a %a %f\n", (double)strtof("0x1.000001p0", NULL), (double)strtof("-inf", NULL),
           (double)strtof("nan(7)", NULL));
}

static void printed(void)
{
    char text[128];

    for (int i = 0; i < 20000; i++) {
        double d = random_double();
        static const char *const formats[] = {"%.17g", "%.3e", "%.1f", "%g", "%.12f", "%+.0e"};
        int length = snprintf(text, sizeof text, formats[i % 6],
                              i % 6 == 4 || i % 6 == 2 ? fmod(d, 1e9) : d);

        add(text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
    }
    printf("printed %016llx\n", (unsigned long long)sum);
    printf("%Lg %.30Lf %a %a\n", 1.1l, 0.1l, 1.1, -0x1.8p-900);
}

static void exact(void)
{
    for (int i = 0; i < 50000; i++) {
        double d = random_double(), e = random_double();
        double results[] = {sqrt(fabs(d)),   fmod(d, e), remainder(d, e),
                            rint(d),         trunc(d),   ldexp(d, (int)(draw() % 200) - 100),
                            nextafter(d, e), logb(d)};

        for (size_t r = 0; r < sizeof results / sizeof *results; r++)
            if (!isnan(results[r]))
                add(&results[r], sizeof results[r]);
    }
    printf("exact %016llx\n", (unsigned long long)sum);
}

static void complex_long(void)
{
    long double complex z = 0.5l + 0.25l * I;

#define SHOW(f) printf(#f " %.14Lf %.14Lf\n", creall(f(z)), cimagl(f(z)))
    SHOW(cexpl);
    SHOW(clogl);
    SHOW(csqrtl);
    SHOW(csinl);
    SHOW(ccosl);
    SHOW(ctanl);
    SHOW(csinhl);
    SHOW(ccoshl);
    SHOW(ctanhl);
    SHOW(catanl);
    SHOW(cprojl);
    printf("%.14Lf %.14Lf %.14Lf\n", cargl(z), creall(cpowl(z, z)), cimagl(cpowl(z, z)));
}

int main(void)
{
    fused();
    texts();
    printed();
    exact();
    complex_long();
    return 0;
}
