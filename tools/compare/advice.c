/* SPDX-License-Identifier: MIT
 *
 * From figures to sentences, by rules that are written down: here, and in words
 * in docs/comparing.md. Each sentence names its row and its figures; a rule whose
 * figures are missing says nothing.
 */
#include <string.h>

#include "comparison.h"

static const char *name_of(const struct report *report, enum column column)
{
    return report->columns[column].title;
}

/* "the Thimble VM (41.2 KB)" */
static const char *with_figure(const struct report *report, enum row_id row, enum column column)
{
    return text_format("%s (%s)", name_of(report, column),
                       figure_text(rows[row].unit, report_median(report, row, column)));
}

/* "Thimble VM 41.2 KB; container (docker) 365 KB, 8.9 times that; ...", the best first. */
static const char *ranking(const struct report *report, enum row_id row)
{
    bool told[COLUMNS] = {false};
    double best = 0;
    const char *text = "";
    for (;;) {
        int next = -1;
        for (enum column column = 0; column < COLUMNS; column++)
            if (!told[column] && report_has(report, row, column) &&
                (next < 0 || report_median(report, row, column) <
                                 report_median(report, row, (enum column)next)))
                next = (int)column;
        if (next < 0)
            return text;
        double value = report_median(report, row, (enum column)next);
        const char *figure = figure_text(rows[row].unit, value);
        told[next] = true;
        if (!*text) {
            text = text_format("%s %s", name_of(report, (enum column)next), figure);
            best = value;
        } else if (best > 0)
            text =
                text_format("%s; %s %s (%s times that)", text, name_of(report, (enum column)next),
                            figure, ratio_text(value / best));
        else
            text = text_format("%s; %s %s", text, name_of(report, (enum column)next), figure);
    }
}

static size_t figures_in(const struct report *report, enum row_id row)
{
    size_t count = 0;
    for (enum column column = 0; column < COLUMNS; column++)
        count += report_has(report, row, column);
    return count;
}

/* The questions people ask, each answered by one row. */
static void answer(struct report *report)
{
    static const struct {
        const char *question;
        enum row_id row;
    } questions[] = {
        {"Which is smaller?", ROW_SIZE},
        {"Which starts faster?", ROW_START},
        {"Which computes faster?", ROW_COMPUTE},
        {"Which takes less memory of the host?", ROW_MEMORY_HOST},
        {"Which works with the least memory?", ROW_MEMORY_SMALLEST},
        {"Which is idle at the least cost?", ROW_IDLE},
        {"Which fits more often on this host?", ROW_TOTAL_10},
        {"Which is better isolated (host system calls in reach of the program)?", ROW_HOST_CALLS},
    };
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        if (figures_in(report, questions[i].row) >= 2)
            strings_addf(&report->answers, "%s %s. [%s: %s]", questions[i].question,
                         ranking(report, questions[i].row), rows[questions[i].row].group,
                         rows[questions[i].row].title);
}

/* The container's column that stands for "the usual container". */
static enum column container_of(const struct report *report, enum row_id row)
{
    return report_has(report, row, COLUMN_ENGINE) ? COLUMN_ENGINE : COLUMN_RUNC;
}

static bool both(const struct report *report, enum row_id row, enum column a, enum column b)
{
    return report_has(report, row, a) && report_has(report, row, b);
}

/* Rule 1: whoever runs what they do not trust wants the host's kernel out of reach. */
static const char *rule_isolation(const struct report *report)
{
    enum column container = container_of(report, ROW_HOST_CALLS);
    if (!both(report, ROW_HOST_CALLS, container, COLUMN_THIMBLE))
        return NULL;
    double in = report_median(report, ROW_HOST_CALLS, container);
    if (in <= report_median(report, ROW_HOST_CALLS, COLUMN_THIMBLE))
        return NULL;
    return text_format(
        "For code or tenants that are not trusted: a virtual machine. From inside of "
        "the %s %.0f system calls of the host's kernel can be reached, from inside "
        "of a VM none.",
        name_of(report, container), in);
}

/* "; without the engine, container (runc) (26 ms)" beside a figure of the engine's. */
static const char *without_engine(const struct report *report, enum row_id row)
{
    if (!both(report, row, COLUMN_ENGINE, COLUMN_RUNC))
        return "";
    return text_format("; without the engine, %s", with_figure(report, row, COLUMN_RUNC));
}

/* Rule 2: what comes and goes, or scales from zero, pays the start each time. */
static const char *rule_start(const struct report *report)
{
    enum column container = container_of(report, ROW_START);
    if (!both(report, ROW_START, container, COLUMN_THIMBLE))
        return NULL;
    double theirs = report_median(report, ROW_START, container);
    double ours = report_median(report, ROW_START, COLUMN_THIMBLE);
    enum column quick = ours < theirs ? COLUMN_THIMBLE : container;
    enum column slow = ours < theirs ? container : COLUMN_THIMBLE;
    return text_format("Where instances come and go often: %s is ready sooner than %s%s.",
                       with_figure(report, ROW_START, quick), with_figure(report, ROW_START, slow),
                       without_engine(report, ROW_START));
}

/* Rule 3: many long-lived instances pay their memory. */
static const char *rule_memory(const struct report *report)
{
    enum column container = container_of(report, ROW_MEMORY_HOST);
    if (!both(report, ROW_MEMORY_HOST, container, COLUMN_THIMBLE))
        return NULL;
    double theirs = report_median(report, ROW_MEMORY_HOST, container);
    double ours = report_median(report, ROW_MEMORY_HOST, COLUMN_THIMBLE);
    if (ours <= theirs)
        return text_format("Where memory decides: %s takes less of the host than %s%s.",
                           with_figure(report, ROW_MEMORY_HOST, COLUMN_THIMBLE),
                           with_figure(report, ROW_MEMORY_HOST, container),
                           without_engine(report, ROW_MEMORY_HOST));
    const char *most = "";
    if (report_has(report, ROW_MEMORY_GUEST, COLUMN_THIMBLE))
        most = text_format(
            "; of the VM's, all but %s is the hypervisor's own",
            figure_text(UNIT_BYTES, report_median(report, ROW_MEMORY_GUEST, COLUMN_THIMBLE)));
    return text_format("Where memory per instance decides and the programs trust each other: %s "
                       "takes less of the host than %s%s.",
                       with_figure(report, ROW_MEMORY_HOST, container),
                       with_figure(report, ROW_MEMORY_HOST, COLUMN_THIMBLE), most);
}

/* Rule 4: what waits most of the time must not cost while it does. */
static const char *rule_idle(const struct report *report)
{
    enum column container = container_of(report, ROW_IDLE);
    if (!both(report, ROW_IDLE, container, COLUMN_THIMBLE))
        return NULL;
    double theirs = report_median(report, ROW_IDLE, container);
    double ours = report_median(report, ROW_IDLE, COLUMN_THIMBLE);
    if (ours < theirs + 5 && theirs < ours + 5) /* per cent of one processor */
        return NULL;
    return text_format("For programs that mostly wait: %s rather than %s, in processor time while "
                       "idle.",
                       with_figure(report, ROW_IDLE, ours < theirs ? COLUMN_THIMBLE : container),
                       with_figure(report, ROW_IDLE, ours < theirs ? container : COLUMN_THIMBLE));
}

/* Rule 5: computing on an emulated processor is no argument for or against anything else. */
static const char *rule_compute(const struct report *report)
{
    enum column container = report->emulated ? COLUMN_INNER : container_of(report, ROW_COMPUTE);
    if (!both(report, ROW_COMPUTE, container, COLUMN_THIMBLE))
        return NULL;
    double theirs = report_median(report, ROW_COMPUTE, container);
    double ours = report_median(report, ROW_COMPUTE, COLUMN_THIMBLE);
    double ratio = ours > theirs ? ours / theirs : theirs / ours;
    const char *verdict = ratio < 1.05 ? "there is no difference worth a decision"
                          : ours < theirs
                              ? text_format("the Thimble VM is %s times as fast", ratio_text(ratio))
                              : text_format("the container is %s times as fast", ratio_text(ratio));
    return text_format("For what computes: %s on the same processor, %s against %s.%s", verdict,
                       with_figure(report, ROW_COMPUTE, COLUMN_THIMBLE),
                       with_figure(report, ROW_COMPUTE, container),
                       report->emulated ? " On this host, which must emulate a VM's processor, run "
                                          "such programs in a container directly on the host."
                                        : "");
}

/* Rule 6: a conventional VM is the choice when its Linux is needed, and costs this. */
static const char *rule_linux(const struct report *report)
{
    if (!both(report, ROW_START, COLUMN_LINUX, COLUMN_THIMBLE) ||
        !both(report, ROW_SIZE, COLUMN_LINUX, COLUMN_THIMBLE))
        return NULL;
    double start = report_median(report, ROW_START, COLUMN_LINUX) /
                   report_median(report, ROW_START, COLUMN_THIMBLE);
    double size = report_median(report, ROW_SIZE, COLUMN_LINUX) /
                  report_median(report, ROW_SIZE, COLUMN_THIMBLE);
    return text_format(
        "A conventional VM is for programs that need a whole Linux: its start takes "
        "%s times as long as the Thimble VM's (%s against %s), its files are %s "
        "times as large (%s against %s).",
        ratio_text(start), figure_text(UNIT_MS, report_median(report, ROW_START, COLUMN_LINUX)),
        figure_text(UNIT_MS, report_median(report, ROW_START, COLUMN_THIMBLE)), ratio_text(size),
        figure_text(UNIT_BYTES, report_median(report, ROW_SIZE, COLUMN_LINUX)),
        figure_text(UNIT_BYTES, report_median(report, ROW_SIZE, COLUMN_THIMBLE)));
}

/* Rule 7: what is not there cannot be chosen. */
static const char *rule_missing(const struct report *report)
{
    const char *words = report->cells[ROW_STORAGE][COLUMN_THIMBLE].words;
    if (!words || !text_starts_with(words, "none"))
        return NULL;
    return "For programs that need volumes today: a container; the row Storage says that this "
           "version of the Thimble VM has none.";
}

void advise(struct report *report)
{
    static const struct {
        enum row_id row;
        const char *(*rule)(const struct report *);
    } rules[] = {
        {ROW_HOST_CALLS, rule_isolation}, {ROW_START, rule_start},
        {ROW_MEMORY_HOST, rule_memory},   {ROW_IDLE, rule_idle},
        {ROW_COMPUTE, rule_compute},      {ROW_SIZE, rule_linux},
        {ROW_STORAGE, rule_missing},
    };
    answer(report);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const char *sentence = rules[i].rule(report);
        if (sentence)
            strings_addf(&report->advice, "%s [%s: %s]", sentence, rows[rules[i].row].group,
                         rows[rules[i].row].title);
    }
}
