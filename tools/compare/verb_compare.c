/* SPDX-License-Identifier: MIT
 *
 * mkimage compare: the container, the conventional VM and the Thimble VM of the
 * same program, measured side by side.
 */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "comparison.h"
#include "tools/build.h"
#include "tools/guardian.h"
#include "tools/output.h"
#include "tools/temporary.h"
#include "tools/values.h"
#include "tools/verb.h"
#include "folder_options.h"
#include "writers.h"

#define RUNS_DEFAULT       20
#define START_SHARE_S      20.0 /* unless a number of runs is asked for */
#define RUNS_MOST          1000
#define DEADLINE_DEFAULT_S 30
#define ROUNDS             500

static struct comparison comparison;

/* In the order of measuring: later ones use what earlier ones found. */
static const struct {
    const char *name; /* for --only */
    void (*measure)(struct comparison *);
} families[] = {
    {"size", measure_size},
    {"start", measure_start},
    {"requests", measure_requests},
    {"memory", measure_memory},
    {"compute", measure_compute},
    {"smallest", measure_smallest},
    {"density", measure_density},
    {"isolation", measure_isolation},
    {"inner", measure_inner},
    {"words", measure_words},
    {0},
};

static void take_runs(void *into, const char *name, const char *value)
{
    char *end;
    unsigned long runs = strtoul(value, &end, 10);
    if (!isdigit((unsigned char)*value) || *end || runs < 1 || runs > RUNS_MOST)
        die(EXIT_STATUS_USAGE, "%s %s: expected a number of runs, 1 to %d", name, value, RUNS_MOST);
    ((struct comparison *)into)->runs = (unsigned)runs;
    ((struct comparison *)into)->start_share_s = INFINITY;
}

static void take_deadline(void *into, const char *name, const char *value)
{
    char *end;
    double seconds = strtod(value, &end);
    if (end == value || *end || !(seconds > 0) || seconds > 3600)
        die(EXIT_STATUS_USAGE, "%s %s: expected a number of seconds above 0", name, value);
    ((struct comparison *)into)->deadline_s = seconds;
}

/* The options that take one of a few words, or any. */
static void take_word(void *into, const char *name, const char *value)
{
    struct comparison *asked = into;
    if (strcmp(name, "--engine") == 0)
        asked->engine_wish = value_word(
            name, value, (const char *const[]){"auto", "docker", "podman", "none", NULL});
    else if (strcmp(name, "--accel") == 0)
        asked->accel_wish =
            value_word(name, value, (const char *const[]){"auto", "kvm", "tcg", NULL});
    else if (strcmp(name, "--machine") == 0)
        asked->kind_wish =
            value_word(name, value, (const char *const[]){"auto", "microvm", "q35", "pc", NULL});
    else if (strcmp(name, "--kernel") == 0)
        asked->kernel_wish = value;
    else if (!*value)
        die(EXIT_STATUS_USAGE, "%s: it needs a text", name);
    else
        asked->ready = value;
}

static void take_requests(void *into, const char *name, const char *value)
{
    if (*value != '/' || value[strcspn(value, " \t\r\n")])
        die(EXIT_STATUS_USAGE, "%s %s: expected a path that clients ask for, such as /", name,
            value);
    struct comparison *asked = into;
    asked->path = value;
    asked->exchange = (struct exchange){0};
}

/* Either half of an exchange in bytes, which is instead of HTTP. */
static void take_bytes(void *into, const char *name, const char *value)
{
    struct comparison *asked = into;
    size_t count;
    const char *bytes = exchange_bytes(value, &count);
    if (!bytes)
        die(EXIT_STATUS_USAGE,
            "%s %s: expected bytes, such as PING\\r\\n (known: \\r \\n \\t \\0 \\\\ \\xHH)", name,
            value);
    asked->path = NULL;
    if (strcmp(name, "--ask") == 0) {
        asked->exchange.request = bytes;
        asked->exchange.request_bytes = count;
        asked->exchange.title = value;
    } else {
        asked->exchange.end = bytes;
        asked->exchange.end_bytes = count;
    }
}

static void take_only(void *into, const char *name, const char *value)
{
    struct comparison *asked = into;
    char *rest = text_copy(value);
    const char *known = "";
    asked->left_out = ~0u;
    for (size_t i = 0; families[i].name; i++)
        known = text_format("%s%s%s", known, i ? ", " : "", families[i].name);
    for (char *word; (word = strsep(&rest, ","));) {
        size_t i = 0;
        while (families[i].name && strcmp(families[i].name, word) != 0)
            i++;
        if (!families[i].name)
            die(EXIT_STATUS_USAGE, "%s %s: expected some of %s", name, value, known);
        asked->left_out &= ~(1u << i);
    }
}

static void take_report(void *into, const char *name, const char *value)
{
    struct comparison *asked = into;
    const char **path = strcmp(name, "--json") == 0       ? &asked->json
                        : strcmp(name, "--markdown") == 0 ? &asked->markdown
                                                          : &asked->html;
    if (!*value)
        die(EXIT_STATUS_USAGE, "%s: it needs the name of a file, or - for standard output", name);
    *path = value;
}

static void take_start_engine(void *into, const char *name, const char *value)
{
    (void)name, (void)value;
    ((struct comparison *)into)->start_engine = true;
}

static void take_full_vm(void *into, const char *name, const char *value)
{
    (void)name, (void)value;
    ((struct comparison *)into)->full_wish = true;
}

static void take_help(void *into, const char *name, const char *value)
{
    (void)into, (void)name, (void)value;
    verb_help(&verb_compare, stdout);
    exit(0);
}

static const struct option_row option_rows[] = {
    {"-n", "--runs", OPTION_VALUE, "RUNS", take_runs,
     "how often each start-up is measured (20; what takes seconds, less often)"},
    {NULL, "--ready", OPTION_VALUE, "TEXT", take_word,
     "the program is ready when it has printed TEXT (default: anything)"},
    {NULL, "--requests", OPTION_VALUE, "PATH", take_requests,
     "the program is a web server: also measure answers to GET PATH; with --ready PORT (80)"},
    {NULL, "--ask", OPTION_VALUE, "BYTES", take_bytes,
     "another server: what a client sends, as in 'PING\\r\\n'; with --answer and --ready PORT"},
    {NULL, "--answer", OPTION_VALUE, "BYTES", take_bytes,
     "with which each answer ends: all of it where it is always the same"},
    {NULL, "--deadline", OPTION_VALUE, "SECONDS", take_deadline,
     "how long a start may take (default 30)"},
    {NULL, "--json", OPTION_VALUE, "FILE", take_report, "write every sample to FILE (-: here)"},
    {NULL, "--markdown", OPTION_VALUE, "FILE", take_report, "write the report as Markdown"},
    {NULL, "--html", OPTION_VALUE, "FILE", take_report, "write the report as one page with plots"},
    {NULL, "--only", OPTION_VALUE, "PART,...", take_only,
     "measure only these: size, start, requests, memory, compute, smallest, density, isolation, "
     "inner, "
     "words"},
    {NULL, "--engine", OPTION_VALUE, "NAME", take_word, "auto (default), docker, podman, none"},
    {NULL, "--start-engine", OPTION_FLAG, NULL, take_start_engine,
     "use a private docker daemon (done by itself when root and none runs)"},
    {NULL, "--kernel", OPTION_VALUE, "FILE", take_word,
     "the Linux VM's kernel (default: the distribution's, from its package)"},
    {NULL, "--full-vm", OPTION_FLAG, NULL, take_full_vm,
     "also start it in a whole Debian with systemd on a disk (root, debootstrap)"},
    {NULL, "--accel", OPTION_VALUE, "HOW", take_word, "auto (default), kvm, tcg"},
    {NULL, "--machine", OPTION_VALUE, "KIND", take_word, "auto (microvm), microvm, q35, pc"},
    {"-h", "--help", OPTION_FLAG, NULL, take_help, "this text"},
    {0},
};

static const struct option_group groups[] = {
    {"options", option_rows},
    {"the program", build_option_rows},
    {"options for the compiler and linker", compile_option_rows},
    {0},
};

static void take_file(void *into, const char *word)
{
    request_add_file(into, word);
    if (!comparison.report.program)
        comparison.report.program = word;
}

static void take_argument(void *into, const char *word)
{
    strings_add(&((struct request *)into)->arguments, word);
}

static void on_signal(int number)
{
    interrupted = number;
}

/* Signals become a wish to stop; what runs is ended, and the report is partial. */
static void catch_signals(void)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct sigaction old, action = {.sa_handler = on_signal};
        sigaction(ends[i], NULL, &old);
        if (old.sa_handler != SIG_IGN)
            sigaction(ends[i], &action, NULL);
    }
}

static void write_report(const char *path, report_writer *writer)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *memory = open_memstream(&text, &bytes);
    if (!memory)
        die(EXIT_STATUS_FAILED, "not enough memory for the report");
    writer(&comparison.report, memory);
    fclose(memory);
    if (strcmp(path, "-") == 0) {
        fwrite(text, 1, bytes, stdout);
    } else {
        struct output *output = output_open(path);
        output_write(output, text, bytes);
        output_close(output, 0666);
        output_publish(output);
    }
    free(text);
}

static bool to_standard_output(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

/* Everything that was found, wherever it was asked for. Once. */
static void write_reports(void)
{
    static bool done;
    if (done || !comparison.report.date)
        return;
    done = true;
    progress_end();
    report_settle(&comparison.report);
    advise(&comparison.report);
    if (!to_standard_output(comparison.json) && !to_standard_output(comparison.markdown) &&
        !to_standard_output(comparison.html))
        report_text(&comparison.report, stdout);
    if (comparison.json)
        write_report(comparison.json, report_json);
    if (comparison.markdown)
        write_report(comparison.markdown, report_markdown);
    if (comparison.html)
        write_report(comparison.html, report_html);
}

static void measure(void)
{
    for (size_t i = 0; families[i].measure && !interrupted; i++)
        if (!(comparison.left_out & 1u << i))
            families[i].measure(&comparison);
    if (!interrupted)
        measure_full(&comparison);
}

/* A server's ready text may be the number of a port, on which it is to answer. */
static void settle_exchange(void)
{
    struct exchange *exchange = &comparison.exchange;
    if (comparison.path)
        *exchange = exchange_http(comparison.path);
    else if (!exchange->request != !exchange->end)
        die(EXIT_STATUS_USAGE, "%s goes with %s", exchange->request ? "--ask" : "--answer",
            exchange->request ? "--answer" : "--ask");
    const char *ready = comparison.ready;
    char *end = NULL;
    unsigned long port = ready ? strtoul(ready, &end, 10) : 0;
    comparison.port = 80;
    if (!exchange->request || !ready || !isdigit((unsigned char)*ready) || *end)
        return;
    if (!port || port > 65535)
        die(EXIT_STATUS_USAGE, "--ready %s: there is no such port", ready);
    comparison.port = (unsigned)port;
    comparison.ready = NULL;
}

static void check(void)
{
    const char *const paths[] = {comparison.json, comparison.markdown, comparison.html};
    if (!comparison.request.build.input_count && !comparison.request.build.port)
        die(EXIT_STATUS_USAGE, "compare: no program: expected a source or a folder");
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        if (!paths[i] || to_standard_output(paths[i]))
            continue;
        const char *name = text_after_last(paths[i], '/');
        const char *folder =
            name == paths[i] ? "." : text_copy_bytes(paths[i], (size_t)(name - paths[i]));
        if (access(folder, W_OK)) /* said now, not after minutes of work */
            die(EXIT_STATUS_FAILED, "%s: it cannot be written: %s", paths[i], strerror(errno));
    }
}

/* What the folders of programs among these words say themselves, and then the words. */
static const char *const *comparison_words(const char *const *argv)
{
    struct strings words = {0};
    for (size_t i = 0; argv[i] && strcmp(argv[i], "--") != 0; i++)
        folder_options(argv[i], &words);
    strings_add_all(&words, argv);
    return words.count ? words.at : argv;
}

static int run(const char *const *argv)
{
    const struct option_rules rules = {groups, take_file, take_argument, NULL};
    comparison = (struct comparison){.runs = RUNS_DEFAULT,
                                     .start_share_s = START_SHARE_S,
                                     .deadline_s = DEADLINE_DEFAULT_S,
                                     .rounds = ROUNDS,
                                     .accel_wish = "auto",
                                     .kind_wish = "auto"};
    const char *const *words = comparison_words(argv);
    options_parse(&rules, &comparison, words);
    settle_exchange();
    check();
    const char *program = comparison.report.program;
    int64_t start_ns = clock_now_ns();
    report_start(&comparison.report);
    comparison.report.program = program;
    comparison.report.runs = comparison.runs;
    for (enum row_id row = 0; row < ROWS; row++)
        comparison.report.row_hidden[row] = row_is_of_servers(row) && !comparison.exchange.request;
    catch_signals();
    guardian_tree(temporary_folder()); /* from here on, even SIGKILL leaves nothing behind */
    comparison_build(&comparison);
    host_describe(&comparison);
    atexit(write_reports); /* should something end the program, what was found is not lost */
    measure();
    comparison_unbuild(&comparison);
    if (comparison.left_out)
        report_trouble(&comparison.report, "Parts were left out on request (--only).");
    if (interrupted) {
        comparison.report.partial = true;
        report_trouble(&comparison.report, "The comparison was interrupted by signal %d.",
                       (int)interrupted);
    }
    comparison.report.seconds = (double)(clock_now_ns() - start_ns) / 1e9;
    write_reports();
    return interrupted ? EXIT_STATUS_SIGNAL + interrupted : comparison.worst_status;
}

const struct verb verb_compare = {
    .name = "compare",
    .synopsis = "[options] FILE... [-- ARG...]",
    .summary = "measure container, Linux VM and Thimble VM side by side",
    .text =
        "Builds the container, a conventional VM (the distribution's Linux) and the Thimble VM\n"
        "of the same program, measures size, start-up, processor, memory, density and\n"
        "isolation on this machine, and prints the table with every row that could be filled.",
    .options = groups,
    .run = run,
};
