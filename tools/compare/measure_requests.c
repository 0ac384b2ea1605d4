/* SPDX-License-Identifier: MIT
 *
 * A program that serves: its first answer, and how many it gives.
 */
#include <string.h>

#include "serving.h"

#define STARTS_MAX  5
#define FIRST_LEAST 3 /* where a round takes long */
#define STARTS_SLOW 2 /* of what needs a Linux VM for each */
#define LOAD_S      2.0
#define SETTLE_MS   300

static const struct load_rows {
    unsigned connections;
    enum row_id per_second, p50, p99;
} loads[] = {
    {1, ROW_REQUESTS_1, ROW_P50_1, ROW_P99_1},
    {8, ROW_REQUESTS_8, ROW_P50_8, ROW_P99_8},
    {64, ROW_REQUESTS_64, ROW_P50_64, ROW_P99_64},
};

/* In turn, each in its column. */
static const struct server {
    enum column column;
    enum row_id first; /* where its first answer is noted */
    enum way way;      /* WAYS: the container in the Linux VM */
    bool as_linux;     /* on the machine type that Linux needs */
    bool loaded;
} servers[] = {
    {COLUMN_ENGINE, ROW_FIRST_ANSWER, WAY_ENGINE, false, true},
    {COLUMN_RUNC, ROW_FIRST_ANSWER, WAY_RUNC, false, true},
    {COLUMN_INNER, ROW_FIRST_ANSWER, WAYS, true, true},
    {COLUMN_LINUX, ROW_FIRST_ANSWER, WAY_LINUX, true, true},
    {COLUMN_THIMBLE, ROW_FIRST_ANSWER, WAY_THIMBLE, false, false},
    {COLUMN_THIMBLE, ROW_FIRST_ANSWER_SAME, WAY_THIMBLE, true, true},
};
#define SERVERS (sizeof servers / sizeof *servers)

static const char *title_of(const struct comparison *comparison, const struct server *server)
{
    return comparison->report.columns[server->column].title;
}

static bool is_there(const struct comparison *comparison, const struct server *server)
{
    const struct report *report = &comparison->report;
    if (report->columns[server->column].hidden || report->columns[server->column].absent)
        return false;
    if (server->way == WAYS)
        return comparison->inner_initramfs && comparison->modules;
    return comparison->usable[server->way] && (server->way != WAY_LINUX || comparison->modules);
}

/* Started and answering, or NULL after the reason is in the report. */
static struct instance *start(struct comparison *comparison, const struct server *server)
{
    const struct order order = {.job = JOB_PROGRAM, .serves = true, .as_linux = server->as_linux};
    struct report *report = &comparison->report;
    struct instance *instance =
        server->way == WAYS ? inner_serve(comparison) : way_start(comparison, server->way, &order);
    if (instance_answers(comparison, instance, comparison->deadline_s))
        return instance;
    instance_wait(instance, WAIT_TEXT, "no such text", 0.1);
    const char *last = instance_last_line(instance);
    way_stop(comparison, instance, 0);
    if (!interrupted)
        report_missing(report, server->first, server->column,
                       "no answer from port %u within %g s%s%s", comparison->port,
                       comparison->deadline_s, *last ? "; its last output: " : "", last);
    return NULL;
}

static bool measure_first(struct comparison *comparison, const struct server *server)
{
    struct instance *instance = start(comparison, server);
    if (!instance)
        return false;
    int64_t start_ns = server->way == WAYS ? instance->mark_ns : instance->start_ns;
    report_sample(&comparison->report, server->first, server->column,
                  (double)(clock_now_ns() - start_ns) / 1e6);
    way_stop(comparison, instance, 0);
    return true;
}

static void measure_load(struct comparison *comparison, const struct server *server)
{
    struct report *report = &comparison->report;
    enum column column = server->column;
    struct instance *instance = start(comparison, server);
    if (!instance)
        return;
    for (size_t i = 0; i < sizeof loads / sizeof *loads && !interrupted; i++) {
        clock_sleep_ms(SETTLE_MS);
        progress("requests: %s, %u connections", title_of(comparison, server),
                 loads[i].connections);
        const struct load_figures load =
            instance_load(comparison, instance, loads[i].connections, LOAD_S);
        if (load.trouble) {
            report_missing(report, loads[i].per_second, column, "%s", load.trouble);
            continue;
        }
        report_sample(report, loads[i].per_second, column, load.per_second);
        report_sample(report, loads[i].p50, column, load.p50_ms);
        report_sample(report, loads[i].p99, column, load.p99_ms);
    }
    report_words(report, ROW_NETWORK, column, "answered in this run on port %u of %s",
                 comparison->port, instance->reached_by);
    way_stop(comparison, instance, 0);
}

/* Why nothing was answered in a column, in words for each of its rows. */
static const char *reason(const struct report *report, enum row_id row, enum column column)
{
    if (row == ROW_FIRST_ANSWER_SAME && column != COLUMN_THIMBLE)
        return column == COLUMN_LINUX || column == COLUMN_INNER ? "the row above is already"
                                                                : "not a machine's";
    if (report->cells[ROW_FIRST_ANSWER][column].missing)
        return report->cells[ROW_FIRST_ANSWER][column].missing;
    return column == COLUMN_FULL ? "not measured: it has no network" : "not measured";
}

static void fill(struct report *report)
{
    for (enum column column = 0; column < COLUMNS; column++)
        for (enum row_id row = ROW_FIRST_ANSWER; row <= ROW_P99_64; row++) {
            const struct cell *cell = &report->cells[row][column];
            if (!cell->count && !cell->missing && !report->columns[column].absent)
                report_missing(report, row, column, "%s", reason(report, row, column));
        }
}

void measure_requests(struct comparison *comparison)
{
    bool answers[SERVERS];
    unsigned starts = comparison->runs < STARTS_MAX ? comparison->runs : STARTS_MAX;
    if (!comparison->exchange.request)
        return;
    for (size_t i = 0; i < SERVERS; i++)
        answers[i] = is_there(comparison, &servers[i]);
    int64_t start_ns = clock_now_ns();
    for (unsigned round = 0; round < starts; round++) {
        if (!start_again(comparison, round, FIRST_LEAST, (double)(clock_now_ns() - start_ns) / 1e9))
            break;
        for (size_t i = 0; i < SERVERS && !interrupted; i++) {
            if (!answers[i] || (servers[i].way == WAYS && round >= STARTS_SLOW))
                continue;
            progress("first answer: %s, %u of %u", title_of(comparison, &servers[i]), round + 1,
                     starts);
            answers[i] = measure_first(comparison, &servers[i]);
        }
    }
    for (size_t i = 0; i < SERVERS && !interrupted; i++)
        if (answers[i] && servers[i].loaded)
            measure_load(comparison, &servers[i]);
    if (!interrupted)
        fill(&comparison->report);
}
