/* SPDX-License-Identifier: MIT
 *
 * JSON values out of what the tools have: texts, lists of texts, sizes, files.
 */
#ifndef THIMBLE_TOOLS_JSON_VALUES_H
#define THIMBLE_TOOLS_JSON_VALUES_H

#include <jansson.h>
#include <stdint.h>
#include <sys/types.h>

#include "text.h"

json_t *json_from_integer(uint64_t value);

/* For reports: names and arguments need not be UTF-8, JSON must be; bytes of any
 * other text that are not ASCII become question marks. */
json_t *json_from_text(const char *text);
json_t *json_from_list(const struct strings *list);

/* For settings that somebody acts on: what is not UTF-8 ends the program with `status`. */
json_t *json_from_setting(const char *text, int status);
json_t *json_from_settings(const struct strings *list, int status);

/* An entry of a root file system; target: a symbolic link's, or NULL. */
json_t *json_from_file(const char *path, mode_t mode, uint64_t size_bytes, const char *target);

#endif
