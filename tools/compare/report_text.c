/* SPDX-License-Identifier: MIT
 *
 * The report on a terminal: a table of figures, then what takes words.
 */
#include <stdlib.h>
#include <string.h>

#include "writers.h"

#define TITLE_COLUMNS  29
#define FIGURE_COLUMNS 13

static void underline(const char *text, FILE *to)
{
    fprintf(to, "\n%s\n", text);
    for (size_t i = 0; text[i]; i++)
        fputc('-', to);
    fputc('\n', to);
}

/* A paragraph, indented, no wider than a small terminal. */
static void wrap(const char *first, const char *text, FILE *to)
{
    size_t column = (size_t)fprintf(to, "%s", first);
    while (*text) {
        size_t length = strcspn(text, " ");
        if (column + length > 96) {
            fprintf(to, "\n    ");
            column = 4;
        }
        column += (size_t)fprintf(to, "%.*s", (int)length, text);
        text += length;
        if (*text == ' ') {
            fputc(' ', to);
            column++;
            text++;
        }
    }
    fputc('\n', to);
}

static void figures(const struct report *report, FILE *to)
{
    const char *group = "";
    fprintf(to, "\n%-*s", TITLE_COLUMNS, "");
    for (enum column column = 0; column < COLUMNS; column++)
        if (!report->columns[column].hidden)
            fprintf(to, "%*s", FIGURE_COLUMNS, report->columns[column].brief);
    fputc('\n', to);
    for (enum row_id row = 0; row < ROWS; row++) {
        if (rows[row].unit == UNIT_WORDS || report->row_hidden[row])
            continue;
        if (strcmp(group, rows[row].group) != 0)
            fprintf(to, "%s\n", group = rows[row].group);
        fprintf(to, "  %-*s", TITLE_COLUMNS - 2, rows[row].title);
        for (enum column column = 0; column < COLUMNS; column++) {
            if (report->columns[column].hidden)
                continue;
            const char *text = report_has(report, row, column)
                                   ? figure_text(rows[row].unit, report_median(report, row, column))
                                   : "-";
            fprintf(to, "%*s", FIGURE_COLUMNS,
                    report_is_best(report, row, column) ? text_format("*%s", text) : text);
        }
        fputc('\n', to);
    }
    fprintf(to, "Medians; * is the best of a row; - is explained below.\n");
}

/* Rows of words, and what stands beside or instead of figures; columns that say
 * the same share a line. */
static void words(const struct report *report, FILE *to)
{
    for (enum row_id row = 0; row < ROWS; row++) {
        bool titled = false;
        if (report->row_hidden[row])
            continue;
        struct strings done = {0};
        for (enum column column = 0; column < COLUMNS; column++) {
            const struct cell *cell = &report->cells[row][column];
            const char *text = cell->words ? cell->words : cell->count ? NULL : cell->missing;
            if (!text || report->columns[column].hidden || strings_contain(&done, text))
                continue;
            strings_add(&done, text);
            if (!titled)
                fprintf(to, "%s: %s\n", rows[row].group, rows[row].title);
            titled = true;
            const char *names = report->columns[column].brief;
            for (enum column other = column + 1; other < COLUMNS; other++) {
                const struct cell *more = &report->cells[row][other];
                const char *same = more->words ? more->words : more->count ? NULL : more->missing;
                if (same && !report->columns[other].hidden && strcmp(same, text) == 0)
                    names = text_format("%s, %s", names, report->columns[other].brief);
            }
            wrap(text_format("  %s: ", names), text, to);
        }
    }
}

static void sentences(const char *title, const struct strings *list, FILE *to)
{
    if (!list->count)
        return;
    underline(title, to);
    for (size_t i = 0; i < list->count; i++)
        wrap("- ", list->at[i], to);
}

void report_text(const struct report *report, FILE *to)
{
    fprintf(to, "%s, %s%s\n", report->program, report->date,
            report->partial ? " (PARTIAL: see below for what is missing)" : "");
    for (size_t i = 0; i < report->fact_count; i++)
        wrap(text_format("  %s: ", report->facts[i].title), report->facts[i].value, to);
    figures(report, to);
    underline("In words", to);
    words(report, to);
    sentences("Answers", &report->answers, to);
    sentences("Advice", &report->advice, to);
    sentences("Missing or odd", &report->troubles, to);
    fprintf(to, "\n%s; %.0f s in all.\n", report_runs(report), report->seconds);
}
