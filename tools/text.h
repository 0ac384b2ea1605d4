/* SPDX-License-Identifier: MIT
 *
 * Memory and strings for a program that lives a moment: what is allocated here
 * stays until the end, and running out of memory ends the program. Large
 * buffers do not belong here (see file.h, which maps files).
 */
#ifndef THIMBLE_TOOLS_TEXT_H
#define THIMBLE_TOOLS_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "error.h"

void *memory_new(size_t bytes); /* zeroed */
/* A copy of `old` (old_bytes) with room for new_bytes; the rest is zeroed. */
void *memory_grow(const void *old, size_t old_bytes, size_t new_bytes);

char *text_copy(const char *text);
char *text_copy_bytes(const char *text, size_t bytes);
char *text_format(const char *format, ...) PRINTF_LIKE(1, 2);
char *text_format_list(const char *format, va_list arguments) PRINTF_LIKE(1, 0);
bool text_starts_with(const char *text, const char *prefix);
bool text_ends_with(const char *text, const char *suffix);
const char *text_after_last(const char *text, char separator); /* all of it when there is none */
const char *text_double_commas(const char *text); /* as QEMU wants them in an option's value */
const char *text_size(unsigned long long bytes);  /* "41 KB", for people */

/* A growing list of strings; `at` ends with NULL, so it serves as an argv. The
 * strings themselves are borrowed. */
struct strings {
    const char **at;
    size_t count;
    size_t capacity;
};

void strings_add(struct strings *list, const char *text);
void strings_addf(struct strings *list, const char *format, ...) PRINTF_LIKE(2, 3);
void strings_append(struct strings *list, const struct strings *more);
void strings_add_all(struct strings *list, const char *const *texts); /* up to NULL */
bool strings_contain(const struct strings *list, const char *text);
void strings_sort(struct strings *list); /* bytewise, the same in every locale */

#endif
