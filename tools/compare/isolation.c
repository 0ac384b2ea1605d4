/* SPDX-License-Identifier: MIT
 *
 * Isolation, by what a probe program finds from inside.
 */
#include "isolation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/contents.h"
#include "tools/file.h"
#include "tools/process.h"

#define PROBE_DEADLINE_S 60
#define CALL_KINDS_TRIED 371 /* of x86-64 Linux, programs/probe_linux.c */

/* The value in a line KEY=VALUE, or "". */
static const char *value_of(const char *lines, const char *key)
{
    size_t length = strlen(key);
    for (const char *line = lines; line && *line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, length) == 0 && line[length] == '=')
            return text_copy_bytes(line + length + 1, strcspn(line + length + 1, "\r\n"));
    }
    return "";
}

static const char *first_line(const char *path)
{
    char line[256] = "";
    ssize_t bytes = file_peek(path, line, sizeof line - 1);
    if (bytes <= 0)
        return "";
    line[strcspn(line, "\n")] = 0;
    return text_copy(line);
}

static const char *namespace_of(const char *name)
{
    char target[64] = "";
    if (readlink(text_format("/proc/self/ns/%s", name), target, sizeof target - 1) <= 0)
        return "";
    return text_copy(target);
}

static unsigned bits(const char *hexadecimal)
{
    return (unsigned)__builtin_popcountll(strtoull(hexadecimal, NULL, 16));
}

/* "own: cgroup ipc mnt net pid uts; the host's: user" */
static const char *namespaces(const char *lines)
{
    static const char *const names[] = {"cgroup", "ipc", "mnt", "net", "pid", "user", "uts"};
    const char *own = "", *shared = "";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *inside = value_of(lines, text_format("ns.%s", names[i]));
        bool same = strcmp(inside, namespace_of(names[i])) == 0;
        if (same)
            shared = text_format("%s%s%s", shared, *shared ? " " : "", names[i]);
        else if (*inside)
            own = text_format("%s%s%s", own, *own ? " " : "", names[i]);
    }
    return text_format("own namespaces: %s; the host's: %s", *own ? own : "none",
                       *shared ? shared : "none");
}

static const char *seccomp_words(const char *mode)
{
    return strcmp(mode, "2") == 0   ? "a seccomp filter"
           : strcmp(mode, "1") == 0 ? "strict seccomp"
                                    : "no seccomp filter";
}

static const char *confinement(const char *lines)
{
    return text_format(
        "%s; %s; %u capabilities%s; as user %s", namespaces(lines),
        seccomp_words(value_of(lines, "Seccomp")), bits(value_of(lines, "CapEff")),
        strcmp(value_of(lines, "NoNewPrivs"), "1") == 0 ? "; no new privileges" : "",
        text_copy_bytes(value_of(lines, "Uid"), strcspn(value_of(lines, "Uid"), "\t ")));
}

static void note_kernel(struct report *report, enum column column, const char *lines, bool shared)
{
    const char *text = value_of(lines, "kernel.text"), *symbols = value_of(lines, "kernel.symbols");
    report_words(report, ROW_KERNEL_SHARED, column, "%s (%s)",
                 shared ? "the host's own, shared" : "its own", value_of(lines, "uname"));
    report_words(report, ROW_SEEN, column, "%s processes, %s devices, total memory %s%s",
                 value_of(lines, "processes"), value_of(lines, "devices"),
                 text_size(strtoull(value_of(lines, "memory") +
                                        strcspn(value_of(lines, "memory"), "0123456789"),
                                    NULL, 10) *
                           1024),
                 shared ? ", the host's kernel version and boot id" : "; nothing of the host");
    if (*text)
        report_sample(report, ROW_KERNEL_CODE, column, strtod(text, NULL));
    else
        report_missing(report, ROW_KERNEL_CODE, column, "its symbol table hides addresses");
    if (strtod(symbols, NULL) > 0)
        report_sample(report, ROW_KERNEL_SYMBOLS, column, strtod(symbols, NULL));
    else
        report_missing(report, ROW_KERNEL_SYMBOLS, column, "its symbol table is hidden");
}

/* The probe inside has no right to see addresses: root outside has. */
static void note_host_kernel(struct report *report, enum column column)
{
    char line[512], name[256], type;
    unsigned long long address, first = 0, last = 0, symbols = 0;
    FILE *file = fopen("/proc/kallsyms", "r");
    while (file && fgets(line, sizeof line, file)) {
        if (sscanf(line, "%llx %c %255s", &address, &type, name) != 3 || strchr(line, '['))
            continue;
        symbols += type == 't' || type == 'T';
        if (strcmp(name, "_stext") == 0)
            first = address;
        if (strcmp(name, "_etext") == 0)
            last = address;
    }
    if (file)
        fclose(file);
    if (last > first)
        report_sample(report, ROW_KERNEL_CODE, column, (double)(last - first));
    else
        report_missing(report, ROW_KERNEL_CODE, column, "the host hides its kernel's addresses");
    report_sample(report, ROW_KERNEL_SYMBOLS, column, (double)symbols);
}

void isolation_note(struct comparison *comparison, enum column column, const char *lines)
{
    struct report *report = &comparison->report;
    bool shared =
        strcmp(value_of(lines, "boot"), first_line("/proc/sys/kernel/random/boot_id")) == 0;
    note_kernel(report, column, lines, shared);
    if (shared) {
        report->cells[ROW_KERNEL_CODE][column].count = 0;
        report->cells[ROW_KERNEL_SYMBOLS][column].count = 0;
        note_host_kernel(report, column);
    }
    report_sample(report, ROW_HOST_CALLS, column,
                  shared ? strtod(value_of(lines, "calls.reached"), NULL) : 0);
    report_words(report, ROW_HOST_CALLS, column,
                 shared ? "of %u tried; %s refused, %s absent"
                        : "none; of its own kernel's %u tried %s refused, %s absent",
                 CALL_KINDS_TRIED, value_of(lines, "calls.refused"),
                 value_of(lines, "calls.absent"));
    if (column != COLUMN_LINUX)
        report_words(report, ROW_POSTURE, column, "%s%s", confinement(lines),
                     column == COLUMN_INNER ? "; all of it in a VM" : "");
}

/* What the guest can touch: -device and what else stands for one. */
static const char *devices_of(const struct strings *command)
{
    const char *devices = "serial port";
    for (size_t i = 0; i + 1 < command->count; i++) {
        if (strcmp(command->at[i], "-device") != 0)
            continue;
        const char *name = text_copy_bytes(command->at[i + 1], strcspn(command->at[i + 1], ","));
        devices = text_format("%s, %s", devices, name);
    }
    return devices;
}

static void note_devices(struct comparison *comparison, enum way way)
{
    const struct virtual_machine vm = {.kernel = "kernel"};
    struct strings command = vm_command(&vm);
    report_words(&comparison->report, ROW_POSTURE, way_columns[way],
                 "devices: %s; machine %s; the hypervisor runs as user %u", devices_of(&command),
                 vm_kind, (unsigned)geteuid());
}

/* strace -c: a table whose last line is the total; each line before it one call. */
static void note_trace(struct comparison *comparison, enum column column)
{
    char line[256];
    unsigned kinds = 0;
    unsigned long long total = 0;
    FILE *file = fopen(trace_path(), "r");
    while (file && fgets(line, sizeof line, file)) {
        unsigned long long calls;
        double part, seconds;
        unsigned usecs;
        if (strstr(line, " total"))
            continue;
        if (sscanf(line, "%lf %lf %u %llu", &part, &seconds, &usecs, &calls) == 4) {
            kinds++;
            total += calls;
        }
    }
    if (file)
        fclose(file);
    if (!kinds) {
        report_missing(&comparison->report, ROW_VMM_CALLS, column, "strace counted nothing");
        return;
    }
    report_sample(&comparison->report, ROW_VMM_CALLS, column, kinds);
    report_words(&comparison->report, ROW_VMM_CALLS, column, "%llu calls in all", total);
}

static void trace(struct comparison *comparison, enum way way)
{
    const struct order order = {.job = JOB_PROGRAM, .traced = true};
    unlink(trace_path());
    struct instance *instance = way_start(comparison, way, &order);
    bool ready = instance_wait(instance, WAIT_READY, NULL, PROBE_DEADLINE_S);
    bool ended = ready && comparison->ends && instance_wait(instance, WAIT_END, NULL, 10);
    if (ready && !ended && instance->pid > 0) {
        kill(-instance->pid, SIGINT); /* strace writes its table and ends */
        instance_wait(instance, WAIT_END, NULL, 5);
    }
    way_stop(comparison, instance, 2000);
    if (!interrupted)
        note_trace(comparison, way_columns[way]);
}

static void trace_all(struct comparison *comparison)
{
    struct report *report = &comparison->report;
    static const enum way vms[] = {WAY_LINUX, WAY_THIMBLE};
    for (size_t i = 0; i < 2 && !interrupted; i++) {
        if (!comparison->usable[vms[i]])
            continue;
        progress("counting the hypervisor's system calls: %s", way_names[vms[i]]);
        if (process_find("strace"))
            trace(comparison, vms[i]);
        else
            report_missing(report, ROW_VMM_CALLS, way_columns[vms[i]], "strace is not installed");
    }
    static const enum column direct[] = {COLUMN_ENGINE, COLUMN_RUNC};
    for (size_t i = 0; i < 2; i++)
        if (!report->columns[direct[i]].absent)
            report_words(report, ROW_VMM_CALLS, direct[i],
                         "nothing stands between: the program calls the host's kernel itself");
    if (!report->columns[COLUMN_INNER].absent)
        report_words(report, ROW_VMM_CALLS, COLUMN_INNER, "as the Linux VM around it");
}

/* The image says itself which part of the system owns which bytes. */
static void note_thimble_kernel(struct comparison *comparison)
{
    struct report *report = &comparison->report;
    struct image image;
    struct contents contents;
    const char *why;
    uint64_t bytes = 0;
    if (image_open(&image, comparison->program.image, "the image"))
        return;
    if (contents_read(&image, &contents, &why) == 0) {
        for (size_t i = 0; i < contents.part_count; i++)
            if (strcmp(contents.parts[i].name, "kernel") == 0 ||
                strcmp(contents.parts[i].name, "drivers") == 0 ||
                strcmp(contents.parts[i].name, "glue") == 0)
                bytes += contents.parts[i].bytes[0];
        report_sample(report, ROW_KERNEL_CODE, COLUMN_THIMBLE, (double)bytes);
        report_sample(report, ROW_KERNEL_SYMBOLS, COLUMN_THIMBLE, (double)contents.function_count);
        report_words(report, ROW_KERNEL_SYMBOLS, COLUMN_THIMBLE, "program and C library included");
    }
    image_close(&image);
}

static void note_thimble(struct comparison *comparison, const char *lines, int status)
{
    struct report *report = &comparison->report;
    report_words(report, ROW_KERNEL_SHARED, COLUMN_THIMBLE, "its own (Thimble, linked into it)");
    report_words(report, ROW_SEEN, COLUMN_THIMBLE, "%s of 4 places where Linux shows itself",
                 value_of(lines, "seen"));
    report_sample(report, ROW_HOST_CALLS, COLUMN_THIMBLE, 0);
    report_words(report, ROW_HOST_CALLS, COLUMN_THIMBLE,
                 strcmp(value_of(lines, "calls"), "trying") == 0
                     ? "none; the system call instruction ended the program with status %d"
                     : "none; nobody answers system calls (status %d)",
                 status);
    note_thimble_kernel(comparison);
}

static void probe(struct comparison *comparison, enum way way)
{
    const struct order order = {.job = JOB_PROBE};
    struct instance *instance = way_start(comparison, way, &order);
    bool done = instance_wait(instance, WAIT_TEXT, "probe=done", PROBE_DEADLINE_S);
    if (done)
        instance_wait(instance, WAIT_END, NULL, 5);
    way_stop(comparison, instance, 2000);
    if (done && way == WAY_THIMBLE)
        note_thimble(comparison, instance_output(instance), instance->status);
    else if (done)
        isolation_note(comparison, way_columns[way], instance_output(instance));
    else if (!interrupted)
        report_missing(&comparison->report, ROW_KERNEL_SHARED, way_columns[way],
                       "the probe did not end; last output: %s", instance_last_line(instance));
}

void measure_isolation(struct comparison *comparison)
{
    for (enum way way = 0; way < WAYS_REAL && !interrupted; way++) {
        if (!comparison->usable[way])
            continue;
        progress("probing the isolation: %s", way_names[way]);
        probe(comparison, way);
        if (way == WAY_LINUX || way == WAY_THIMBLE)
            note_devices(comparison, way);
    }
    if (!interrupted)
        trace_all(comparison);
}
