/* SPDX-License-Identifier: MIT
 *
 * A program that serves: its first answer, and how many it gives. Virtual machines are
 * reached as `mkimage run -p` reaches them, containers by the host's network.
 */
#include <arpa/inet.h>
#include <string.h>

#include "comparison.h"
#include "http_load.h"

#define STARTS_MAX 5
#define LOAD_S     3.0
#define SETTLE_MS  300

static const unsigned connection_counts[] = {1, 8, 64};
static const struct rows_of {
    enum row_id per_second, p50, p99;
} rows_of[] = {
    {ROW_REQUESTS_1, ROW_P50_1, ROW_P99_1},
    {ROW_REQUESTS_8, ROW_P50_8, ROW_P99_8},
    {ROW_REQUESTS_64, ROW_P50_64, ROW_P99_64},
};

static struct sockaddr_in address_of(const struct instance *instance)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(instance->served_port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return to;
}

/* Started and answering, or NULL after the reason is in the report. */
static struct instance *start(struct comparison *comparison, enum way way)
{
    const struct order order = {.job = JOB_PROGRAM, .serves = true};
    struct report *report = &comparison->report;
    struct instance *instance = way_start(comparison, way, &order);
    const struct sockaddr_in to = address_of(instance);
    int result = http_first_answer(&to, comparison->requests, comparison->deadline_s, &interrupted);
    if (result == 0)
        return instance;
    instance_wait(instance, WAIT_TEXT, "no such text", 0.1);
    const char *last = instance_last_line(instance);
    way_stop(comparison, instance, 0);
    if (!interrupted)
        report_missing(report, ROW_FIRST_ANSWER, way_columns[way],
                       "no answer from port %u within %g s%s%s", comparison->port,
                       comparison->deadline_s, *last ? "; its last output: " : "", last);
    return NULL;
}

static bool measure_first(struct comparison *comparison, enum way way)
{
    int64_t start_ns = clock_now_ns();
    struct instance *instance = start(comparison, way);
    if (!instance)
        return false;
    report_sample(&comparison->report, ROW_FIRST_ANSWER, way_columns[way],
                  (double)(clock_now_ns() - start_ns) / 1e6);
    way_stop(comparison, instance, 0);
    return true;
}

static void measure_load(struct comparison *comparison, enum way way)
{
    struct report *report = &comparison->report;
    enum column column = way_columns[way];
    struct instance *instance = start(comparison, way);
    if (!instance)
        return;
    const struct sockaddr_in to = address_of(instance);
    for (size_t i = 0; i < 3 && !interrupted; i++) {
        clock_sleep_ms(SETTLE_MS);
        progress("requests: %s, %u connections", way_names[way], connection_counts[i]);
        const struct http_load load =
            http_load(&to, comparison->requests, connection_counts[i], LOAD_S);
        if (load.trouble) {
            report_missing(report, rows_of[i].per_second, column, "%s", load.trouble);
            continue;
        }
        report_sample(report, rows_of[i].per_second, column, load.per_second);
        report_sample(report, rows_of[i].p50, column, load.p50_ms);
        report_sample(report, rows_of[i].p99, column, load.p99_ms);
    }
    way_stop(comparison, instance, 0);
    report_words(report, ROW_NETWORK, column,
                 way <= WAY_RUNC ? "answered on port %u of the host's network in this run"
                                 : "answered on a published port (%u) of QEMU's user network in "
                                   "this run",
                 comparison->port);
}

/* Columns in which nothing was answered say why in all of these rows. */
static void fill(struct report *report)
{
    for (enum column column = 0; column < COLUMNS; column++)
        for (enum row_id row = ROW_FIRST_ANSWER; row <= ROW_P99_64; row++) {
            const struct cell *first = &report->cells[ROW_FIRST_ANSWER][column];
            const struct cell *cell = &report->cells[row][column];
            if (cell->count || cell->missing || report->columns[column].absent)
                continue;
            report_missing(report, row, column, "%s",
                           first->missing           ? first->missing
                           : column == COLUMN_INNER ? "not measured: see the Linux VM"
                           : column == COLUMN_FULL  ? "not measured: it has no network"
                                                    : "not measured");
        }
}

void measure_requests(struct comparison *comparison)
{
    bool answers[WAYS_REAL];
    unsigned starts = comparison->runs < STARTS_MAX ? comparison->runs : STARTS_MAX;
    if (!comparison->requests)
        return;
    for (enum way way = 0; way < WAYS_REAL; way++)
        answers[way] =
            comparison->usable[way] && (way != WAY_LINUX || comparison->program.networked);
    for (unsigned i = 0; i < starts; i++)
        for (enum way way = 0; way < WAYS_REAL && !interrupted; way++) {
            progress("first answer: %s, %u of %u", way_names[way], i + 1, starts);
            if (answers[way])
                answers[way] = measure_first(comparison, way);
        }
    for (enum way way = 0; way < WAYS_REAL && !interrupted; way++)
        if (answers[way])
            measure_load(comparison, way);
    if (!interrupted)
        fill(&comparison->report);
}
