/* SPDX-License-Identifier: MIT
 *
 * Memory that is never given back, and lists of strings.
 */
#include "text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every block hangs on one list, so that a leak checker sees what we see: the
 * memory is in use until the program ends. */
struct block {
    struct block *next;
    max_align_t bytes[];
};

static struct block *blocks;

void *memory_new(size_t bytes)
{
    struct block *block = NULL;
    if (bytes < SIZE_MAX - sizeof *block)
        block = calloc(1, sizeof *block + bytes);
    if (!block)
        die(EXIT_STATUS_FAILED, "not enough memory for %zu bytes", bytes);
    block->next = blocks;
    blocks = block;
    return block->bytes;
}

void *memory_grow(const void *old, size_t old_bytes, size_t new_bytes)
{
    void *new = memory_new(new_bytes);
    if (old_bytes)
        memcpy(new, old, old_bytes);
    return new;
}

char *text_copy_bytes(const char *text, size_t bytes)
{
    char *copy = memory_new(bytes + 1);
    memcpy(copy, text, bytes);
    return copy;
}

char *text_copy(const char *text)
{
    return text_copy_bytes(text, strlen(text));
}

char *text_format_list(const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        die(EXIT_STATUS_FAILED, "a text could not be formatted: %s", format);
    char *text = memory_new((size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    return text;
}

char *text_format(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = text_format_list(format, arguments);
    va_end(arguments);
    return text;
}

bool text_starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends_with(const char *text, const char *suffix)
{
    size_t length = strlen(text), tail = strlen(suffix);
    return length >= tail && strcmp(text + length - tail, suffix) == 0;
}

const char *text_after_last(const char *text, char separator)
{
    const char *found = strrchr(text, separator);
    return found ? found + 1 : text;
}

const char *text_double_commas(const char *text)
{
    char *doubled = memory_new(2 * strlen(text) + 1), *to = doubled;
    for (; *text; text++) {
        if (*text == ',')
            *to++ = ',';
        *to++ = *text;
    }
    return doubled;
}

const char *text_size(unsigned long long bytes)
{
    if (bytes < 1024)
        return text_format("%llu bytes", bytes);
    if (bytes < 1024 * 1024)
        return text_format("%.1f KB", (double)bytes / 1024);
    if (bytes < 1024ull * 1024 * 1024)
        return text_format("%.1f MB", (double)bytes / (1024 * 1024));
    return text_format("%.1f GB", (double)bytes / (1024.0 * 1024 * 1024));
}

void strings_add(struct strings *list, const char *text)
{
    if (list->count + 2 > list->capacity) {
        size_t wider = list->capacity ? list->capacity * 2 : 16;
        list->at = memory_grow(list->at, list->count * sizeof *list->at, wider * sizeof *list->at);
        list->capacity = wider;
    }
    list->at[list->count++] = text;
    list->at[list->count] = NULL;
}

void strings_addf(struct strings *list, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    strings_add(list, text_format_list(format, arguments));
    va_end(arguments);
}

void strings_append(struct strings *list, const struct strings *more)
{
    for (size_t i = 0; i < more->count; i++)
        strings_add(list, more->at[i]);
}

void strings_add_all(struct strings *list, const char *const *texts)
{
    for (; *texts; texts++)
        strings_add(list, *texts);
}

bool strings_contain(const struct strings *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->at[i], text) == 0)
            return true;
    return false;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void strings_sort(struct strings *list)
{
    if (list->count)
        qsort(list->at, list->count, sizeof *list->at, compare);
}
