/* SPDX-License-Identifier: MIT
 *
 * The report as one page that needs nothing else: no script, no network.
 */
#include <string.h>

#include "writers.h"

static const char style[] =
    ":root{color-scheme:light dark;--back:#fff;--text:#1c1e21;--soft:#5c636b;--line:#d9dde2;"
    "--best:#e3f4e6;--bestline:#2c8a43;--head:#f3f5f7;--warn:#fff4d6}\n"
    "@media(prefers-color-scheme:dark){:root{--back:#15181c;--text:#e4e7ea;--soft:#9aa3ad;"
    "--line:#343a41;--best:#17361f;--bestline:#5fc47a;--head:#1f242a;--warn:#3a3012}}\n"
    "body{background:var(--back);color:var(--text);font:16px/1.5 system-ui,sans-serif;"
    "max-width:72rem;margin:0 auto;padding:1rem}\n"
    "h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.15rem;margin:2rem 0 .5rem}\n"
    "p,li{max-width:46rem}.soft{color:var(--soft);font-size:.9rem}\n"
    ".note{background:var(--warn);padding:.6rem .9rem;border-radius:.4rem}\n"
    ".wide{overflow-x:auto;border:1px solid var(--line);border-radius:.4rem}\n"
    "table{border-collapse:collapse;width:100%;min-width:52rem;table-layout:fixed;font-size:.9rem}"
    "\n"
    "thead th:first-child{width:9rem}"
    "th,td{padding:.4rem .6rem;border-bottom:1px solid var(--line);text-align:left;"
    "vertical-align:top;overflow-wrap:anywhere}\n"
    "td.figure{font-variant-numeric:tabular-nums}\n"
    "thead th,tbody th{background:var(--head)}tbody th{font-weight:600;position:sticky;left:0}\n"
    "td.best{background:var(--best);font-weight:600}td.best::before{content:\"\\2713  \";"
    "color:var(--bestline)}\n"
    "td small{display:block;color:var(--soft);font-weight:400;max-width:22rem}\n"
    ".plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:"
    "1rem}\n"
    "figure{margin:0;background:#fff;color:#222;border:1px solid var(--line);border-radius:.4rem;"
    "padding:.5rem}figure svg{width:100%;height:auto;display:block}\n"
    "figcaption{font-size:.85rem;color:#555}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;font-size:.9rem}"
    "dt{color:var(--soft)}dd{margin:0}\n"
    "@media(max-width:40rem){dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}}\n"
    "pre{overflow-x:auto;font-size:.75rem}details{margin:.5rem 0}\n"
    "@media print{body{max-width:none;font-size:9.5pt}.wide{overflow:visible}"
    "table{min-width:0}details{display:none}h2{break-after:avoid}tr,figure{break-inside:avoid}}\n";

void html_escape(const char *text, FILE *to)
{
    for (; *text; text++) {
        const char *entity = *text == '&'   ? "&amp;"
                             : *text == '<' ? "&lt;"
                             : *text == '>' ? "&gt;"
                             : *text == '"' ? "&quot;"
                                            : NULL;
        if (entity)
            fputs(entity, to);
        else
            fputc(*text, to);
    }
}

static void element(const char *name, const char *text, FILE *to)
{
    fprintf(to, "<%s>", name);
    html_escape(text, to);
    fprintf(to, "</%s>", name);
}

static void list(const char *title, const struct strings *sentences, FILE *to)
{
    if (!sentences->count)
        return;
    fprintf(to, "<h2>%s</h2>\n<ul>\n", title);
    for (size_t i = 0; i < sentences->count; i++) {
        /* A question, or what a piece of advice is for, stands out. */
        size_t lead = strcspn(sentences->at[i], "?:") + 1;
        bool leads = lead < strlen(sentences->at[i]) && lead < 90;
        fputs("<li>", to);
        if (leads)
            element("b", text_copy_bytes(sentences->at[i], lead), to);
        html_escape(sentences->at[i] + (leads ? lead : 0), to);
        fputs("</li>\n", to);
    }
    fputs("</ul>\n", to);
}

static void cell(const struct report *report, enum row_id row, enum column column, bool best,
                 FILE *to)
{
    const struct cell *cell = &report->cells[row][column];
    fprintf(to, "<td class=\"%s%s\">", cell->count ? "figure" : "words", best ? " best" : "");
    if (cell->count) {
        struct statistics figures = report_statistics(report, row, column);
        html_escape(figure_text(rows[row].unit, figures.median), to);
        if (figures.count >= 6) {
            fputs("<small>", to);
            html_escape(text_format("%s to %s", figure_text(rows[row].unit, figures.low),
                                    figure_text(rows[row].unit, figures.high)),
                        to);
            fputs("</small>", to);
        }
    }
    const char *words = cell->words     ? cell->words
                        : cell->count   ? NULL
                        : cell->missing ? text_format("\xe2\x80\x93 %s", cell->missing)
                                        : "\xe2\x80\x93";
    if (words)
        element(rows[row].unit == UNIT_WORDS && cell->words ? "span" : "small", words, to);
    fputs("</td>", to);
}

static void table_start(const struct report *report, const char *group, FILE *to)
{
    fprintf(to, "<h2>%s</h2>\n<div class=\"wide\"><table><thead><tr><th></th>", group);
    for (enum column column = 0; column < COLUMNS; column++)
        if (!report->columns[column].hidden)
            element("th", report->columns[column].title, to);
    fputs("</tr></thead><tbody>\n", to);
}

static void tables(const struct report *report, FILE *to)
{
    const char *group = NULL;
    for (enum row_id row = 0; row < ROWS; row++) {
        if (report->row_hidden[row])
            continue;
        if (!group || strcmp(group, rows[row].group) != 0) {
            if (group)
                fputs("</tbody></table></div>\n", to);
            table_start(report, group = rows[row].group, to);
        }
        fputs("<tr>", to);
        element("th", rows[row].title, to);
        for (enum column column = 0; column < COLUMNS; column++)
            if (!report->columns[column].hidden)
                cell(report, row, column, report_is_best(report, row, column), to);
        fputs("</tr>\n", to);
    }
    fputs("</tbody></table></div>\n", to);
}

static void raw_data(const struct report *report, FILE *to)
{
    fputs("<h2>Raw data</h2>\n<details><summary>Every sample, in the order they were "
          "taken</summary>\n<pre>",
          to);
    for (enum row_id row = 0; row < ROWS; row++)
        for (enum column column = 0; column < COLUMNS; column++) {
            const struct cell *cell = &report->cells[row][column];
            if (!cell->count || report->columns[column].hidden)
                continue;
            fprintf(to, "%s %s:", rows[row].key, report->columns[column].key);
            for (size_t i = 0; i < cell->count; i++)
                fprintf(to, " %.6g", cell->samples[i]);
            fputc('\n', to);
        }
    fputs("</pre></details>\n", to);
}

static void method(const struct report *report, FILE *to)
{
    fprintf(to,
            "<h2>Method</h2>\n<p>Figures are medians; below them, where there are six samples or "
            "more, the range in which the true median lies with 95&nbsp;%% confidence. The best "
            "figure of a row is marked. The ways took turns: %s.</p>\n<dl>\n",
            report_runs(report));
    for (enum row_id row = 0; row < ROWS; row++) {
        if (report->row_hidden[row])
            continue;
        element("dt", text_format("%s: %s", rows[row].group, rows[row].title), to);
        element("dd", rows[row].method, to);
        fputc('\n', to);
    }
    fputs("</dl>\n", to);
}

static void facts(const struct report *report, FILE *to)
{
    fputs("<h2>What it ran on</h2>\n<dl>\n", to);
    for (size_t i = 0; i < report->fact_count; i++) {
        element("dt", report->facts[i].title, to);
        element("dd", report->facts[i].value, to);
        fputc('\n', to);
    }
    fputs("</dl>\n", to);
}

void report_html(const struct report *report, FILE *to)
{
    const char *title = text_format("Container or virtual machine: %s", report->program);
    fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
          "<link rel=\"icon\" href=\"data:,\">\n",
          to);
    element("title", title, to);
    fprintf(to, "\n<style>\n%s</style></head><body>\n", style);
    element("h1", title, to);
    fprintf(to, "\n<p class=\"soft\">Measured %s by <code>mkimage compare</code> in %.0f s.</p>\n",
            report->date, report->seconds);
    if (report->partial)
        fputs("<p class=\"note\">This report is partial: the end of the page says what is "
              "missing.</p>\n",
              to);
    if (report->emulated)
        fputs("<p class=\"note\">The virtual machines ran on an <b>emulated</b> processor, because "
              "this host has no usable hardware virtualisation; the containers ran on the real "
              "one. The column <i>container in the Linux VM</i> is a container on the same "
              "emulated processor: compare with that one where the processor matters.</p>\n",
              to);
    list("Answers", &report->answers, to);
    list("Advice", &report->advice, to);
    plots_write(report, to);
    tables(report, to);
    facts(report, to);
    list("Missing or odd", &report->troubles, to);
    method(report, to);
    raw_data(report, to);
    fputs("</body></html>\n", to);
}
