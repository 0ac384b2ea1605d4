/* SPDX-License-Identifier: MIT
 *
 * Time zones. A zone is a rule for every year ("CET-1CEST,M3.5.0,M10.5.0/3") or the
 * bytes of a compiled zone file (TZif), whose end names such a rule for the time
 * after its last change. zone_rule.c and zone_file.c are pure; local_time.c uses
 * them for localtime() and its like.
 */
#ifndef GLUE_LIBC_ZONE_H
#define GLUE_LIBC_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ZONE_NAME_BYTES 16

#pragma GCC visibility push(hidden)

struct zone_kind {    /* one of the times that a zone keeps */
    int32_t offset_s; /* east of Greenwich */
    bool is_summer;
    char name[ZONE_NAME_BYTES]; /* "CET" */
};

struct zone_date { /* when a rule changes, in the local time before the change */
    char form;     /* 'M' month.week.day, 'J' day without leap days, '0' day from 0 */
    int month, week, day;
    int32_t time_s;
};

/* zone_rule.c */
struct zone_rule {
    struct zone_kind standard, summer;
    bool has_summer;
    struct zone_date start, end; /* of summer */
};
bool zone_rule_parse(const char *text, size_t length, struct zone_rule *rule);
const struct zone_kind *zone_rule_at(const struct zone_rule *rule, int64_t time_s);
/* The name that an unusable text begins with, as glibc shows it. */
void zone_name_take(const char *text, struct zone_kind *kind);

/* zone_file.c */
#define ZONE_KINDS_MAX 64
struct zone_file {
    const uint8_t *times; /* of changes, 8 bytes each, big-endian */
    const uint8_t *kinds_after;
    uint32_t change_count, kind_count;
    struct zone_kind kinds[ZONE_KINDS_MAX];
    bool has_rule;
    struct zone_rule rule;
};
/* Untrusted bytes; they must stay where they are. */
bool zone_file_parse(const uint8_t *bytes, size_t size_bytes, struct zone_file *file);
const struct zone_kind *zone_file_at(const struct zone_file *file, int64_t time_s);

#pragma GCC visibility pop

#endif
