/* SPDX-License-Identifier: MIT
 *
 * Text: prints what the C library makes of it. The test runs this program on the host
 * too, and both must write the same.
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <libgen.h>
#include <limits.h>
#include <locale.h>
#include <monetary.h>
#include <search.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <uchar.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>
#include <wordexp.h>

static void positional(void)
{
    printf("%2$s %1$d|%1$05d %1$x|%3$.2f %2$-6s|\n", 42, "word", 2.5);
    printf("%3$*1$d %3$-*2$d|%4$.*1$s\n", 6, 8, 77, "precision");
    wchar_t wide[80];
    swprintf(wide, 80, L"%2$ls-%1$d", 9, L"wide");
    printf("%ls\n", wide);
    char *made;
    printf("%d", asprintf(&made, "%2$c%1$c", 'a', 'b'));
    puts(made);
    free(made);
    int a = 0, b = 0;
    printf("%d", sscanf("10 20", "%2$d %1$d", &a, &b));
    printf(" %d %d\n", a, b);
}

static void lines(void)
{
    char text[] = "first\n\nthird without end";
    FILE *from = fmemopen(text, sizeof text - 1, "r");
    char *line = NULL;
    size_t size = 0;
    ssize_t length;

    while ((length = getline(&line, &size, from)) >= 0)
        printf("%zd <%s>\n", length, line);
    rewind(from);
    printf("%zd\n", getdelim(&line, &size, 'd', from));
    fclose(from);
    free(line);
    char *memory = NULL;
    FILE *to = open_memstream(&memory, &size);
    fprintf(to, "in %s", "memory");
    fclose(to);
    printf("%s %zu\n", memory, size);
    free(memory);
    fflush(stdout);
    dprintf(1, "dprintf %d\n", 5);
}

static ssize_t cookie_write(void *cookie, const char *from, size_t bytes)
{
    *(size_t *)cookie += bytes;
    return from ? (ssize_t)bytes : 0;
}

static void cookies(void)
{
    size_t total = 0;
    FILE *file = fopencookie(&total, "w", (cookie_io_functions_t){.write = cookie_write});

    fprintf(file, "%0100d", 1);
    fclose(file);
    printf("cookie %zu\n", total);
}

static void strings(void)
{
    char buffer[64];

    printf("%td\n", stpcpy(buffer, "stpcpy") - buffer);
    char *copy = strndup("strndup of more", 7);
    puts(copy);
    free(copy);
    printf("%s %s\n", (char *)memmem("needle in hay", 13, "in", 2), strcasestr("HayStack", "sTA"));
    printf("%td %s\n", (char *)mempcpy(buffer, "mem", 4) - buffer, strchrnul("abc", 'x') - 1);
    printf("%d %d\n", strverscmp("file9", "file10") < 0, strverscmp("a01", "a1") < 0);
    printf("%s %s\n", basename((char[]){"/usr/lib/"}), dirname((char[]){"/usr/lib/"}));
    printf("%d %d\n", ffs(0x40), ffsll(1ll << 40));
    explicit_bzero(buffer, sizeof buffer);
    char list[] = "a=1,b,c=3", *rest = list, *value;
    char *const names[] = {(char[]){"a"}, (char[]){"b"}, NULL};
    while (*rest) {
        int which = getsubopt(&rest, names, &value);
        printf("%d %s;", which, value ? value : "-");
    }
    puts("");
    printf("%s|%s|%s\n", strerror(ENOENT), strerror(EACCES), strerror(100000));
    printf("%s\n", strerror_r(EINVAL, buffer, sizeof buffer));
    volatile size_t most = SIZE_MAX / 2;
    void *block = reallocarray(NULL, 10, 10), *none = reallocarray(NULL, most, 4);
    printf("%d %d %s\n", block != NULL, none == NULL, strerror(errno));
    free(block);
}

static int compare(const void *a, const void *b, void *order)
{
    return (*(const int *)a - *(const int *)b) * *(int *)order;
}

static int equal(const void *a, const void *b)
{
    return *(const int *)a != *(const int *)b;
}

static void searching(void)
{
    int numbers[8] = {5, 3, 9, 1}, order = -1;
    size_t count = 4;

    qsort_r(numbers, 4, sizeof *numbers, compare, &order);
    printf("%d %d %d %d\n", numbers[0], numbers[1], numbers[2], numbers[3]);
    printf("%d\n", *(int *)lsearch(&(int){7}, numbers, &count, sizeof *numbers, equal));
    printf("%zu %d\n", count, lfind(&(int){4}, numbers, &count, sizeof *numbers, equal) == NULL);
    struct {
        void *next, *previous;
        int value;
    } a = {.value = 1}, b = {.value = 2}, c = {.value = 3};
    insque(&a, NULL);
    insque(&c, &a);
    insque(&b, &a);
    printf("%d%d\n", a.next == &b, b.next == &c);
    remque(&b);
    printf("%d%d\n", a.next == &c, c.previous == &a);
}

static void locales(void)
{
    printf("%s %zu\n", setlocale(LC_ALL, NULL), MB_CUR_MAX);
    printf("%s ", setlocale(LC_ALL, ""));
    printf("%s %zu\n", nl_langinfo(CODESET), MB_CUR_MAX > 3 ? (size_t)4 : MB_CUR_MAX);
    printf("%ls|%lc|%5ls|\n", L"gr\u00fc\u00dfe \u65e5\u672c", (wint_t)0x20ac, L"\u00e4");
    wchar_t wide[16];
    printf("%zu %d\n", mbstowcs(wide, "\xc3\xbc\xf0\x9f\x99\x82", 16), wcwidth(0x65e5));
    printf("%x %x\n", (unsigned)wide[0], (unsigned)wide[1]);
    printf("%x %x %d\n", towupper(0xfc), towlower(0xc4), iswalpha(0xe9) != 0);
}

static void half_characters(void)
{
    const char *text = "a\xc3\xa4\xf0\x9f\x99\x82";
    mbstate_t in = {0}, out = {0};
    char16_t unit;
    char back[MB_LEN_MAX];
    size_t taken;

    do {
        taken = mbrtoc16(&unit, text, strlen(text) + 1, &in);
        size_t bytes = c16rtomb(back, unit, &out);
        printf("%zd:%x:%zu ", (ssize_t)taken, unit, bytes);
        if (taken < 10)
            text += taken;
    } while (taken != 0);
    char32_t whole;
    taken = mbrtoc32(&whole, "\xf0\x9f\x99\x82", 4, &in);
    printf("%zu %x %zu\n", taken, (unsigned)whole, c32rtomb(back, whole, &out));
}

static void words(void)
{
    wordexp_t result;

    setenv("NAME", "two words", 1);
    unsetenv("NONE");
    printf("%d\n", wordexp("a 'b c' \"$NAME\" $NAME ${NONE:-x} d\\ e \"\" ", &result, 0));
    for (size_t i = 0; i < result.we_wordc; i++)
        printf("[%s]", result.we_wordv[i]);
    puts("");
    wordfree(&result);
    printf("%d %d %d\n", wordexp("$(ls)", &result, WRDE_NOCMD), wordexp("a|b", &result, 0),
           wordexp("'open", &result, 0));
    char text[64];
    printf("%zd ", strfmon(text, sizeof text, "%n|%(8n|%=*#6.1n", 1234.567, -5.0, 42.0));
    puts(text);
}

static void drawing(void)
{
    char state[64];

    printf("%d %ld\n", rand(), random());
    srandom(7);
    printf("%ld %ld\n", random(), random());
    char *before = initstate(3, state, sizeof state);
    printf("%ld\n", random());
    setstate(before);
    printf("%ld\n", random());
    srand48(5);
    printf("%ld %.6f\n", lrand48(), drand48());
    printf("%ld %s\n", a64l("zzz1"), l64a(123456));
}

int main(void)
{
    positional();
    lines();
    cookies();
    strings();
    searching();
    locales();
    half_characters();
    words();
    drawing();
    return 0;
}
