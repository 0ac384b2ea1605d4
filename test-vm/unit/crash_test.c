/* SPDX-License-Identifier: MIT
 *
 * Reports of crashes as text: which lines count, what is written for them, and that
 * no text does harm.
 */
// sources: tools/crash.c tools/text.c tools/error.c
#include "tools/crash.h"
#include "unit.h"

#define ID    "0123456789abcdef0123456789abcdef"
#define OTHER "ffffffffffffffff0123456789abcdef"
#define IMAGE "  image " ID " moved by 1000\n"

/* In place of debug information: 0x2000 is at a.c:7, 0x2fff inlined at b.c:8 from c.c:9. */
size_t lines_find(struct lines *lines, uint64_t address, struct source_place *places, size_t max)
{
    (void)lines;
    CHECK(max >= 2);
    if (address == 0x2000) {
        places[0] = (struct source_place){"plain", "a.c", 7};
        return 1;
    }
    if (address != 0x2fff)
        return 0;
    places[0] = (struct source_place){"inner", "b.c", 8};
    places[1] = (struct source_place){"outer", "c.c", 9};
    return 2;
}

static void written_check(const char *text, const char *wanted)
{
    char *written = NULL;
    size_t bytes;
    FILE *to = open_memstream(&written, &bytes);

    crash_print(&(struct crash_text){text, strlen(text)}, NULL, to);
    fclose(to);
    CHECK_TEXT(written, wanted);
    free(written);
}

static void frames_are_found(void)
{
    written_check(IMAGE "  at   0000000000003000  plain+0x10\n",
                  IMAGE "  at   0000000000003000  plain+0x10  a.c:7\n");
    written_check(IMAGE "  at   0000000000003000\n", IMAGE "  at   0000000000003000  a.c:7\n");
    written_check(IMAGE "  from 0000000000004000  outer+0x10",
                  IMAGE "  from 0000000000004000  inner, inlined  b.c:8\n"
                        "       0000000000004000  outer+0x10  c.c:9\n");
    written_check(IMAGE "log:   from 0000000000004000  outer+0x10\r\n",
                  IMAGE "log:   from 0000000000004000  inner, inlined  b.c:8\n"
                        "log:        0000000000004000  outer+0x10  c.c:9\n");
    /* A new report has a distance of its own. */
    written_check(
        "image " ID " moved by 0\nat   0000000000002000\n" IMAGE "at   0000000000002000\n",
        "image " ID " moved by 0\nat   0000000000002000  a.c:7\n" IMAGE "at   0000000000002000\n");
}

static void others_stay(void)
{
    static const char *const texts[] = {
        "",
        "\n",
        "no end of line",
        "  at   0000000000003000  plain+0x10  a.c:7\n", /* done before */
        "  from 0000000000004000  inner, inlined  b.c:8\n",
        "  rip 0000000000003000  rsp 0000000000003000\n",
        "  at   3000  plain+0x10\n",
        "  at   00000000000030000  plain+0x10\n",
        "  from 0000000000003000  plain+10\n",
        "what came from 0000000000004000 was good\n",
        "at \nfrom \nat   \nfrom 000",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        written_check(texts[i], texts[i]);
}

static size_t count(const char *text, char foreign[PROGRAM_ID_TEXT_BYTES])
{
    return crash_count(&(struct crash_text){text, strlen(text)}, ID, foreign);
}

static void programs_are_told_apart(void)
{
    char foreign[PROGRAM_ID_TEXT_BYTES];

    CHECK(count("nothing\n", foreign) == 0 && !*foreign);
    CHECK(count(IMAGE "log: " IMAGE, foreign) == 2 && !*foreign);
    CHECK(count(IMAGE "image " OTHER " moved by 0\n", foreign) == 1);
    CHECK_TEXT(foreign, OTHER);
    CHECK(count("image " ID "0 moved by 0\nimage " ID
                " moved by\nimage 12 moved by 1\nimage image " ID " moved by 12345678901234567\n",
                foreign) == 0);
    CHECK(!*foreign);
}

static void any_text(void)
{
    static const char *const words[] = {
        "image ", ID,    " moved by ", "at   ", "from ", "0", "1234567890abcdef",
        "  ",     "+0x", "\n",         "\r",    "\xff",  "x", "  plain+0x1"};

    for (int round = 0; round < 20000; round++) {
        char text[400] = "", foreign[PROGRAM_ID_TEXT_BYTES];
        while (strlen(text) < 300)
            strcat(text, words[random_below(sizeof words / sizeof words[0])]);
        char *exact = strdup(text); /* with the sanitizer behind its end */
        FILE *to = fopen("/dev/null", "w");
        count(exact, foreign);
        crash_print(&(struct crash_text){exact, strlen(exact)}, NULL, to);
        fclose(to);
        free(exact);
    }
}

UNIT_MAIN(TEST(frames_are_found), TEST(others_stay), TEST(programs_are_told_apart), TEST(any_text))
