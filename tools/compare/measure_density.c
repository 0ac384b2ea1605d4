/* SPDX-License-Identifier: MIT
 *
 * Many at once: started as fast as the host can, until all are ready.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "serving.h"

#define COUNT_MOST     50
#define DEADLINE_S     90.0
#define MEMORY_PART    0.7 /* of what is available */
#define PROCESSES_MOST 8

static const struct {
    unsigned count;
    enum row_id ready, total, answered;
} sizes[] = {
    {1, ROW_READY_1, ROW_TOTAL_1, ROW_ANSWERED_1},
    {10, ROW_READY_10, ROW_TOTAL_10, ROW_ANSWERED_10},
    {50, ROW_READY_50, ROW_TOTAL_50, ROW_ANSWERED_50},
};

static double available_bytes(void)
{
    char line[256];
    unsigned long long kilobytes = 0;
    FILE *file = fopen("/proc/meminfo", "r");
    while (file && fgets(line, sizeof line, file) &&
           sscanf(line, "MemAvailable: %llu", &kilobytes) != 1)
        ;
    if (file)
        fclose(file);
    return (double)kilobytes * 1024;
}

/* Starting them costs processor time: what ten took tells what fifty will. */
static double seconds_for(const struct report *report, enum column column, unsigned count)
{
    return report_has(report, ROW_READY_10, column)
               ? report_median(report, ROW_READY_10, column) * count / 10
               : 0;
}

/* Why so many of them cannot be had, from what fewer take; NULL when they can. */
static const char *too_many(const struct comparison *comparison, enum column column, unsigned count)
{
    const struct report *report = &comparison->report;
    double seconds = seconds_for(report, column, count);
    if (seconds > DEADLINE_S)
        return text_format("left out: at the pace of 10 they would take about %.0f s to start",
                           seconds);
    double needed = count * report_median(report, ROW_MEMORY_HOST, column);
    double there = available_bytes() * MEMORY_PART;
    if (count == 1 || !report_has(report, ROW_MEMORY_HOST, column) || needed <= there)
        return NULL;
    return text_format("%u of them need about %s; %s may be used here", count,
                       text_size((unsigned long long)needed), text_size((unsigned long long)there));
}

/* 0 when one of them is not there any more. */
static uint64_t total_pss(struct instance **list, size_t count)
{
    uint64_t total = 0;
    for (size_t i = 0; i < count; i++) {
        pid_t pids[PROCESSES_MOST];
        uint64_t before = total;
        size_t found = way_processes(list[i], pids, PROCESSES_MOST);
        for (size_t j = 0; j < found; j++)
            total += process_pss_bytes(pids[j]);
        if (total == before)
            return 0;
    }
    return total;
}

static void note_missing(struct report *report, size_t size, enum column column, const char *why)
{
    report_missing(report, sizes[size].ready, column, "%s", why);
    report_missing(report, sizes[size].total, column, "%s", why);
    report_missing(report, sizes[size].answered, column, "%s", why);
}

/* Each in turn: one that does not answer yet is waited for. */
static void ask_all(struct comparison *comparison, enum column column, size_t size,
                    struct instance **list, int64_t start_ns)
{
    struct report *report = &comparison->report;
    for (unsigned i = 0; i < sizes[size].count && !interrupted; i++)
        if (!instance_answers(comparison, list[i], comparison->deadline_s)) {
            report_missing(report, sizes[size].answered, column,
                           "%u of %u had answered when the next did not within %g s; its last "
                           "output: %s",
                           i, sizes[size].count, comparison->deadline_s,
                           instance_last_line(list[i]));
            return;
        }
    if (!interrupted)
        report_sample(report, sizes[size].answered, column,
                      (double)(clock_now_ns() - start_ns) / 1e9);
}

static void start_many(struct comparison *comparison, enum way way, size_t size)
{
    struct report *report = &comparison->report;
    enum column column = way_columns[way];
    unsigned count = sizes[size].count;
    static struct instance *list[COUNT_MOST];
    const struct order order = {.job = comparison->ends ? JOB_HOLD : JOB_PROGRAM,
                                .serves = serves(comparison, way),
                                .many = true};
    int64_t start_ns = clock_now_ns();
    unsigned started = 0;
    for (; started < count && !interrupted; started++)
        list[started] = way_start(comparison, way, &order);
    size_t ready = instances_wait(list, started, WAIT_READY, NULL, 1.5 * DEADLINE_S);
    double seconds = (double)(clock_now_ns() - start_ns) / 1e9;
    uint64_t total = 0;
    if (ready == count && order.serves)
        ask_all(comparison, column, size, list, start_ns);
    if (ready == count)
        total = total_pss(list, count);
    if (total) {
        report_sample(report, sizes[size].ready, column, seconds);
        report_sample(report, sizes[size].total, column, (double)total);
    } else if (!interrupted) {
        note_missing(report, size, column,
                     ready == count
                         ? text_format("not all %u stayed; the first one's last output: %s", count,
                                       instance_last_line(list[0]))
                         : text_format("%zu of %u were ready after %.0f s", ready, count, seconds));
    }
    for (unsigned i = 0; i < started; i++)
        way_stop(comparison, list[i], 0);
}

void measure_density(struct comparison *comparison)
{
    for (size_t size = 0; size < sizeof sizes / sizeof *sizes; size++)
        for (enum way way = 0; way < WAYS_REAL && !interrupted; way++) {
            if (!comparison->usable[way])
                continue;
            enum column column = way_columns[way];
            const char *why = too_many(comparison, column, sizes[size].count);
            progress("%s: %u at once", way_names[way], sizes[size].count);
            if (!why) {
                start_many(comparison, way, size);
                continue;
            }
            note_missing(&comparison->report, size, column, why);
        }
}
