/* SPDX-License-Identifier: MIT
 *
 * One option engine for every verb. A verb writes tables of options; parsing,
 * `--help` and the suggestion for a mistyped option all come from them.
 */
#ifndef THIMBLE_TOOLS_OPTIONS_H
#define THIMBLE_TOOLS_OPTIONS_H

#include <stddef.h>
#include <stdio.h>

enum option_style {
    OPTION_FLAG,   /* -q, --quiet */
    OPTION_VALUE,  /* -o NAME, -oNAME, --output NAME, --output=NAME */
    OPTION_MAYBE,  /* --gdb, --gdb=PORT */
    OPTION_PREFIX, /* -Wall: any word that starts so */
    OPTION_WORD,   /* -include FILE: one dash, several letters, never joined */
};

struct option_row {
    const char *brief; /* with its dash, or NULL */
    const char *full;  /* with its dashes, or NULL */
    enum option_style style;
    const char *value; /* what --help calls the value */
    /* name: as written by the user (a whole word for OPTION_PREFIX); value: NULL without one. */
    void (*take)(void *into, const char *name, const char *value);
    const char *help; /* NULL: accepted, but not listed */
};

struct option_group {
    const char *title;
    const struct option_row *rows; /* ends with a row of zeros */
};

struct option_rules {
    const struct option_group *groups;             /* ends with a group of zeros */
    void (*operand)(void *into, const char *word); /* a word that is no option */
    void (*rest)(void *into, const char *word);    /* words after "--"; NULL: operands */
    void (*unknown)(void *into, const char *word); /* NULL: an error with a suggestion */
};

/* argv: the words to read, NULL-terminated. Wrong usage ends the program. */
void options_parse(const struct option_rules *rules, void *into, const char *const *argv);
void options_print(const struct option_group *groups, FILE *to);

/* The listed option nearest to `word`, or NULL when none is near. */
const char *options_nearest(const struct option_group *groups, const char *word);

#endif
