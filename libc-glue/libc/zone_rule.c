/* SPDX-License-Identifier: MIT
 *
 * Time zones as POSIX writes them in TZ: names, offsets, and when summer begins
 * and ends.
 */
#include <string.h>

#include "libc-glue/libc/calendar.h"
#include "libc-glue/libc/zone.h"

#define HOUR_S        3600
#define OFFSET_H_MAX  24
#define RULE_H_MAX    167
#define NAME_MIN      3
#define CHANGE_TIME_S (2 * HOUR_S) /* when a rule does not say */

/* What is left to read. */
struct text {
    const char *at, *end;
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char peek(const struct text *text)
{
    return text->at < text->end ? *text->at : '\0';
}

static bool take(struct text *text, char c)
{
    if (peek(text) != c || c == '\0')
        return false;
    text->at++;
    return true;
}

static bool take_number(struct text *text, int min, int max, int *number)
{
    if (!is_digit(peek(text)))
        return false;
    *number = 0;
    while (is_digit(peek(text)) && *number <= max)
        *number = *number * 10 + (*text->at++ - '0');
    return *number >= min && *number <= max;
}

static bool take_name(struct text *text, struct zone_kind *kind)
{
    bool quoted = take(text, '<');
    const char *start = text->at;

    while (is_letter(peek(text)) ||
           (quoted && (is_digit(peek(text)) || peek(text) == '+' || peek(text) == '-')))
        text->at++;
    size_t length = (size_t)(text->at - start);
    if (length < NAME_MIN || length >= sizeof kind->name || (quoted && !take(text, '>')))
        return false;
    memcpy(kind->name, start, length);
    kind->name[length] = '\0';
    return true;
}

/* [+-]hours[:minutes[:seconds]] */
static bool take_time(struct text *text, int hours_max, int32_t *time_s)
{
    int hours, minutes = 0, seconds = 0;
    bool negative = take(text, '-');

    if (!negative)
        take(text, '+');
    if (!take_number(text, 0, hours_max, &hours))
        return false;
    if (take(text, ':') && !take_number(text, 0, 59, &minutes))
        return false;
    if (minutes >= 0 && take(text, ':') && !take_number(text, 0, 59, &seconds))
        return false;
    *time_s = hours * HOUR_S + minutes * 60 + seconds;
    if (negative)
        *time_s = -*time_s;
    return true;
}

static bool take_date(struct text *text, struct zone_date *date)
{
    bool good;

    if (take(text, 'M')) {
        date->form = 'M';
        good = take_number(text, 1, 12, &date->month) && take(text, '.') &&
               take_number(text, 1, 5, &date->week) && take(text, '.') &&
               take_number(text, 0, 6, &date->day);
    } else if (take(text, 'J')) {
        date->form = 'J';
        good = take_number(text, 1, 365, &date->day);
    } else {
        date->form = '0';
        good = take_number(text, 0, 365, &date->day);
    }
    date->time_s = CHANGE_TIME_S;
    return good && (!take(text, '/') || take_time(text, RULE_H_MAX, &date->time_s));
}

/* What glibc takes when a rule names summer time and not when it is: the American dates. */
static void dates_default(struct zone_rule *rule)
{
    rule->start = (struct zone_date){'M', 3, 2, 0, CHANGE_TIME_S};
    rule->end = (struct zone_date){'M', 11, 1, 0, CHANGE_TIME_S};
}

bool zone_rule_parse(const char *characters, size_t length, struct zone_rule *rule)
{
    struct text text = {characters, characters + length};
    int32_t west_s;

    *rule = (struct zone_rule){0};
    if (!take_name(&text, &rule->standard) || !take_time(&text, OFFSET_H_MAX, &west_s))
        return false;
    rule->standard.offset_s = -west_s;
    if (text.at == text.end)
        return true;
    rule->has_summer = rule->summer.is_summer = true;
    if (!take_name(&text, &rule->summer))
        return false;
    rule->summer.offset_s = rule->standard.offset_s + HOUR_S;
    if (text.at < text.end && peek(&text) != ',') {
        if (!take_time(&text, OFFSET_H_MAX, &west_s))
            return false;
        rule->summer.offset_s = -west_s;
    }
    if (text.at == text.end) {
        dates_default(rule);
        return true;
    }
    return take(&text, ',') && take_date(&text, &rule->start) && take(&text, ',') &&
           take_date(&text, &rule->end) && text.at == text.end;
}

void zone_name_take(const char *characters, struct zone_kind *kind)
{
    struct text text = {characters, characters + strlen(characters)};

    *kind = (struct zone_kind){0};
    if (!take_name(&text, kind))
        kind->name[0] = '\0';
}

/* Seconds of the local calendar, as if it were UTC. */
static int64_t date_in(const struct zone_date *date, int64_t year)
{
    int64_t first = calendar_days(year, 0, 1);
    int64_t days;

    if (date->form == 'J') {
        days = first + date->day - 1 + (calendar_is_leap(year) && date->day >= 60);
    } else if (date->form == '0') {
        days = first + date->day;
    } else {
        int month = date->month - 1;
        int64_t month_first = calendar_days(year, month, 1);
        int day = (date->day - calendar_split(month_first).week_day + 7) % 7;

        day += (date->week - 1) * 7;
        if (day >= calendar_month_days(year, month))
            day -= 7;
        days = month_first + day;
    }
    return days * DAY_S + date->time_s;
}

const struct zone_kind *zone_rule_at(const struct zone_rule *rule, int64_t time_s)
{
    int64_t local_s = time_s + rule->standard.offset_s;
    int64_t days = local_s / DAY_S - (local_s % DAY_S < 0);
    bool summer;

    if (!rule->has_summer)
        return &rule->standard;
    int64_t year = calendar_split(days).year;
    int64_t start = date_in(&rule->start, year) - rule->standard.offset_s;
    int64_t end = date_in(&rule->end, year) - rule->summer.offset_s;
    if (start < end)
        summer = time_s >= start && time_s < end;
    else
        summer = time_s >= start || time_s < end;
    return summer ? &rule->summer : &rule->standard;
}
