/* SPDX-License-Identifier: MIT
 *
 * A walk through the C library: what a program takes for granted works on the
 * bare kernel too. Depth is the business of the suites.
 */
#include <ctype.h>
#include <float.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>
#include "check.h"

static int int_compare(const void *a, const void *b)
{
    return (*(const int *)a > *(const int *)b) - (*(const int *)a < *(const int *)b);
}

static void sorting(void)
{
    enum { COUNT = 20000 };
    int *numbers = malloc(COUNT * sizeof *numbers);

    CHECK(numbers != NULL);
    srand(42);
    for (int i = 0; i < COUNT; i++)
        numbers[i] = rand();
    qsort(numbers, COUNT, sizeof *numbers, int_compare);
    for (int i = 1; i < COUNT; i++)
        CHECK(numbers[i - 1] <= numbers[i]);
    int key = numbers[COUNT / 3];
    int *found = bsearch(&key, numbers, COUNT, sizeof *numbers, int_compare);
    CHECK(found != NULL && *found == key);
    free(numbers);
}

static void conversions(void)
{
    char *end;

    CHECK(strtod("1e308", &end) == 1e308 && *end == '\0');
    CHECK(strtod("0x1.8p1z", &end) == 3.0 && *end == 'z');
    CHECK(strtod("2.2250738585072011e-308", NULL) < DBL_MIN);
    CHECK(strtol("-7f", &end, 16) == -127 && *end == '\0');
    errno = 0;
    CHECK(strtol("99999999999999999999", NULL, 10) == LONG_MAX && errno == ERANGE);
    CHECK(strtoull("18446744073709551615", NULL, 0) == UINT64_MAX);
    CHECK(isinf(strtod("inf", NULL)) && isnan(strtod("nan", NULL)));
    CHECK(atoi(" 12x") == 12);
}

static jmp_buf jump_point;

static void jump(int depth)
{
    if (depth == 0)
        longjmp(jump_point, 5);
    jump(depth - 1);
}

static void jumps(void)
{
    volatile int kept = 3;
    int came = setjmp(jump_point);

    if (came == 0) {
        kept = 4;
        jump(50);
    }
    CHECK(came == 5 && kept == 4);
    came = _setjmp(jump_point); /* the same without the signal mask, for XSI */
    if (came == 0)
        _longjmp(jump_point, 6);
    CHECK(came == 6);
}

/* A locale that does not exist is refused: nobody is told that "," is a decimal point now,
 * or that 0xE4 is a letter. */
static void locales(void)
{
    static const char *const refused[] = {
        "pt_BR",      "ptb", "de_DE.ISO-8859-1", "C.ISO-8859-15", "german",
        "ja_JP.SJIS", "C.",  "nobody.UTF-9"};

    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        CHECK(setlocale(LC_ALL, refused[i]) == NULL);
        CHECK(newlocale(LC_ALL_MASK, refused[i], NULL) == NULL);
    }
    CHECK_TEXT(setlocale(LC_ALL, NULL), "C");
    CHECK_TEXT(setlocale(LC_ALL, "C.UTF-8"), "C.UTF-8");
    CHECK(mblen("\xc3\xa4", 2) == 2 && MB_CUR_MAX >= 4);
    CHECK_TEXT(setlocale(LC_ALL, "POSIX"), "C");
    CHECK(strtod("3,5", NULL) == 3);
}

static void strings(void)
{
    char buffer[64] = "a,b;;c";
    char *state = NULL;

    CHECK_TEXT(strtok_r(buffer, ",;", &state), "a");
    CHECK_TEXT(strtok_r(NULL, ",;", &state), "b");
    CHECK_TEXT(strtok_r(NULL, ",;", &state), "c");
    CHECK(strtok_r(NULL, ",;", &state) == NULL);
    memmove(strcpy(buffer, "overlapping") + 2, buffer, 8);
    CHECK(memcmp(buffer, "ovoverlapp", 10) == 0);
    CHECK(strcasecmp("HeLLo", "hEllO") == 0 && strstr("haystack", "sta") != NULL);
    CHECK(toupper('q') == 'Q' && isalnum('7') && !isspace('x'));
    CHECK(strlen(strerror(ENOENT)) > 0 && strcmp(strerror(ENOENT), strerror(EROFS)) != 0);
}

static void mathematics(void)
{
    volatile double two = 2;

    CHECK(sqrt(two) > 1.41421356237309 && sqrt(two) < 1.41421356237310);
    CHECK(fabs(sin(M_PI / 6) - 0.5) < 1e-15 && pow(two, 10) == 1024);
    CHECK(floor(-two / 3) == -1 && lround(two + 0.5) == 3 && fmod(7, two) == 1);
    CHECK(fabs(exp(log(two * 5)) - 10) < 1e-14);
}

static void environment(void)
{
    CHECK(setenv("TEST_NAME", "value", 1) == 0);
    CHECK_TEXT(getenv("TEST_NAME"), "value");
    CHECK(setenv("TEST_NAME", "other", 0) == 0);
    CHECK_TEXT(getenv("TEST_NAME"), "value");
    CHECK(unsetenv("TEST_NAME") == 0 && getenv("TEST_NAME") == NULL);
}

static void calendar(void)
{
    time_t when = 951782400; /* 2000-02-29 00:00:00 UTC */
    struct tm tm;
    char text[64];

    CHECK(gmtime_r(&when, &tm) != NULL);
    CHECK(strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %a %j", &tm) > 0);
    CHECK_TEXT(text, "2000-02-29 00:00:00 Tue 060");
    CHECK(mktime(&tm) == when);
}

static void memory(void)
{
    void *blocks[64];

    for (size_t i = 0; i < 64; i++) {
        blocks[i] = malloc(i * 37 + 1);
        CHECK(blocks[i] != NULL && (uintptr_t)blocks[i] % _Alignof(max_align_t) == 0);
        memset(blocks[i], (int)i, i * 37 + 1);
    }
    for (size_t i = 0; i < 64; i++) {
        CHECK(*(unsigned char *)blocks[i] == i);
        free(blocks[i]);
    }
    int *zeroes = calloc(1000, sizeof(int));
    CHECK(zeroes != NULL && zeroes[999] == 0);
    zeroes = realloc(zeroes, 100000);
    CHECK(zeroes != NULL && zeroes[500] == 0);
    free(zeroes);
    void *aligned = NULL;
    CHECK(posix_memalign(&aligned, 4096, 100) == 0 && (uintptr_t)aligned % 4096 == 0);
    free(aligned);
}

static void refusals(void)
{
    CHECK(getpid() > 0);
    errno = 0;
    CHECK(fork() == -1 && errno == ENOSYS);
}

int main(int argc, char **argv)
{
    (void)argv;
    sorting();
    conversions();
    jumps();
    strings();
    mathematics();
    environment();
    calendar();
    memory();
    locales();
    if (argc == 1) /* on the host, pass an argument: fork works there */
        refusals();
    return success();
}
