/* SPDX-License-Identifier: MIT
 *
 * Time zones: every zone file of this machine against its own localtime(), rules, and
 * damaged files, which must be refused or answered, never read past their end.
 */
// sources: libc-glue/libc/zone_file.c libc-glue/libc/zone_rule.c libc-glue/libc/calendar.c
// sources: tools/file.c tools/text.c tools/error.c
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "libc-glue/libc/zone.h"
#include "tools/file.h"
#include "unit.h"

// tools/file.c tools/text.c tools/error.c

static unsigned files;

static void compare(const char *name, const struct zone_file *zone)
{
    setenv("TZ", name, 1);
    tzset();
    for (time_t time = -2500000000; time < 4500000000; time += 10000019) {
        struct tm tm;
        const struct zone_kind *kind = zone_file_at(zone, time);

        localtime_r(&time, &tm);
        if (tm.tm_gmtoff != kind->offset_s || strcmp(tm.tm_zone, kind->name) != 0)
            printf("%s at %lld: %ld %s, not %d %s\n", name, (long long)time, tm.tm_gmtoff,
                   tm.tm_zone, kind->offset_s, kind->name);
        CHECK(tm.tm_gmtoff == kind->offset_s && tm.tm_isdst == kind->is_summer);
    }
}

/* Bytes in a block of their own size, so that the sanitizer sees the end. */
static bool parse(const uint8_t *bytes, size_t size, struct zone_file *zone, uint8_t **copy)
{
    *copy = malloc(size ? size : 1);
    memcpy(*copy, bytes, size);
    return zone_file_parse(*copy, size, zone);
}

static void damage(const uint8_t *bytes, size_t size)
{
    struct zone_file zone;
    uint8_t *copy;

    for (size_t cut = 0; cut < size; cut += 7) {
        if (parse(bytes, cut, &zone, &copy))
            zone_file_at(&zone, 1700000000);
        free(copy);
    }
    for (int i = 0; i < 3000; i++) {
        copy = malloc(size);
        memcpy(copy, bytes, size);
        for (int n = 0; n < 3; n++)
            copy[random_below(random_next() & 1 ? size : 120)] = (uint8_t)random_next();
        if (zone_file_parse(copy, size, &zone)) {
            zone_file_at(&zone, -9000000000);
            zone_file_at(&zone, 1700000000);
            zone_file_at(&zone, 99000000000);
        }
        free(copy);
    }
}

static void visit(const char *folder, const char *prefix)
{
    DIR *open_folder = opendir(folder);
    struct dirent *entry;

    while (open_folder && (entry = readdir(open_folder))) {
        char path[1024], name[512];
        struct stat status;
        struct zone_file zone;
        struct file_bytes file;

        if (!(entry->d_name[0] >= 'A' && entry->d_name[0] <= 'Z'))
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        snprintf(name, sizeof name, "%s%s", prefix, entry->d_name);
        if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
            strcat(name, "/");
            visit(path, name);
            continue;
        }
        CHECK(file_map(path, &file) == 0);
        CHECK(zone_file_parse(file.bytes, file.size_bytes, &zone));
        compare(name, &zone);
        if (files++ % 100 == 0)
            damage(file.bytes, file.size_bytes);
        file_unmap(&file);
    }
    if (open_folder)
        closedir(open_folder);
}

static void rules(void)
{
    static const char *const bad[] = {"",
                                      "CE",
                                      "CET",
                                      "CET-25",
                                      "CET-1CEST,",
                                      "CET-1CEST,M3.5.0",
                                      "CET-1CEST,M13.1.0,M10.5.0",
                                      "CET-1CEST,M3.5.0,M10.5.0x",
                                      "<CET-1",
                                      "CET-1:99",
                                      "AVERYLONGNAMEINDEED-1",
                                      "CET-1CEST,J0,J365"};
    struct zone_rule rule;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(!zone_rule_parse(bad[i], strlen(bad[i]), &rule));
    CHECK(zone_rule_parse("CET-1CEST,M3.5.0,M10.5.0/3", 26, &rule));
    CHECK(!zone_rule_at(&rule, 1711846799)->is_summer &&
          zone_rule_at(&rule, 1711846800)->is_summer);
    CHECK(zone_rule_at(&rule, 1729990799)->is_summer &&
          !zone_rule_at(&rule, 1729990800)->is_summer);
    CHECK(zone_rule_parse("<-03>3", 6, &rule) && rule.standard.offset_s == -10800);
    CHECK(strcmp(rule.standard.name, "-03") == 0);
}

static void files_of_this_machine(void)
{
    visit("/usr/share/zoneinfo", "");
    printf("%u zone files\n", files);
}

UNIT_MAIN(TEST(rules), TEST(files_of_this_machine))
