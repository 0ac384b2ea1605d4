/* SPDX-License-Identifier: MIT
 *
 * Paths, ranges, dates, tags.
 */
#include "target.h"

#include <stdio.h>
#include <string.h>

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "http://host/path" is as good as "/path". */
static struct span without_origin(struct span target)
{
    size_t scheme = 0;
    if (target.size && *target.at == '/')
        return target;
    if (target.size > 7 && span_is((struct span){target.at, 7}, "http://"))
        scheme = 7;
    else if (target.size > 8 && span_is((struct span){target.at, 8}, "https://"))
        scheme = 8;
    if (!scheme)
        return (struct span){NULL, 0};
    const char *end = target.at + target.size, *path = target.at + scheme;
    while (path < end && *path != '/' && *path != '?')
        path++;
    if (path == target.at + scheme)
        return (struct span){NULL, 0};
    if (path == end || *path == '?')
        return (struct span){"/", 1};
    return (struct span){path, (size_t)(end - path)};
}

struct span target_query(struct span target)
{
    const char *mark = memchr(target.at, '?', target.size);
    return mark ? (struct span){mark, (size_t)(target.at + target.size - mark)}
                : (struct span){"", 0};
}

/* Percent-decoded, up to the query. The length, or less than 0. */
static int decode(struct span target, char to[PATH_BYTES_MAX])
{
    int length = 0;
    for (size_t i = 0; i < target.size && target.at[i] != '?'; i++) {
        char c = target.at[i];
        if (c == '#')
            return -400;
        if (c == '%') {
            int high = i + 2 < target.size ? hex(target.at[i + 1]) : -1;
            int low = high >= 0 ? hex(target.at[i + 2]) : -1;
            if (low < 0)
                return -400;
            c = (char)(high << 4 | low);
            i += 2;
        }
        if (!c)
            return -400;
        if (length == PATH_BYTES_MAX - 1)
            return -414;
        to[length++] = c;
    }
    to[length] = 0;
    return length;
}

/* In place: one slash where there are several, "." and ".." followed. -400 when that
 * would leave the root. */
static int normalise(char *path)
{
    char *to = path;
    const char *from = path;
    bool open = false; /* the last name is to be followed by a slash */
    while (*from) {
        while (*from == '/')
            from++;
        size_t size = strcspn(from, "/");
        bool slash = from[size] == '/';
        if (!size)
            break;
        if (size == 2 && from[0] == '.' && from[1] == '.') {
            if (to == path)
                return -400;
            for (to--; to > path && to[-1] != '/'; to--)
                ;
            open = true;
        } else if (size == 1 && *from == '.') {
            open = true;
        } else {
            memmove(to, from, size);
            to += size;
            *to++ = '/';
            open = slash;
        }
        from += size;
    }
    if (to > path && !open)
        to--;
    *to = 0;
    return 0;
}

int target_path(struct span target, char path[PATH_BYTES_MAX])
{
    struct span rest = without_origin(target);
    if (!rest.at)
        return -400;
    int length = decode(rest, path);
    return length < 0 ? length : normalise(path);
}

/* Digits up to a number; -1 when there are none. Large ones stay large. */
static int64_t number(const char **at, const char *end)
{
    int64_t value = -1;
    for (; *at < end && **at >= '0' && **at <= '9'; ++*at) {
        value = value < 0 ? 0 : value;
        value = value > INT64_MAX / 20 ? INT64_MAX / 20 : value * 10 + (**at - '0');
    }
    return value;
}

int range_parse(struct span value, uint64_t size, uint64_t *first, uint64_t *last)
{
    const char *at = value.at + 6, *end = value.at + value.size;
    if (value.size < 8 || !span_is((struct span){value.at, 6}, "bytes="))
        return 0;
    while (at < end && *at == ' ')
        at++;
    int64_t from = number(&at, end);
    if (at == end || *at++ != '-')
        return 0;
    int64_t to = number(&at, end);
    if (at != end || (from < 0 && to < 0) || (from >= 0 && to >= 0 && to < from))
        return 0; /* several ranges too: all of the file is an answer as well */
    if (from < 0) {
        if (!to || !size)
            return -1;
        *first = (uint64_t)to < size ? size - (uint64_t)to : 0;
        *last = size - 1;
        return 1;
    }
    if ((uint64_t)from >= size)
        return -1;
    *first = (uint64_t)from;
    *last = to < 0 || (uint64_t)to >= size ? size - 1 : (uint64_t)to;
    return 1;
}

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char days[] = "SunMonTueWedThuFriSat";

void date_write(time_t when, char to[DATE_BYTES + 1])
{
    struct tm tm;
    char text[64];
    gmtime_r(&when, &tm);
    snprintf(text, sizeof text, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", days + 3 * tm.tm_wday,
             tm.tm_mday, months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
             tm.tm_sec);
    memcpy(to, text, DATE_BYTES);
    to[DATE_BYTES] = 0;
}

/* Days from 1970 to the first of a month of the Gregorian calendar, years from March. */
static int64_t days_to(int year, int month)
{
    year -= month < 2;
    int64_t era = year / 400, of_era = year - era * 400;
    int64_t of_year = (153 * ((month + 10) % 12) + 2) / 5;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* Two or four digits; -1 when they are not. */
static int digits(const char *at, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (at[i] < '0' || at[i] > '9')
            return -1;
        value = value * 10 + (at[i] - '0');
    }
    return value;
}

time_t date_parse(struct span value)
{
    const char *text = value.at;
    int month = 0;
    if (value.size != DATE_BYTES)
        return -1;
    for (size_t i = 3; i < DATE_BYTES; i++) /* what is always there, at its place */
        if ((i == 3 && text[i] != ',') ||
            ((i == 4 || i == 7 || i == 11 || i == 16) && text[i] != ' ') ||
            ((i == 19 || i == 22) && text[i] != ':') || (i >= 25 && text[i] != " GMT"[i - 25]))
            return -1;
    while (month < 12 && memcmp(months + 3 * month, text + 8, 3) != 0)
        month++;
    int day = digits(text + 5, 2), year = digits(text + 12, 4), hour = digits(text + 17, 2),
        minute = digits(text + 20, 2), second = digits(text + 23, 2);
    if (month == 12 || day < 1 || year < 1970 || hour < 0 || minute < 0 || second < 0)
        return -1;
    return (time_t)((days_to(year, month) + day - 1) * 86400 + hour * 3600 + minute * 60 + second);
}

bool tag_matches(struct span list, const char *tag, bool weak)
{
    size_t size = strlen(tag);
    const char *at = list.at, *end = list.at + list.size;
    if (span_is(list, "*"))
        return true;
    while (size && at < end) {
        bool is_weak = end - at > 2 && at[0] == 'W' && at[1] == '/';
        at += is_weak ? 2 : 0;
        if ((size_t)(end - at) >= size && memcmp(at, tag, size) == 0 && (weak || !is_weak))
            return true;
        if (*at == '"') { /* to behind the tag */
            const char *quote = memchr(at + 1, '"', (size_t)(end - at - 1));
            at = quote ? quote : end - 1;
        }
        at++;
    }
    return false;
}
