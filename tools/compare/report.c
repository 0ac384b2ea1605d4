/* SPDX-License-Identifier: MIT
 *
 * Filling a report in, and turning its figures into words.
 */
#include "report.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

void report_start(struct report *report)
{
    static const struct column_facts columns[COLUMNS] = {
        [COLUMN_ENGINE] = {.key = "engine", .title = "container (docker)", .brief = "docker"},
        [COLUMN_RUNC] = {.key = "runc", .title = "container (runc)", .brief = "runc"},
        [COLUMN_INNER] = {.key = "inner",
                          .title = "container in the Linux VM",
                          .brief = "in Linux VM"},
        [COLUMN_LINUX] = {.key = "linux_vm", .title = "Linux VM", .brief = "Linux VM"},
        [COLUMN_FULL] = {.key = "full_vm",
                         .title = "full Linux VM (systemd)",
                         .brief = "full VM",
                         .hidden = true},
        [COLUMN_THIMBLE] = {.key = "thimble_vm", .title = "Thimble VM", .brief = "Thimble VM"},
    };
    char date[32];
    time_t now = time(NULL);
    strftime(date, sizeof date, "%Y-%m-%d %H:%M UTC", gmtime(&now));
    *report = (struct report){.date = text_copy(date)};
    memcpy(report->columns, columns, sizeof columns);
}

void report_name_column(struct report *report, enum column column, const char *engine)
{
    report->columns[column].title = text_format("container (%s)", engine);
    report->columns[column].brief = engine;
}

#define FORMAT_INTO(target)                                                                        \
    do {                                                                                           \
        va_list arguments;                                                                         \
        va_start(arguments, format);                                                               \
        (target) = text_format_list(format, arguments);                                            \
        va_end(arguments);                                                                         \
    } while (0)

void report_sample(struct report *report, enum row_id row, enum column column, double value)
{
    struct cell *cell = &report->cells[row][column];
    if (cell->count == cell->capacity) {
        size_t wider = cell->capacity ? 2 * cell->capacity : 8;
        cell->samples = memory_grow(cell->samples, cell->count * sizeof *cell->samples,
                                    wider * sizeof *cell->samples);
        cell->capacity = wider;
    }
    cell->samples[cell->count++] = value;
}

void report_words(struct report *report, enum row_id row, enum column column, const char *format,
                  ...)
{
    FORMAT_INTO(report->cells[row][column].words);
}

void report_missing(struct report *report, enum row_id row, enum column column, const char *format,
                    ...)
{
    FORMAT_INTO(report->cells[row][column].missing);
}

void report_trouble(struct report *report, const char *format, ...)
{
    const char *text;
    FORMAT_INTO(text);
    if (!strings_contain(&report->troubles, text))
        strings_add(&report->troubles, text);
}

void report_column_absent(struct report *report, enum column column, const char *format, ...)
{
    FORMAT_INTO(report->columns[column].absent);
}

void report_fact(struct report *report, const char *key, const char *title, const char *format, ...)
{
    const char *value;
    FORMAT_INTO(value);
    size_t bytes = sizeof *report->facts, count = report->fact_count;
    report->facts = memory_grow(report->facts, count * bytes, (count + 1) * bytes);
    report->facts[report->fact_count++] = (struct fact){key, title, value};
}

bool report_has(const struct report *report, enum row_id row, enum column column)
{
    return report->cells[row][column].count > 0 && !report->columns[column].hidden;
}

struct statistics report_statistics(const struct report *report, enum row_id row,
                                    enum column column)
{
    const struct cell *cell = &report->cells[row][column];
    return statistics_of(cell->samples, cell->count);
}

double report_median(const struct report *report, enum row_id row, enum column column)
{
    return report_statistics(report, row, column).median;
}

void report_settle(struct report *report)
{
    for (enum column column = 0; column < COLUMNS; column++) {
        const struct column_facts *facts = &report->columns[column];
        size_t empty = 0;
        if (facts->hidden)
            continue;
        for (enum row_id row = 0; row < ROWS; row++) {
            struct cell *cell = &report->cells[row][column];
            if (cell->count || cell->words || cell->missing || report->row_hidden[row])
                continue;
            cell->missing = facts->absent ? facts->absent : "not reached";
            empty++;
        }
        if (facts->absent)
            report_trouble(report, "%s: %s.", facts->title, facts->absent);
        else if (empty)
            report_trouble(report, "%s: %zu rows were not reached.", facts->title, empty);
        report->partial |= empty > 0;
    }
}

int report_best(const struct report *report, enum row_id row)
{
    int best = -1;
    double best_figure = 0;
    if (rows[row].better == BETTER_NEITHER)
        return -1;
    for (enum column column = 0; column < COLUMNS; column++) {
        if (!report_has(report, row, column))
            continue;
        double figure = report_median(report, row, column);
        if (rows[row].better == BETTER_MORE)
            figure = -figure;
        if (best < 0 || figure < best_figure) {
            best = (int)column;
            best_figure = figure;
        }
    }
    return best;
}

bool report_is_best(const struct report *report, enum row_id row, enum column column)
{
    int best = report_best(report, row);
    bool worse = false;
    if (best < 0 || !report_has(report, row, column))
        return false;
    double figure = report_median(report, row, (enum column)best);
    for (enum column other = 0; other < COLUMNS; other++)
        worse |= report_has(report, row, other) && report_median(report, row, other) != figure;
    return worse && report_median(report, row, column) == figure;
}

/* Three digits that matter. */
static const char *plain(double value)
{
    double size = fabs(value);
    int digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.0995 ? 2 : 3;
    return text_format("%.*f", digits, value);
}

const char *figure_text(enum unit unit, double value)
{
    switch (unit) {
    case UNIT_MS:
        return fabs(value) >= 9999.5 ? text_format("%s s", plain(value / 1000))
                                     : text_format("%s ms", plain(value));
    case UNIT_S:
        return text_format("%s s", plain(value));
    case UNIT_BYTES:
        return value < 0 ? text_format("-%s", text_size((unsigned long long)-value))
                         : text_size((unsigned long long)value);
    case UNIT_PERCENT:
        return value < 0.005 ? "0 %" : text_format("%s %%", plain(value));
    case UNIT_COUNT:
    case UNIT_WORDS:
        break;
    }
    return text_format("%.0f", value);
}

const char *cell_text(const struct report *report, enum row_id row, enum column column)
{
    const struct cell *cell = &report->cells[row][column];
    if (cell->count) {
        const char *figure =
            figure_text(rows[row].unit, report_statistics(report, row, column).median);
        return cell->words ? text_format("%s (%s)", figure, cell->words) : figure;
    }
    if (cell->words)
        return cell->words;
    return text_format("- (%s)", cell->missing ? cell->missing : "not reached");
}

const char *report_runs(const struct report *report)
{
    const char *words = text_format("%u runs each for start-up", (unsigned)report->runs);
    for (enum column column = 0; column < COLUMNS; column++) {
        size_t count = report->cells[ROW_START][column].count;
        if (count && count < report->runs)
            words = text_format("%s, %u of the %s", words, (unsigned)count,
                                report->columns[column].title);
    }
    return words;
}

const char *ratio_text(double ratio)
{
    return ratio >= 9.95 ? text_format("%.0f", ratio) : text_format("%.1f", ratio);
}
