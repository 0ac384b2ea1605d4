/* SPDX-License-Identifier: MIT
 *
 * The host tool's words: quoting as the shell reads it, splitting, and the
 * nearest known word.
 */
// sources: tools/quoting.c tools/nearest.c tools/text.c tools/error.c
#include "tools/nearest.h"
#include "tools/quoting.h"
#include "unit.h"

static void quoting_plain(void)
{
    CHECK_TEXT(quote_if_needed("plain-word_1=2"), "plain-word_1=2");
    CHECK_TEXT(quote_if_needed(""), "''");
    CHECK_TEXT(quote_if_needed("a b"), "'a b'");
    CHECK_TEXT(quote_always("it's"), "'it'\\''s'");
}

/* The shell itself is the judge. */
static void quoting_by_the_shell(void)
{
    static const char *const words[] = {"a b", "it's", "\"x\"", "$HOME", "`id`", "a\\b",  "",
                                        "ünï", "*",    "a\nb",  "~",     "#x",   "!x",    "a;b",
                                        "'''", "\\",   "a&b",   "<x>",   "(a)",  "{a,b}", "-n"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        char command[256], got[256];

        snprintf(command, sizeof command, "printf %%s %s", quote_if_needed(words[i]));
        FILE *shell = popen(command, "r");
        size_t size_bytes = fread(got, 1, sizeof got - 1, shell);
        got[size_bytes] = '\0';
        CHECK(pclose(shell) == 0);
        CHECK_TEXT(got, words[i]);
    }
}

static void splitting(void)
{
    struct strings words = {0};

    CHECK(quote_split(" gcc -DX='a b' \"c\\\"d\" e\\ f '' ", &words) == 0);
    CHECK(words.count == 5);
    CHECK_TEXT(words.at[1], "-DX=a b");
    CHECK_TEXT(words.at[2], "c\"d");
    CHECK_TEXT(words.at[3], "e f");
    CHECK_TEXT(words.at[4], "");
    CHECK(words.at[5] == NULL);
    CHECK(quote_split("'open", &words) == -1);
}

static void splitting_round_trip(void)
{
    for (int round = 0; round < 5000; round++) {
        struct strings words = {0}, back = {0};
        char made[3][12];

        for (int i = 0; i < 3; i++) {
            size_t length = random_below(sizeof made[i]);
            for (size_t j = 0; j < length; j++)
                made[i][j] = "'\"\\ \nab$"[random_below(8)];
            made[i][length] = '\0';
            strings_add(&words, made[i]);
        }
        CHECK(quote_split(quote_list(&words), &back) == 0 && back.count == 3);
        for (int i = 0; i < 3; i++)
            CHECK_TEXT(back.at[i], made[i]);
    }
}

static const char *nearest_of(const char *word)
{
    static const char *const known[] = {"--timeout", "--machine", "--accel", "--print",
                                        "--json",    "--help",    "-m",      "-o"};
    struct nearest nearest = nearest_start(word);

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        nearest_try(&nearest, known[i]);
    return nearest.found != NULL ? nearest.found : "(none)";
}

static void nearest_words(void)
{
    CHECK_TEXT(nearest_of("--timeot"), "--timeout");
    CHECK_TEXT(nearest_of("--tiemout"), "--timeout");
    CHECK_TEXT(nearest_of("--jsn"), "--json");
    CHECK_TEXT(nearest_of("--machin"), "--machine");
    CHECK_TEXT(nearest_of("--something-else"), "(none)");
    CHECK_TEXT(nearest_of("-x"), "(none)");
    CHECK_TEXT(nearest_of(""), "(none)");
    CHECK_TEXT(nearest_of("--a-word-that-is-much-longer-than-any-option-there-is"), "(none)");
    CHECK(edit_distance("kitten", "sitting", 9) == 3 && edit_distance("ab", "ba", 9) == 1);
    CHECK(edit_distance("abc", "xyzxyz", 2) == 3);
}

UNIT_MAIN(TEST(quoting_plain), TEST(quoting_by_the_shell), TEST(splitting),
          TEST(splitting_round_trip), TEST(nearest_words))
