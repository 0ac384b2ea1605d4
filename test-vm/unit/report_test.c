/* SPDX-License-Identifier: MIT
 *
 * A comparison's report: filling in, settling, choosing the best, and the
 * writers, on figures that are known.
 */
// sources: tools/compare/report.c tools/compare/rows.c tools/compare/statistics.c
// sources: tools/compare/advice.c tools/compare/report_json.c tools/compare/report_text.c
// sources: tools/compare/report_markdown.c tools/text.c tools/error.c
// sources: tools/json_values.c -ljansson -lm
#include "tools/compare/comparison.h"
#include "tools/compare/writers.h"

#include <jansson.h>

#include "unit.h"

static struct report report;

static void fill(void)
{
    report_start(&report);
    report.program = "a|b<c>\xff.c";
    report.runs = 3;
    report.emulated = true;
    for (int i = 0; i < 3; i++) {
        report_sample(&report, ROW_START, COLUMN_ENGINE, 200 + i);
        report_sample(&report, ROW_START, COLUMN_THIMBLE, 20 + i);
        report_sample(&report, ROW_START, COLUMN_LINUX, 2000 + i);
    }
    report_sample(&report, ROW_SIZE, COLUMN_THIMBLE, 34000);
    report_sample(&report, ROW_SIZE, COLUMN_LINUX, 15000000);
    report_sample(&report, ROW_MEMORY_HOST, COLUMN_ENGINE, 9 << 20);
    report_sample(&report, ROW_MEMORY_HOST, COLUMN_THIMBLE, 20 << 20);
    report_words(&report, ROW_POSTURE, COLUMN_ENGINE, "words with | and %s", "<tags>");
    report_column_absent(&report, COLUMN_RUNC, "no runc");
}

static const char *written(report_writer *writer)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *to = open_memstream(&text, &bytes);
    writer(&report, to);
    fclose(to);
    const char *copy = text_copy(text);
    free(text);
    return copy;
}

static void settling(void)
{
    fill();
    CHECK(report_best(&report, ROW_START) == COLUMN_THIMBLE);
    CHECK(report_best(&report, ROW_MEMORY_HOST) == COLUMN_ENGINE);
    CHECK(report_best(&report, ROW_START_GUEST) == -1); /* no figure is better there */
    report_settle(&report);
    CHECK(report.partial);
    CHECK_TEXT(report.cells[ROW_START][COLUMN_RUNC].missing, "no runc");
    CHECK_TEXT(report.cells[ROW_START][COLUMN_INNER].missing, "not reached");
    CHECK_TEXT(cell_text(&report, ROW_START, COLUMN_ENGINE), "201 ms");
}

static void figures(void)
{
    CHECK_TEXT(figure_text(UNIT_MS, 21.04), "21.0 ms");
    CHECK_TEXT(figure_text(UNIT_MS, 12345), "12.3 s");
    CHECK_TEXT(figure_text(UNIT_BYTES, 34000), "33.2 KB");
    CHECK_TEXT(figure_text(UNIT_BYTES, -2048), "-2.0 KB");
    CHECK_TEXT(figure_text(UNIT_COUNT, 282), "282");
    CHECK_TEXT(figure_text(UNIT_PERCENT, 0), "0 %");
    CHECK_TEXT(ratio_text(1.44), "1.4");
    CHECK_TEXT(ratio_text(57.6), "58");
}

/* Rules speak when their figures are there, and for whoever wins. */
static void advising(void)
{
    fill();
    advise(&report);
    const char *all = "";
    for (size_t i = 0; i < report.advice.count; i++)
        all = text_format("%s%s\n", all, report.advice.at[i]);
    CHECK(strstr(all, "Thimble VM (21.0 ms) is ready sooner than container (docker) (201 ms)"));
    CHECK(strstr(all, "container (docker) (9.0 MB) takes less of the host than Thimble VM"));
    CHECK(strstr(all, "95 times as long"));
    CHECK(!strstr(all, "not trusted")); /* nothing was probed */
    CHECK(report.answers.count == 3);
    CHECK(strstr(report.answers.at[0], "Linux VM 14.3 MB (441 times that)"));
}

static void writing(void)
{
    fill();
    report_settle(&report);
    advise(&report);
    const char *text = written(report_text), *markdown = written(report_markdown);
    CHECK(strstr(text, "PARTIAL") && strstr(text, "*21.0 ms") && strstr(text, "no runc"));
    CHECK(strstr(markdown, "**21.0 ms**") && strstr(markdown, "words with \\| and \\<tags\\>"));
    json_t *root = json_loads(written(report_json), 0, NULL);
    CHECK(root != NULL);
    CHECK(json_array_size(json_object_get(root, "rows")) == ROWS);
    CHECK(report.columns[COLUMN_FULL].hidden); /* nobody asked for it */
    CHECK(json_array_size(json_object_get(root, "columns")) == COLUMNS - 1);
    json_decref(root);
}

UNIT_MAIN(TEST(settling), TEST(figures), TEST(advising), TEST(writing))
