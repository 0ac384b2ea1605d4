/* SPDX-License-Identifier: MIT
 *
 * The verbs of the tool, one file each; the table is in main.c.
 */
#ifndef THIMBLE_TOOLS_VERB_H
#define THIMBLE_TOOLS_VERB_H

#include <stdio.h>

#define THIMBLE_VERSION "0.1.0"

struct option_group;

struct verb {
    const char *name;
    const char *synopsis; /* words after the name */
    const char *summary;  /* one line */
    const char *text;     /* what --help says before and after the options; or NULL */
    const struct option_group *options;
    /* argv: the words after the verb. Returns the exit status. */
    int (*run)(const char *const *argv);
};

extern const struct verb verb_build, verb_run, verb_container, verb_compare, verb_inspect,
    verb_config, verb_doctor, verb_cc, verb_symbolize, verb_debug;

void verb_help(const struct verb *verb, FILE *to);

#endif
