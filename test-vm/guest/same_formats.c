/* SPDX-License-Identifier: MIT
 *
 * printf, scanf and strtol with formats, texts and values drawn at random: one line for
 * each, which the host's C library writes as well. Only what ISO C gives one meaning.
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 4000

static uint64_t state = 88172645463325252ull;

static uint64_t draw(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static unsigned below(unsigned limit)
{
    return (unsigned)(draw() >> 20) % limit;
}

/* "%", some of the flags, a width and a precision or none; returns the end. */
static char *format_begin(char *to, const char *flags, unsigned precision_max)
{
    *to++ = '%';
    for (; *flags; flags++)
        if (below(4) == 0)
            *to++ = *flags;
    if (below(2))
        to += sprintf(to, "%u", 1 + below(40));
    if (below(2) && precision_max)
        to += sprintf(to, ".%u", below(precision_max));
    return to;
}

/* Numbers of all sizes, small ones and the ends often. */
static uint64_t number(void)
{
    static const uint64_t ends[] = {
        0, 1, UINT64_MAX, INT64_MAX, (uint64_t)INT64_MIN, INT32_MAX, 0x80000000};

    return below(3) ? draw() >> below(64) : ends[below(7)];
}

static double real(void)
{
    union {
        uint64_t bits;
        double value;
    } any = {.bits = draw()};
    static const double some[] = {0.0,  -0.0, 0.5,  1.5,  2.5,    1e15,       1e16,
                                  1e17, 9.5,  99.5, 1e-5, 0.0001, 123456789.0};

    switch (below(4)) {
    case 0:
        return some[below(sizeof some / sizeof *some)];
    case 1:
        return any.value - any.value == 0 ? any.value : 1e308 * 10;
    default:
        return (double)(int64_t)(draw() >> below(64)) / (double)(1 + below(1000));
    }
}

static void integers(void)
{
    static const char *const lengths[] = {"hh", "h", "", "l", "ll", "j", "z", "t"};

    for (int i = 0; i < ROUNDS; i++) {
        char format[32], text[256], kind = "diuoxX"[below(6)];
        const char *length = lengths[below(8)];
        const char *flags = kind == 'd' || kind == 'i' ? "-+ 0" : kind == 'u' ? "-0" : "-#0";
        char *end = format_begin(format, flags, 30);
        sprintf(end, "%s%c", length, kind);
        uint64_t value = number();
        int count = !strcmp(length, "hh") || !strcmp(length, "h") || !*length
                        ? snprintf(text, sizeof text, format, (int)value)
                        : snprintf(text, sizeof text, format, value);
        printf("%s %" PRIu64 ": %d <%s>\n", format, value, count, text);
    }
}

static void reals(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        char format[32], text[2048];
        char *end = format_begin(format, "-+ 0#", 25);
        double value = real();
        int count;
        if (below(4) == 0) {
            sprintf(end, "L%c", "eEfFgG"[below(6)]);
            count = snprintf(text, sizeof text, format, (long double)value / 3);
        } else {
            sprintf(end, "%c", "eEfFgG"[below(6)]);
            count = snprintf(text, sizeof text, format, value);
        }
        printf("%s %a: %d <%s>\n", format, value, count, text);
    }
}

static void strings(void)
{
    for (int i = 0; i < ROUNDS / 4; i++) {
        char format[32], text[256];
        char *end = format_begin(format, "-", 12);
        int width = (int)below(60) - 30, precision = (int)below(20) - 4;
        strcpy(end, "s");
        int count = snprintf(text, 1 + below(60), format, "words of a text");
        printf("%s: %d <%s>", format, count, text);
        count = snprintf(text, sizeof text, "%*.*s|%-*c|%%|%0*d", width, precision,
                         "words of a text", width, 'c', abs(width), precision);
        printf(" %d %d: %d <%s>\n", width, precision, count, text);
    }
}

/* A text that may be a number, or nearly. */
static void number_text(char *to)
{
    static const char letters[] = "0123456789abcdefxXzZ+-. _,e";
    unsigned length = below(24);

    if (below(3)) {
        static const char *const forms[] = {"%" PRIu64,  "-%" PRIu64,      "0x%" PRIx64,
                                            "0%" PRIo64, " +%" PRIu64 "z", "\t%" PRIX64};
        sprintf(to, forms[below(6)], number());
        return;
    }
    for (unsigned i = 0; i < length; i++)
        *to++ = letters[below(sizeof letters - 1)];
    *to = '\0';
}

static void converted(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        char text[64], *end;
        int base = (int)below(37);
        number_text(text);
        base += base == 1;
        errno = 0;
        long one = strtol(text, &end, base);
        printf("<%s> %d: %ld %td %d", text, base, one, end - text, errno);
        errno = 0;
        unsigned long long two = strtoull(text, &end, base);
        printf(", %llu %td %d", two, end - text, errno);
        errno = 0;
        double real = strtod(text, &end);
        printf(", %a %td %d\n", real, end - text, errno);
    }
}

/* A number that breaks off behind its "0x" or "e": libraries take different parts of it. And what
 * newlib's scanf still has wrong: .0x1 is not hexadecimal. */
static int is_broken_off(const char *text)
{
    const char *at = strpbrk(text, "xX");

    return strpbrk(text, "eE") || (at && !strchr("0123456789abcdefABCDEF", at[1])) ||
           (at && !at[1]) || (at && memchr(text, '.', (size_t)(at - text)));
}

static void scanned(void)
{
    static const char *const formats[] = {"%d%n",  "%i%n",      "%x%n",  "%o%n", "%u%n",
                                          "%3d%n", " %*2d%d%n", "%5i%n", "x%d%n"};
    static const char *const real_formats[] = {"%lf%n", "%5lf%n", "%le%n", " %*1lf%lf%n"};
    static const char *const text_formats[] = {"%7s%n",      "%5[0-9a-f]%n", "%4[^x]%n",
                                               "%*[ ]%6s%n", "%3c%n",        "%6[]x0]%n"};

    for (int i = 0; i < ROUNDS; i++) {
        char text[64], got[64] = "";
        int value = -1, used = -1;
        double real = -1;
        number_text(text);
        if (strlen(text) > 9) /* what does not fit an int has no meaning */
            text[9] = '\0';
        const char *format = formats[below(9)];
        int count = sscanf(text, format, &value, &used);
        printf("<%s> %s: %d %d %d", text, format, count, value, used);
        used = -1;
        format = real_formats[below(4)];
        count = is_broken_off(text) ? 0 : sscanf(text, format, &real, &used);
        printf(", %s: %d %a %d", format, count, real, used);
        used = -1;
        format = text_formats[below(6)];
        count = sscanf(text, format, got, &used);
        printf(", %s: %d <%s> %d\n", format, count, got, used);
    }
}

int main(void)
{
    integers();
    reals();
    strings();
    converted();
    scanned();
    return 0;
}
