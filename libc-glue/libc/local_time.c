/* SPDX-License-Identifier: MIT
 *
 * Calendar time: localtime_r(), gmtime_r(), mktime(), timegm(), tzset(). In place of
 * newlib's, which know one rule for all years and no zone by its name.
 *
 * TZ names a rule or a file below /usr/share/zoneinfo (or $TZDIR); without TZ it is
 * /etc/localtime; without that, UTC. mkimage packs the file that TZ names.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "libc-glue/libc/calendar.h"
#include "libc-glue/libc/zone.h"

#define ZONE_FILE_BYTES_MAX 65536
#define PROBE_STEP_S        (7 * DAY_S) /* how finely mktime looks for the other half of the year */
#define PROBE_SPAN_S        (400ll * DAY_S)

/* newlib's names; its strftime() and strptime() use them. */
void __tz_lock(void);
void __tz_unlock(void);
void _tzset_unlocked(void);
char *_tzname[2] = {(char *)"UTC", (char *)"UTC"};
long _timezone;
int _daylight;
long timezone;
int daylight;

/* The zone of the moment, under newlib's lock for it. */
static struct {
    enum { ZONE_UTC, ZONE_RULE, ZONE_FILE } form;
    char *asked; /* TZ when it was read; NULL: it was not set */
    bool known;
    bool utc_is_known; /* or TZ said something that nobody understands */
    struct zone_kind utc;
    struct zone_rule rule;
    struct zone_file file;
    uint8_t *file_bytes;
} zone = {.utc = {0, false, "UTC"}};

static const struct zone_kind *kind_at(int64_t time_s)
{
    switch (zone.form) {
    case ZONE_RULE:
        return zone_rule_at(&zone.rule, time_s);
    case ZONE_FILE:
        return zone_file_at(&zone.file, time_s);
    default:
        return &zone.utc;
    }
}

static bool file_load(const char *path)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return false;
    uint8_t *bytes = NULL;
    ssize_t size = -1;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 &&
        status.st_size <= ZONE_FILE_BYTES_MAX && (bytes = malloc((size_t)status.st_size)))
        size = read(fd, bytes, (size_t)status.st_size);
    close(fd);
    if (size > 0 && zone_file_parse(bytes, (size_t)size, &zone.file)) {
        zone.file_bytes = bytes;
        zone.form = ZONE_FILE;
        return true;
    }
    free(bytes);
    return false;
}

static bool named_load(const char *name)
{
    const char *folder = getenv("TZDIR");
    char path[PATH_MAX];

    if (*name == '/')
        return file_load(name);
    int length = snprintf(path, sizeof path, "%s/%s",
                          folder && *folder ? folder : "/usr/share/zoneinfo", name);
    return length < (int)sizeof path && file_load(path);
}

static void zone_choose(const char *asked)
{
    free(zone.file_bytes);
    zone.file_bytes = NULL;
    zone.form = ZONE_UTC;
    zone.utc_is_known = true;
    zone.utc = (struct zone_kind){0, false, "UTC"};
    if (!asked) {
        file_load("/etc/localtime");
        return;
    }
    if (*asked == ':')
        asked++;
    if (!*asked || named_load(asked))
        return;
    if (zone_rule_parse(asked, strlen(asked), &zone.rule)) {
        zone.form = ZONE_RULE;
        return;
    }
    zone.utc_is_known = false;
    zone_name_take(asked, &zone.utc);
}

static void name_kind(struct zone_kind *kind)
{
    _tzname[kind->is_summer] = kind->name;
    if (kind->is_summer)
        _daylight = 1;
    else
        _timezone = -kind->offset_s;
}

static void name_rule(struct zone_rule *rule)
{
    name_kind(&rule->standard);
    if (rule->has_summer)
        name_kind(&rule->summer);
}

/* tzname, timezone and daylight: the newest of what the zone has known. */
static void variables_set(void)
{
    struct zone_file *file = &zone.file;

    _daylight = 0;
    _timezone = 0;
    _tzname[0] = zone.utc.name;
    _tzname[1] = NULL;
    if (zone.form == ZONE_RULE)
        name_rule(&zone.rule);
    if (zone.form == ZONE_FILE) {
        name_kind(&file->kinds[0]);
        for (uint32_t i = 0; i < file->change_count; i++)
            name_kind(&file->kinds[file->kinds_after[i]]);
        if (file->has_rule)
            name_rule(&file->rule);
    }
    if (!_tzname[1]) /* what could not be read has no second name at all */
        _tzname[1] = zone.form == ZONE_UTC && !zone.utc_is_known ? (char *)"" : _tzname[0];
    timezone = _timezone;
    daylight = _daylight;
}

void _tzset_unlocked(void)
{
    const char *asked = getenv("TZ");

    if (zone.known && (asked ? zone.asked && strcmp(asked, zone.asked) == 0 : !zone.asked))
        return;
    free(zone.asked);
    zone.asked = asked ? strdup(asked) : NULL;
    zone_choose(asked);
    zone.known = true;
    variables_set();
}

void tzset(void)
{
    __tz_lock();
    _tzset_unlocked();
    __tz_unlock();
}

/* ---- times to dates ---- */

static struct tm *time_split(int64_t time_s, const struct zone_kind *kind, struct tm *tm)
{
    int64_t local_s;

    if (__builtin_add_overflow(time_s, kind->offset_s, &local_s))
        goto too_far;
    int64_t days = local_s / DAY_S - (local_s % DAY_S < 0);
    int second = (int)(local_s - days * DAY_S);
    struct calendar_day day = calendar_split(days);
    if (day.year - 1900 > INT_MAX || day.year - 1900 < INT_MIN)
        goto too_far;
    *tm = (struct tm){
        .tm_sec = second % 60,
        .tm_min = second / 60 % 60,
        .tm_hour = second / 3600,
        .tm_mday = day.day,
        .tm_mon = day.month,
        .tm_year = (int)(day.year - 1900),
        .tm_wday = day.week_day,
        .tm_yday = day.year_day,
        .tm_isdst = kind->is_summer,
        .tm_gmtoff = kind->offset_s,
        .tm_zone = kind->name,
    };
    return tm;
too_far:
    errno = EOVERFLOW;
    return NULL;
}

struct tm *gmtime_r(const time_t *restrict time, struct tm *restrict tm)
{
    static const struct zone_kind greenwich = {0, false, "GMT"};

    return time_split(*time, &greenwich, tm);
}

struct tm *localtime_r(const time_t *restrict time, struct tm *restrict tm)
{
    __tz_lock();
    _tzset_unlocked();
    const struct zone_kind *kind = kind_at(*time);
    __tz_unlock();
    return time_split(*time, kind, tm);
}

/* ---- dates to times ---- */

/* Seconds of the calendar date, as if it were UTC; members may be out of range. */
static int64_t date_seconds(const struct tm *tm)
{
    int64_t months = (int64_t)tm->tm_mon, year = (int64_t)tm->tm_year + 1900;

    year += months / 12;
    int64_t days = calendar_days(year, (int)(months % 12), 1) + (int64_t)tm->tm_mday - 1;
    return days * DAY_S + (int64_t)tm->tm_hour * 3600 + (int64_t)tm->tm_min * 60 + tm->tm_sec;
}

/* A kind with the wanted season from the weeks around, or NULL. */
static const struct zone_kind *other_season(int64_t around_s, bool summer)
{
    for (int64_t step = PROBE_STEP_S; step < PROBE_SPAN_S; step += PROBE_STEP_S)
        for (int sign = -1; sign <= 1; sign += 2) {
            const struct zone_kind *kind = kind_at(around_s + sign * step);

            if (kind->is_summer == summer)
                return kind;
        }
    return NULL;
}

/* Near a change a date can happen twice or not at all. It happens at its time by
 * the kind before the change, by the kind after it, or by the one of the season
 * that the program says it means. */
static int64_t local_to_time(int64_t local_s, int isdst)
{
    const struct zone_kind *before = kind_at(local_s - DAY_S), *after = kind_at(local_s + DAY_S);
    int64_t early = local_s - before->offset_s, late = local_s - after->offset_s;
    bool early_happens = kind_at(early)->offset_s == before->offset_s;
    bool late_happens = kind_at(late)->offset_s == after->offset_s;
    int64_t found = early_happens || !late_happens ? early : late;

    if (isdst < 0)
        return found;
    if (early_happens && kind_at(early)->is_summer == !!isdst)
        return early;
    if (late_happens && kind_at(late)->is_summer == !!isdst)
        return late;
    const struct zone_kind *other = other_season(found, isdst > 0);
    return other ? local_s - other->offset_s : found;
}

time_t mktime(struct tm *tm)
{
    struct tm normal;

    __tz_lock();
    _tzset_unlocked();
    time_t time = local_to_time(date_seconds(tm), tm->tm_isdst);
    const struct zone_kind *kind = kind_at(time);
    __tz_unlock();
    if (!time_split(time, kind, &normal))
        return -1;
    *tm = normal;
    return time;
}

time_t timelocal(struct tm *tm)
{
    return mktime(tm);
}

time_t timegm(struct tm *tm)
{
    struct tm normal;
    time_t time = date_seconds(tm);

    if (!gmtime_r(&time, &normal))
        return -1;
    *tm = normal;
    return time;
}
