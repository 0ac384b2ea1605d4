/* SPDX-License-Identifier: MIT
 *
 * Plots by gnuplot: bars of one row's medians, and two of a kind of their own.
 */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "tools/process.h"
#include "tools/temporary.h"
#include "writers.h"

static const char *const colours[COLUMNS] = {"#2878b5", "#6aa9d8", "#9fb7c9",
                                             "#c76d2e", "#8a4a1c", "#2c8a43"};

/* Runs a script; its SVG without the XML prologue, or NULL. */
static const char *draw(const char *script)
{
    const char *path = temporary_path("plot.gp");
    struct strings argv = {0};
    FILE *file = fopen(path, "w");
    if (!file)
        return NULL;
    fputs(script, file);
    if (fclose(file))
        return NULL;
    int out = scratch_open(), err = scratch_open();
    strings_add_all(&argv, (const char *const[]){"gnuplot", path, NULL});
    int status = process_wait(process_start(&argv, out, err));
    const char *text = scratch_text(out);
    close(err);
    unlink(path);
    return status == 0 ? strstr(text, "<svg") : NULL;
}

static void figure(const char *script, const char *caption, FILE *to)
{
    const char *svg = draw(script);
    if (!svg)
        return;
    fprintf(to, "<figure>%s<figcaption>", svg);
    html_escape(caption, to);
    fputs("</figcaption></figure>\n", to);
}

static const char *heading(const char *name)
{
    return text_format("set terminal svg size 560,300 name '%s' font 'sans-serif,12' background "
                       "'#ffffff'\nset encoding utf8\nunset key\nset border 3\n"
                       "set tics nomirror\nset grid y lc rgb '#dddddd'\n",
                       name);
}

static double scale_of(enum unit unit)
{
    return unit == UNIT_BYTES ? 1.0 / (1 << 20) : 1;
}

static const char *axis_of(enum unit unit)
{
    return unit == UNIT_BYTES     ? "MB"
           : unit == UNIT_MS      ? "milliseconds"
           : unit == UNIT_S       ? "seconds"
           : unit == UNIT_PERCENT ? "per cent"
                                  : "";
}

/* What a bar plot is made of, gathered column by column. */
struct bars {
    const char *data, *marks, *labels; /* in gnuplot's words */
    double least, most;
    int count;
};

static void add_bar(struct bars *bars, const struct report *report, enum row_id row,
                    enum column column)
{
    struct statistics figures = report_statistics(report, row, column);
    double scale = scale_of(rows[row].unit), value = figures.median * scale;
    if (!(value > 0)) /* a logarithm has no place for it */
        return;
    bars->least = bars->count ? fmin(bars->least, value) : value;
    bars->most = fmax(bars->most, value);
    bars->data = text_format("%s%d %g %g %g 0x%s\n", bars->data, bars->count, value,
                             figures.low * scale, figures.high * scale, colours[column] + 1);
    bars->marks = text_format("%s%s'%s' %d", bars->marks, bars->count ? "," : "",
                              report->columns[column].brief, bars->count);
    bars->labels =
        text_format("%sset label '%s' at %d,%g center offset 0,0.9\n", bars->labels,
                    figure_text(rows[row].unit, figures.median), bars->count, figures.high * scale);
    bars->count++;
}

/* Bars on a logarithmic scale, with the confidence of the medians. */
static void bars(const struct report *report, enum row_id row, const char *caption, FILE *to)
{
    struct bars bars = {"", "", "", 0, 0, 0};
    for (enum column column = 0; column < COLUMNS; column++)
        if (report_has(report, row, column))
            add_bar(&bars, report, row, column);
    if (bars.count < 2)
        return;
    const char *script = text_format(
        "%sset logscale y\nset yrange [%g:%g]\nset xrange [-0.6:%g]\nset ylabel '%s'\n"
        "set xtics (%s)\nset boxwidth 0.62\nset style fill solid 0.9 noborder\n%s$d << E\n%sE\n"
        "plot $d using 1:2:5 with boxes lc rgb variable, $d using 1:3:(0):($4-$3) with vectors "
        "nohead lw 1.5 "
        "lc rgb '#222222'\n",
        heading(text_format("row_%d", (int)row)), bars.least / 3, bars.most * 4, bars.count - 0.4,
        axis_of(rows[row].unit), bars.marks, bars.labels, bars.data);
    figure(script, caption, to);
}

/* Every run of the start-up row as a point, so that spread and drift are seen. */
static void runs(const struct report *report, FILE *to)
{
    const char *blocks = "", *plot = "";
    for (enum column column = 0; column < COLUMNS; column++) {
        const struct cell *cell = &report->cells[ROW_START][column];
        if (!report_has(report, ROW_START, column) || cell->count < 2)
            continue;
        blocks = text_format("%s$c%d << E\n", blocks, (int)column);
        for (size_t i = 0; i < cell->count; i++)
            blocks = text_format("%s%zu %g\n", blocks, i + 1, cell->samples[i]);
        blocks = text_format("%sE\n", blocks);
        plot = text_format("%s%s$c%d using 1:2 with linespoints pt 7 ps 0.4 lc rgb '%s' title '%s'",
                           plot, *plot ? ", " : "", (int)column, colours[column],
                           report->columns[column].brief);
    }
    if (!*plot)
        return;
    figure(text_format("%sset key outside top center horizontal\nset logscale y\n"
                       "set xlabel 'run'\nset ylabel 'milliseconds'\n%splot %s\n",
                       heading("runs"), blocks, plot),
           "Start to ready, every run (logarithmic).", to);
}

static void density(const struct report *report, FILE *to)
{
    static const struct {
        int count;
        enum row_id row;
    } sizes[] = {{1, ROW_TOTAL_1}, {10, ROW_TOTAL_10}, {50, ROW_TOTAL_50}};
    const char *blocks = "", *plot = "";
    for (enum column column = 0; column < COLUMNS; column++) {
        const char *data = "";
        for (size_t i = 0; i < 3; i++)
            if (report_has(report, sizes[i].row, column))
                data = text_format("%s%d %g\n", data, sizes[i].count,
                                   report_median(report, sizes[i].row, column) / (1 << 20));
        if (!*data)
            continue;
        blocks = text_format("%s$c%d << E\n%sE\n", blocks, (int)column, data);
        plot = text_format("%s%s$c%d using 1:2 with linespoints pt 7 ps 0.6 lw 2 lc rgb '%s' "
                           "title '%s'",
                           plot, *plot ? ", " : "", (int)column, colours[column],
                           report->columns[column].brief);
    }
    if (!*plot)
        return;
    figure(text_format("%sset key outside top center horizontal\nset logscale xy\n"
                       "set xrange [0.8:70]\nset xtics (1,10,50)\nset xlabel 'instances at once'\n"
                       "set ylabel 'MB'\n%splot %s\n",
                       heading("density"), blocks, plot),
           "Memory of so many instances at once (logarithmic).", to);
}

void plots_write(const struct report *report, FILE *to)
{
    fputs("<h2>At a glance</h2>\n", to);
    if (!process_find("gnuplot")) {
        fputs(
            "<p class=\"note\">There are no plots, because gnuplot is not installed here (package "
            "gnuplot-nox).</p>\n",
            to);
        return;
    }
    fputs("<div class=\"plots\">\n", to);
    bars(report, ROW_SIZE, "What is shipped (logarithmic).", to);
    bars(report, ROW_START, "Start to ready, medians (logarithmic).", to);
    runs(report, to);
    bars(report, ROW_COMPUTE, "Compute kernel: seconds (logarithmic).", to);
    bars(report, ROW_MEMORY_HOST, "Memory of one waiting instance (logarithmic).", to);
    bars(report, ROW_MEMORY_SMALLEST, "Smallest memory that works (logarithmic).", to);
    density(report, to);
    fputs("</div>\n", to);
}
