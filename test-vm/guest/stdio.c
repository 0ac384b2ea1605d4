/* SPDX-License-Identifier: MIT
 *
 * Formatted output and input, C99 formats and POSIX positional arguments.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include "check.h"

static char text[512];

__attribute__((format(printf, 2, 3))) static void format_check(const char *wanted,
                                                               const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    CHECK_TEXT(text, wanted);
}

static void integers(void)
{
    format_check("-1 42 0x2a 052 2A", "%d %u %#x %#o %X", -1, 42u, 42u, 42u, 42u);
    format_check("[   42] [42   ] [00042] [+42]", "[%5d] [%-5d] [%05d] [%+d]", 42, 42, 42, 42);
    format_check("-9223372036854775808 18446744073709551615", "%lld %llu", INT64_MIN + 0LL,
                 UINT64_MAX + 0ULL);
    format_check("1 2 3 -4 255", "%zu %td %jd %hhd %hhu", (size_t)1, (ptrdiff_t)2, (intmax_t)3,
                 (signed char)-4, (unsigned char)255);
    format_check("deadbeef", "%" PRIx32, UINT32_C(0xdeadbeef));
}

static void floats(void)
{
    format_check("0.5 1e+10 1e-05 100000", "%g %g %g %g", 0.5, 1e10, 1e-5, 1e5);
    format_check("3.14 3.142e+00 0x1.8p+1", "%.2f %.3e %a", 3.14159, 3.14159, 3.0);
    format_check("inf -inf nan INF", "%f %f %f %F", __builtin_inf(), -__builtin_inf(),
                 __builtin_nan(""), __builtin_inf());
    format_check("0.1000000000000000055511151231257827", "%.34f", 0.1);
    format_check("1.5 0.3333333333333333333", "%Lg %.19Lf", 1.5L, 1.0L / 3);
    format_check("9007199254740993", "%.0Lf", 9007199254740993.0L);
}

static void strings(void)
{
    int written = 0;

    format_check("[ab] [   ab] [ab   ] [a]", "[%s] [%5s] [%-5s] [%.1s]", "ab", "ab", "ab", "ab");
    format_check("100% x", "100%% %c", 'x');
    snprintf(text, sizeof text, "12345%n", &written);
    CHECK(written == 5);
    CHECK(snprintf(text, 4, "abcdef") == 6);
    CHECK_TEXT(text, "abc");
    format_check("two one", "%2$s %1$s", "one", "two");
    format_check("b 7 0.5", "%2$s %1$d %3$g", 7, "b", 0.5);
}

static void scanning(void)
{
    int i = 0;
    long long ll = 0;
    double d = 0;
    char word[20] = "";

    CHECK(sscanf("12 -7000000000 2.5e3 word rest", "%d %lld %lf %19s", &i, &ll, &d, word) == 4);
    CHECK(i == 12 && ll == -7000000000 && d == 2500);
    CHECK_TEXT(word, "word");
    CHECK(sscanf("key=value;", "%*[a-z]=%19[^;]", word) == 1);
    CHECK_TEXT(word, "value");
    CHECK(sscanf("ff", "%x", (unsigned int *)&i) == 1 && i == 255);
}

static void streams(void)
{
    char *grown = NULL;
    size_t grown_bytes = 0;
    FILE *memory = open_memstream(&grown, &grown_bytes);

    CHECK(memory != NULL);
    for (int i = 0; i < 1000; i++)
        fprintf(memory, "%d,", i);
    CHECK(fclose(memory) == 0 && grown_bytes == 3890);
    FILE *fixed = fmemopen(grown, grown_bytes, "r");
    CHECK(fixed != NULL);
    CHECK(fgetc(fixed) == '0' && ungetc('x', fixed) == 'x' && fgetc(fixed) == 'x');
    CHECK(fseek(fixed, -4, SEEK_END) == 0);
    CHECK(fgets(text, sizeof text, fixed) != NULL);
    CHECK_TEXT(text, "999,");
    fclose(fixed);
    free(grown);
}

int main(void)
{
    integers();
    floats();
    strings();
    scanning();
    streams();
    return success();
}
