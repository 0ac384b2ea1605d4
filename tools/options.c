/* SPDX-License-Identifier: MIT
 *
 * The option engine: finds the row that a word means, takes its value, calls it.
 */
#include "options.h"

#include <string.h>

#include "nearest.h"
#include "text.h"

/* What a word was found to be: a row, and its value when joined to the word. */
struct match {
    const struct option_row *row;
    const char *name;
    const char *joined;
};

static bool is(const char *name, const char *word)
{
    return name && strcmp(name, word) == 0;
}

static bool match_exactly(const struct option_row *row, const char *word, struct match *match)
{
    if (!is(row->brief, word) && !is(row->full, word))
        return false;
    *match = (struct match){row, word, row->style == OPTION_PREFIX ? "" : NULL};
    return true;
}

/* --output=NAME */
static bool match_long_value(const struct option_row *row, const char *word, struct match *match)
{
    size_t length = row->full ? strlen(row->full) : 0;
    if (!length || strncmp(row->full, word, length) != 0 || word[length] != '=')
        return false;
    *match = (struct match){row, row->full, word + length + 1};
    return true;
}

/* -Wall as a prefix. */
static bool match_prefix(const struct option_row *row, const char *word, struct match *match)
{
    if (row->style != OPTION_PREFIX || !text_starts_with(word, row->brief))
        return false;
    *match = (struct match){row, word, word + strlen(row->brief)};
    return true;
}

/* -oNAME */
static bool match_joined(const struct option_row *row, const char *word, struct match *match)
{
    if (row->style != OPTION_VALUE || !row->brief || !text_starts_with(word, row->brief))
        return false;
    *match = (struct match){row, row->brief, word + strlen(row->brief)};
    return true;
}

typedef bool match_rule(const struct option_row *, const char *, struct match *);

/* The rules in order of precedence, each over all rows: -f elf is ours because
 * it is exact, -fwrapv is the compiler's because a prefix precedes a joined value. */
static bool find(const struct option_group *groups, const char *word, struct match *match)
{
    static match_rule *const rules[] = {match_exactly, match_long_value, match_prefix,
                                        match_joined};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        for (const struct option_group *group = groups; group->rows; group++)
            for (const struct option_row *row = group->rows; row->take; row++)
                if (rules[i](row, word, match))
                    return true;
    return false;
}

const char *options_nearest(const struct option_group *groups, const char *word)
{
    struct nearest nearest = nearest_start(word);
    for (const struct option_group *group = groups; group->rows; group++)
        for (const struct option_row *row = group->rows; row->take; row++) {
            if (!row->help)
                continue;
            if (row->full)
                nearest_try(&nearest, row->full);
            if (row->brief)
                nearest_try(&nearest, row->brief);
        }
    return nearest.found;
}

static void refuse(const struct option_rules *rules, const char *word)
{
    const char *equals = strchr(word, '=');
    const char *bare = equals ? text_copy_bytes(word, (size_t)(equals - word)) : word;
    const char *near = options_nearest(rules->groups, bare);
    if (near)
        die(EXIT_STATUS_USAGE, "unknown option %s (did you mean %s?)", word, near);
    die(EXIT_STATUS_USAGE, "unknown option %s (--help lists them)", word);
}

/* Takes one option at argv[0]; returns how many words it used. */
static int take_option(const struct option_rules *rules, void *into, const char *const *argv)
{
    struct match match;
    if (!find(rules->groups, argv[0], &match)) {
        if (!rules->unknown)
            refuse(rules, argv[0]);
        rules->unknown(into, argv[0]);
        return 1;
    }
    enum option_style style = match.row->style;
    if (style == OPTION_FLAG && match.joined)
        die(EXIT_STATUS_USAGE, "%s takes no value", match.name);
    if ((style == OPTION_VALUE || style == OPTION_WORD) && !match.joined) {
        if (!argv[1])
            die(EXIT_STATUS_USAGE, "%s needs a value: %s", match.name, match.row->value);
        match.row->take(into, match.name, argv[1]);
        return 2;
    }
    match.row->take(into, match.name, match.joined);
    return 1;
}

void options_parse(const struct option_rules *rules, void *into, const char *const *argv)
{
    while (*argv) {
        if (strcmp(*argv, "--") == 0) {
            void (*rest)(void *, const char *) = rules->rest ? rules->rest : rules->operand;
            while (*++argv)
                rest(into, *argv);
            return;
        }
        if ((*argv)[0] == '-' && (*argv)[1])
            argv += take_option(rules, into, argv);
        else
            rules->operand(into, *argv++);
    }
}

static void print_row(const struct option_row *row, FILE *to)
{
    bool joined = row->style == OPTION_PREFIX;
    const char *value = row->value ? row->value : "";
    char *left = text_format("%s%s%s%s%s", row->brief ? row->brief : "",
                             row->brief && row->full ? ", " : "", row->full ? row->full : "",
                             !*value || joined            ? ""
                             : row->style == OPTION_MAYBE ? "[="
                             : row->full                  ? "="
                                                          : " ",
                             value);
    if (row->style == OPTION_MAYBE)
        left = text_format("%s]", left);
    if (strlen(left) > 22)
        fprintf(to, "  %s\n%26s%s\n", left, "", row->help);
    else
        fprintf(to, "  %-22s  %s\n", left, row->help);
}

void options_print(const struct option_group *groups, FILE *to)
{
    for (const struct option_group *group = groups; group->rows; group++) {
        bool titled = false;
        for (const struct option_row *row = group->rows; row->take; row++) {
            if (!row->help)
                continue;
            if (!titled)
                fprintf(to, "\n%s:\n", group->title);
            titled = true;
            print_row(row, to);
        }
    }
}
