/* SPDX-License-Identifier: MIT
 *
 * Quoting as a POSIX shell does it. The guest's kernel command line follows the
 * same rules, so one quoting serves `--print` and the boot parameters.
 */
#ifndef THIMBLE_TOOLS_QUOTING_H
#define THIMBLE_TOOLS_QUOTING_H

#include "text.h"

char *quote_always(const char *text);          /* 'it'\''s' */
const char *quote_if_needed(const char *text); /* plain words stay plain */
char *quote_list(const struct strings *words); /* a command line */

/* Splits text into words by the same rules; returns -1 when a quote is left open. */
int quote_split(const char *text, struct strings *words);

#endif
