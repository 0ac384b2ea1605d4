/* SPDX-License-Identifier: MIT
 *
 * Calendar time in the zones that the arguments name: prints dates of every zone. The
 * test runs this program on the host too, and both must write the same.
 */
#define _GNU_SOURCE 1
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void show(time_t time)
{
    struct tm tm;
    char text[80];

    localtime_r(&time, &tm);
    strftime(text, sizeof text, "%F %T %z %Z %j %u %s", &tm);
    printf("%lld %s %d %ld %s\n", (long long)time, text, tm.tm_isdst, tm.tm_gmtoff, tm.tm_zone);
}

/* The same day of the calendar, at hours around the usual change. */
static void back(int year, int month, int day)
{
    for (int minute = 0; minute < 5 * 60; minute += 30)
        for (int isdst = -1; isdst <= 1; isdst++) {
            struct tm tm = {.tm_year = year - 1900,
                            .tm_mon = month - 1,
                            .tm_mday = day,
                            .tm_min = minute,
                            .tm_isdst = isdst},
                      again;
            time_t time = mktime(&tm);

            /* What happens twice or never may be either when the program does not say. */
            localtime_r(&time, &again);
            bool plain = again.tm_hour * 60 + again.tm_min == minute;
            time_t other = time + 3600;
            struct tm later;
            localtime_r(&other, &later);
            plain = plain && later.tm_hour * 60 + later.tm_min == minute + 60;
            other = time - 3600;
            localtime_r(&other, &later);
            plain = plain && later.tm_hour * 60 + later.tm_min == minute - 60;
            if (plain && (isdst < 0 || isdst == again.tm_isdst))
                printf("%d-%d %d:%02d %d -> %lld\n", month, day, minute / 60, minute % 60, isdst,
                       (long long)time);
        }
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        setenv("TZ", argv[i], 1);
        tzset();
        printf("== %s: %s %s %ld %d\n", argv[i], tzname[0], tzname[1], timezone, daylight);
        /* glibc has a rule begin in 1970. */
        bool rule = strpbrk(argv[i], ",<") != NULL || !strchr(argv[i], '/');
        for (time_t time = rule ? 1 : -3000000000; time < 5000000000; time += 7775999)
            show(time);
        show(rule ? 60000000000 : -70000000000);
        show(70000000000);
        back(2024, 3, 31);
        back(2024, 7, 15);
        back(2024, 10, 27);
        back(2035, 11, 4);
    }
    struct tm tm = {.tm_year = 124, .tm_mon = 25, .tm_mday = -40, .tm_hour = 30, .tm_sec = -5};
    printf("%lld ", (long long)timegm(&tm));
    printf("%s", asctime(&tm));
    memset(&tm, 0, sizeof tm);
    printf("%s|\n", strptime("2024-02-29 23:59:58", "%Y-%m-%d %H:%M:%S", &tm));
    printf("%d %d %d %d\n", tm.tm_yday, tm.tm_wday, tm.tm_mday, tm.tm_sec);
    return 0;
}
