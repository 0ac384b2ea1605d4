/* SPDX-License-Identifier: MIT
 *
 * The report as JSON: every sample, as docs/compare.schema.json describes it.
 */
#include "tools/json_values.h"
#include "writers.h"

static const char *const unit_names[] = {"words", "ms", "s", "bytes", "percent", "count"};
static const char *const better_names[] = {"neither", "less", "more"};

static json_t *cell_json(const struct report *report, enum row_id row, enum column column)
{
    const struct cell *cell = &report->cells[row][column];
    json_t *object = json_object();
    if (cell->count) {
        struct statistics figures = report_statistics(report, row, column);
        json_t *samples = json_array();
        for (size_t i = 0; i < cell->count; i++)
            json_array_append_new(samples, json_real(cell->samples[i]));
        json_object_set_new(object, "median", json_real(figures.median));
        json_object_set_new(object, "low", json_real(figures.low));
        json_object_set_new(object, "high", json_real(figures.high));
        json_object_set_new(object, "p90", json_real(figures.p90));
        json_object_set_new(object, "least", json_real(figures.least));
        json_object_set_new(object, "most", json_real(figures.most));
        json_object_set_new(object, "samples", samples);
    }
    if (cell->words)
        json_object_set_new(object, "words", json_from_text(cell->words));
    if (cell->missing && !cell->count && !cell->words)
        json_object_set_new(object, "missing", json_from_text(cell->missing));
    return object;
}

static json_t *row_json(const struct report *report, enum row_id row)
{
    json_t *cells = json_object();
    for (enum column column = 0; column < COLUMNS; column++)
        if (!report->columns[column].hidden)
            json_object_set_new(cells, report->columns[column].key, cell_json(report, row, column));
    return json_pack("{ss ss ss ss ss ss so}", "key", rows[row].key, "group", rows[row].group,
                     "title", rows[row].title, "unit", unit_names[rows[row].unit], "better",
                     better_names[rows[row].better], "method", rows[row].method, "cells", cells);
}

static json_t *columns_json(const struct report *report)
{
    json_t *columns = json_array();
    for (enum column column = 0; column < COLUMNS; column++) {
        const struct column_facts *facts = &report->columns[column];
        if (facts->hidden)
            continue;
        json_t *object = json_pack("{ss ss}", "key", facts->key, "title", facts->title);
        if (facts->absent)
            json_object_set_new(object, "absent", json_from_text(facts->absent));
        json_array_append_new(columns, object);
    }
    return columns;
}

void report_json(const struct report *report, FILE *to)
{
    json_t *host = json_object(), *all = json_array();
    for (size_t i = 0; i < report->fact_count; i++)
        json_object_set_new(host, report->facts[i].key, json_from_text(report->facts[i].value));
    for (enum row_id row = 0; row < ROWS; row++)
        if (!report->row_hidden[row])
            json_array_append_new(all, row_json(report, row));
    json_t *root =
        json_pack("{si so ss sb sf si sb so so so so so so}", "version", 1, "program",
                  json_from_text(report->program), "date", report->date, "partial", report->partial,
                  "seconds", report->seconds, "runs", (int)report->runs, "emulated",
                  report->emulated, "host", host, "columns", columns_json(report), "rows", all,
                  "answers", json_from_list(&report->answers), "advice",
                  json_from_list(&report->advice), "troubles", json_from_list(&report->troubles));
    json_dumpf(root, to, JSON_INDENT(1) | JSON_REAL_PRECISION(10));
    fputc('\n', to);
    json_decref(root);
}
