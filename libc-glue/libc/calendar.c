/* SPDX-License-Identifier: MIT
 *
 * Years begin in March here: then the leap day is a year's last, and 400 of them
 * are always 146097 days.
 */
#include "libc-glue/libc/calendar.h"

#define ERA_DAYS   146097
#define ERA_YEARS  400
#define EPOCH_DAYS 719468 /* from 0000-03-01 to 1970-01-01 */
#define MARCH      2
#define MONTHS     12
#define THURSDAY   4 /* what 1970-01-01 was */
#define WEEK_DAYS  7

static int64_t divide_down(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

bool calendar_is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % ERA_YEARS == 0);
}

int calendar_month_days(int64_t year, int month)
{
    static const signed char days[MONTHS] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month] + (month == 1 && calendar_is_leap(year));
}

int64_t calendar_days(int64_t year, int month, int day)
{
    year += divide_down(month - MARCH, MONTHS);
    int from_march = (int)((month - MARCH) - divide_down(month - MARCH, MONTHS) * MONTHS);
    int64_t era = divide_down(year, ERA_YEARS);
    int64_t era_year = year - era * ERA_YEARS;
    int64_t year_day = (153 * from_march + 2) / 5 + day - 1;

    return era * ERA_DAYS + era_year * 365 + era_year / 4 - era_year / 100 + year_day - EPOCH_DAYS;
}

struct calendar_day calendar_split(int64_t days)
{
    int64_t from_era = days + EPOCH_DAYS;
    int64_t era = divide_down(from_era, ERA_DAYS);
    int64_t era_day = from_era - era * ERA_DAYS;
    int64_t era_year = (era_day - era_day / 1460 + era_day / 36524 - era_day / 146096) / 365;
    int march_day = (int)(era_day - (365 * era_year + era_year / 4 - era_year / 100));
    int from_march = (5 * march_day + 2) / 153;
    struct calendar_day day = {
        .year = era * ERA_YEARS + era_year + (from_march >= 10),
        .month = from_march < 10 ? from_march + MARCH : from_march - 10,
        .day = march_day - (153 * from_march + 2) / 5 + 1,
        .week_day = (int)(days + THURSDAY - divide_down(days + THURSDAY, WEEK_DAYS) * WEEK_DAYS),
    };

    day.year_day = (int)(days - calendar_days(day.year, 0, 1));
    return day;
}
