/* SPDX-License-Identifier: MIT
 *
 * The kernel command line's words, by hand, against the host tool's quoting of
 * any bytes, and on noise.
 */
// sources: kernel/cmdline.c tools/quoting.c tools/text.c tools/error.c
#include "kernel/kernel.h"
#include "tools/quoting.h"
#include "unit.h"

static void words_check(const char *text, const char *const *wanted)
{
    struct cmdline line = {.at = text};
    char word[256];

    for (; *wanted != NULL; wanted++) {
        struct cmdline again = line;
        long length = cmdline_next(&line, word, sizeof word);

        CHECK(length == (long)strlen(*wanted));
        CHECK_TEXT(word, *wanted);
        CHECK(cmdline_next(&again, NULL, 0) == length && again.at == line.at);
    }
    CHECK(cmdline_next(&line, word, sizeof word) == -1);
}

#define WORDS(text, ...) words_check(text, (const char *const[]){__VA_ARGS__})

static void words_plain(void)
{
    WORDS("", NULL);
    WORDS(" \t\n ", NULL);
    WORDS("a", "a", NULL);
    WORDS("  a=b\tc\n--  d ", "a=b", "c", "--", "d", NULL);
}

static void words_quoted(void)
{
    WORDS("'a b'", "a b", NULL);
    WORDS("'' \"\"", "", "", NULL);
    WORDS("'it'\\''s' x", "it's", "x", NULL);
    WORDS("\"a\\\"b\\\\c\\n\"", "a\"b\\c\\n", NULL);
    WORDS("a\\ b 'c\\d' K='v w'", "a b", "c\\d", "K=v w", NULL);
    WORDS("'two\nlines'", "two\nlines", NULL);
    WORDS("'ünï 日本'", "ünï 日本", NULL);
}

/* What is left open ends at the end. */
static void words_broken(void)
{
    WORDS("'open", "open", NULL);
    WORDS("\"open\\", "open\\", NULL);
    WORDS("last\\", "last\\", NULL);
}

static void words_are_cut(void)
{
    struct cmdline line = {.at = "'long word' next"};
    char word[5];

    CHECK(cmdline_next(&line, word, sizeof word) == 9);
    CHECK_TEXT(word, "long");
    CHECK(line.word_quoted);
    CHECK(cmdline_next(&line, word, sizeof word) == 4);
    CHECK_TEXT(word, "next");
    CHECK(!line.word_quoted);
}

static void word_random(char *word, size_t max)
{
    static const char likely[] = "'\"\\ \n\tab=-$";
    size_t length = random_below(max);

    for (size_t i = 0; i < length; i++) {
        word[i] = likely[random_below(sizeof likely - 1)];
        if (random_below(4) == 0)
            word[i] = (char)(1 + random_below(255));
    }
    word[length] = '\0';
}

/* Whatever the tool quotes, the kernel reads back. */
static void words_round_trip(void)
{
    for (int round = 0; round < 20000; round++) {
        char words[3][20], back[20], text[600] = "";
        struct cmdline line = {.at = text};

        for (int i = 0; i < 3; i++) {
            word_random(words[i], sizeof words[i]);
            const char *quoted =
                random_below(2) ? quote_always(words[i]) : quote_if_needed(words[i]);
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s ", quoted);
        }
        for (int i = 0; i < 3; i++) {
            CHECK(cmdline_next(&line, back, sizeof back) == (long)strlen(words[i]));
            CHECK_TEXT(back, words[i]);
        }
        CHECK(cmdline_next(&line, back, sizeof back) == -1);
    }
}

static void words_of_noise(void)
{
    for (int round = 0; round < 50000; round++) {
        /* On the heap and of the exact size, so that the sanitizer sees the end. */
        char noise[64];
        word_random(noise, sizeof noise);
        char *text = strdup(noise);
        size_t max = 1 + random_below(8);
        char *word = malloc(max);
        struct cmdline line = {.at = text};
        int count = 0;

        while (cmdline_next(&line, word, max) >= 0) {
            CHECK(strlen(word) < max);
            CHECK(count++ < 64);
        }
        free(word);
        free(text);
    }
}

UNIT_MAIN(TEST(words_plain), TEST(words_quoted), TEST(words_broken), TEST(words_are_cut),
          TEST(words_round_trip), TEST(words_of_noise))
