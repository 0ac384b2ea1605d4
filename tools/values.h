/* SPDX-License-Identifier: MIT
 *
 * Values of options that several verbs take. What is wrong ends the program,
 * naming the option and what it expects.
 */
#ifndef THIMBLE_TOOLS_VALUES_H
#define THIMBLE_TOOLS_VALUES_H

#include <stdint.h>

uint64_t value_size(const char *name, const char *value); /* "64M" in bytes, whole pages */
double value_seconds(const char *name, const char *value);
/* One of a few words, up to NULL. */
const char *value_word(const char *name, const char *value, const char *const *known);

#endif
