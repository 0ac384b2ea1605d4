/* SPDX-License-Identifier: MIT
 *
 * Start-up: every way in turn, as often as asked, so that whatever else the host
 * does in the meantime hits them all alike. A first round warms up.
 */
#include <math.h>
#include <string.h>

#include "comparison.h"

#define END_PATIENCE_S 2.0 /* a program that has not ended by then is one that stays */

bool start_again(const struct comparison *comparison, unsigned runs_done, unsigned least,
                 double taken_s)
{
    return runs_done < least || taken_s < comparison->start_share_s;
}

/* Why a program did not get ready, for the report. */
static const char *failure(const struct comparison *comparison, const struct instance *instance,
                           bool ended)
{
    const char *last = instance_last_line(instance);
    const char *what = *last ? text_format("; its last output: %s", last) : "; it printed nothing";
    if (instance->status == 0 && instance->begin < instance->size && comparison->ready)
        return text_format("it ended without printing \"%s\"%s", comparison->ready, what);
    if (ended && instance->status >= 0)
        return text_format("it ended with status %d before it was ready%s", instance->status, what);
    return text_format("not ready within %g s%s", comparison->deadline_s, what);
}

/* A way in which the program does not get ready is not tried again. ended: by itself. */
static void give_up(struct comparison *comparison, enum way way, const struct instance *instance,
                    bool ended)
{
    struct report *report = &comparison->report;
    if (interrupted)
        return;
    const char *why = failure(comparison, instance, ended);
    comparison->usable[way] = false;
    report_trouble(report, "%s: the program did not get ready: %s.", way_names[way], why);
    if (way < WAYS_REAL)
        report_missing(report, ROW_START, way_columns[way], "%s", why);
    if (!comparison->worst_status)
        comparison->worst_status = EXIT_STATUS_FAILED;
}

static void note_status(struct comparison *comparison, enum way way, int status)
{
    if (status <= 0 || interrupted)
        return;
    if (comparison->worst_status == 0)
        comparison->worst_status = status;
    report_trouble(&comparison->report, "%s: the program ended with status %d.", way_names[way],
                   status);
}

struct start_times {
    double ready_ms, run_ms, end_ms; /* NAN: not known */
};

static struct start_times start_once(struct comparison *comparison, enum way way)
{
    const struct order order = {.job = JOB_PROGRAM};
    struct start_times times = {NAN, NAN, NAN};
    struct instance *instance = way_start(comparison, way, &order);
    bool ready = instance_wait(instance, WAIT_READY, NULL, comparison->deadline_s);
    bool ended =
        ready && comparison->ends && instance_wait(instance, WAIT_END, NULL, END_PATIENCE_S);
    int64_t output_end_ns = instance->end_ns;
    bool silent = instance->output < 0;
    way_stop(comparison, instance, ended || silent ? 2000 : 0);
    if (!ready) {
        give_up(comparison, way, instance, silent);
        return times;
    }
    times.ready_ms = instance_ready_ms(instance);
    if (ended) {
        times.run_ms = (double)(output_end_ns - instance->ready_ns) / 1e6;
        times.end_ms = (double)(output_end_ns - instance->start_ns) / 1e6;
        note_status(comparison, way, instance->status);
    }
    return times;
}

static void note(struct report *report, enum column column, const struct start_times *times)
{
    report_sample(report, ROW_START, column, times->ready_ms);
    if (!isnan(times->end_ms)) {
        report_sample(report, ROW_START_END, column, times->end_ms);
        report_sample(report, ROW_RUN_TIME, column, times->run_ms);
    }
}

/* Does the program end by itself? Asked of the quickest way to run it. */
static void find_end(struct comparison *comparison)
{
    static const enum way order[] = {WAY_RUNC, WAY_THIMBLE, WAY_ENGINE, WAY_LINUX};
    const struct order program = {.job = JOB_PROGRAM};
    for (size_t i = 0; i < sizeof order / sizeof *order && !interrupted; i++) {
        if (!comparison->usable[order[i]])
            continue;
        struct instance *instance = way_start(comparison, order[i], &program);
        bool ready = instance_wait(instance, WAIT_READY, NULL, comparison->deadline_s);
        comparison->ends = ready && instance_wait(instance, WAIT_END, NULL, END_PATIENCE_S);
        bool silent = instance->output < 0;
        way_stop(comparison, instance, comparison->ends || silent ? 2000 : 0);
        if (ready)
            return;
        give_up(comparison, order[i], instance, silent);
    }
}

static void split(struct comparison *comparison, double *floor, double *rom, size_t count)
{
    struct report *report = &comparison->report;
    static const enum column columns[] = {COLUMN_LINUX, COLUMN_THIMBLE};
    double floor_ms = statistics_of(floor, count).median, rom_ms = statistics_of(rom, count).median;
    double firmware_ms = floor_ms > rom_ms ? floor_ms - rom_ms : 0;
    bool noise = firmware_ms < 0.1 * rom_ms;
    for (size_t i = 0; count && i < 2; i++) {
        enum column column = columns[i];
        if (!report_has(report, ROW_START, column))
            continue;
        for (size_t j = 0; j < count; j++)
            report_sample(report, ROW_START_HYPERVISOR, column, rom[j]);
        report_sample(report, ROW_START_FIRMWARE, column, firmware_ms);
        if (noise)
            report_words(report, ROW_START_FIRMWARE, column,
                         "too little on this machine type to be told from noise");
        report_sample(report, ROW_START_GUEST, column,
                      report_median(report, ROW_START, column) - rom_ms - firmware_ms);
    }
    static const enum column others[] = {COLUMN_ENGINE, COLUMN_RUNC, COLUMN_INNER};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (report->columns[others[i]].absent)
            continue;
        report_words(report, ROW_START_HYPERVISOR, others[i], "none");
        report_words(report, ROW_START_FIRMWARE, others[i], "none");
        report_words(report, ROW_START_GUEST, others[i], "all of it: runtime and program");
    }
}

static void say_what_stays(struct comparison *comparison)
{
    struct report *report = &comparison->report;
    for (enum way way = 0; way < WAYS_REAL; way++) {
        if (comparison->ends || !comparison->usable[way])
            continue;
        report_words(report, ROW_START_END, way_columns[way], "it does not end by itself");
        report_words(report, ROW_RUN_TIME, way_columns[way], "it does not end by itself");
    }
    if (!comparison->ends && !report->columns[COLUMN_INNER].absent) {
        report_words(report, ROW_START_END, COLUMN_INNER, "it does not end by itself");
        report_words(report, ROW_RUN_TIME, COLUMN_INNER, "it does not end by itself");
    }
}

void measure_start(struct comparison *comparison)
{
    double floor[comparison->runs], rom[comparison->runs];
    size_t floor_count = 0;
    double taken_s[WAYS] = {0};
    progress("does the program end by itself?");
    find_end(comparison);
    for (unsigned run = 0; run <= comparison->runs && !interrupted; run++) {
        struct start_times all[WAYS];
        progress("start-up: round %u of %u", run, comparison->runs);
        for (enum way way = 0; way < WAYS && !interrupted; way++) {
            all[way].ready_ms = NAN;
            if (!comparison->usable[way] ||
                !start_again(comparison, run, STARTS_LEAST, taken_s[way]))
                continue;
            int64_t begin_ns = clock_now_ns();
            all[way] = start_once(comparison, way);
            taken_s[way] += (double)(clock_now_ns() - begin_ns) / 1e9;
            if (run && way < WAYS_REAL && !interrupted && !isnan(all[way].ready_ms))
                note(&comparison->report, way_columns[way], &all[way]);
        }
        if (run && !interrupted && !isnan(all[WAY_ROM].ready_ms + all[WAY_FLOOR].ready_ms)) {
            floor[floor_count] = all[WAY_FLOOR].ready_ms;
            rom[floor_count++] = all[WAY_ROM].ready_ms;
        }
    }
    split(comparison, floor, rom, floor_count);
    say_what_stays(comparison);
}
