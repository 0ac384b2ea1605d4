/* SPDX-License-Identifier: MIT
 *
 * What a program's folder says about comparing it: its file compare.options.
 */
#ifndef THIMBLE_COMPARE_FOLDER_OPTIONS_H
#define THIMBLE_COMPARE_FOLDER_OPTIONS_H

#include "tools/text.h"

/* Adds the words of that file, when `path` is a folder with one: a line is an option, and
 * behind its first space the value as it stands; lines that begin with # are skipped. */
void folder_options(const char *path, struct strings *words);

#endif
