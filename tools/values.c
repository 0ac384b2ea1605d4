/* SPDX-License-Identifier: MIT
 *
 * Sizes, seconds, words.
 */
#include "values.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* 0 when it is no size. */
static uint64_t parse_size(const char *text)
{
    char *end;
    if (!isdigit((unsigned char)*text))
        return 0;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    const char *units = "KMGkmg", *unit = *end ? strchr(units, *end) : NULL;
    if (!unit || end[1] || errno || number > 1ull << 40)
        return 0;
    return number << (10 * ((unit - units) % 3 + 1));
}

uint64_t value_size(const char *name, const char *value)
{
    uint64_t bytes = parse_size(value) & ~4095ull;
    if (!bytes)
        die(EXIT_STATUS_USAGE, "%s %s: expected a size such as 64M, 1G or 1536K", name, value);
    return bytes;
}

double value_seconds(const char *name, const char *value)
{
    char *end;
    double seconds = strtod(value, &end);
    if (end == value || *end || !(seconds > 0) || seconds > 1e9)
        die(EXIT_STATUS_USAGE, "%s %s: expected a number of seconds above 0", name, value);
    return seconds;
}

const char *value_word(const char *name, const char *value, const char *const *known)
{
    const char *list = "";
    for (size_t i = 0; known[i]; i++) {
        if (strcmp(known[i], value) == 0)
            return known[i];
        list = text_format("%s%s%s", list, i ? ", " : "", known[i]);
    }
    die(EXIT_STATUS_USAGE, "%s %s: expected one of %s", name, value, list);
}
