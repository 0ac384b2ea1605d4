/* SPDX-License-Identifier: MIT
 *
 * The report as Markdown (GitHub's tables).
 */
#include <string.h>

#include "writers.h"

/* Text inside of a table's cell, on one line. */
static void put(const char *text, FILE *to)
{
    for (; *text; text++) {
        if (strchr("|\\<>*_`", *text))
            fputc('\\', to);
        fputc(*text == '\n' ? ' ' : *text, to);
    }
}

static void list(const char *title, const struct strings *sentences, FILE *to)
{
    if (!sentences->count)
        return;
    fprintf(to, "\n## %s\n\n", title);
    for (size_t i = 0; i < sentences->count; i++) {
        fputs("- ", to);
        put(sentences->at[i], to);
        fputc('\n', to);
    }
}

static void head(const struct report *report, const char *group, FILE *to)
{
    fprintf(to, "\n## %s\n\n| ", group);
    for (enum column column = 0; column < COLUMNS; column++)
        if (!report->columns[column].hidden)
            fprintf(to, "| %s ", report->columns[column].title);
    fputs("|\n|---", to);
    for (enum column column = 0; column < COLUMNS; column++)
        if (!report->columns[column].hidden)
            fputs("|---", to);
    fputs("|\n", to);
}

static void line(const struct report *report, enum row_id row, FILE *to)
{
    fprintf(to, "| %s ", rows[row].title);
    for (enum column column = 0; column < COLUMNS; column++) {
        if (report->columns[column].hidden)
            continue;
        const char *strong = report_is_best(report, row, column) ? "**" : "";
        fprintf(to, "| %s", strong);
        put(cell_text(report, row, column), to);
        fprintf(to, "%s ", strong);
    }
    fputs("|\n", to);
}

void report_markdown(const struct report *report, FILE *to)
{
    const char *group = "";
    fputs("# Container or virtual machine: ", to);
    put(report->program, to);
    fprintf(to, "\n\n%s, %s, %.0f s in all.%s\n\n", report->date, report_runs(report),
            report->seconds, report->partial ? " **This report is partial.**" : "");
    for (size_t i = 0; i < report->fact_count; i++) {
        fprintf(to, "- %s: ", report->facts[i].title);
        put(report->facts[i].value, to);
        fputc('\n', to);
    }
    list("Answers", &report->answers, to);
    list("Advice", &report->advice, to);
    for (enum row_id row = 0; row < ROWS; row++) {
        if (report->row_hidden[row])
            continue;
        if (strcmp(group, rows[row].group) != 0)
            head(report, group = rows[row].group, to);
        line(report, row, to);
    }
    list("Missing or odd", &report->troubles, to);
    fputs("\n## Method\n\nFigures are medians; the best of a row is bold.\n\n", to);
    for (enum row_id row = 0; row < ROWS; row++)
        if (!report->row_hidden[row])
            fprintf(to, "- %s, %s: %s\n", rows[row].group, rows[row].title, rows[row].method);
}
