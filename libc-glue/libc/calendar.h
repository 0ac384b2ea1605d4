/* SPDX-License-Identifier: MIT
 *
 * calendar.c: days and dates of the Gregorian calendar, for all years. Days count
 * from 1970-01-01. Pure: the host's tests compile it too.
 */
#ifndef GLUE_LIBC_CALENDAR_H
#define GLUE_LIBC_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#define DAY_S 86400

#pragma GCC visibility push(hidden)

struct calendar_day {
    int64_t year;
    int month;    /* 0 to 11 */
    int day;      /* 1 to 31 */
    int year_day; /* 0 to 365 */
    int week_day; /* 0: Sunday */
};

bool calendar_is_leap(int64_t year);
int calendar_month_days(int64_t year, int month);
int64_t calendar_days(int64_t year, int month, int day); /* month and day may be out of range */
struct calendar_day calendar_split(int64_t days);

#pragma GCC visibility pop

#endif
