/* SPDX-License-Identifier: MIT
 *
 * The honest heavyweight (--full-vm): what most people boot when they say VM. A
 * start takes many times those of the others, so it has its own few runs, and
 * only size and start-up are measured.
 */
#include <math.h>
#include <sys/stat.h>

#include "comparison.h"
#include "initramfs.h"

#define RUNS_MOST       3
#define DEADLINE_MIN_S  240.0 /* a whole distribution on an emulated processor */
#define END_PATIENCE_S  10.0
#define END_PATIENCE_MS 2000

static void sizes(struct comparison *comparison)
{
    struct report *report = &comparison->report;
    struct stat disk = {0}, kernel = {0};
    progress("sizes of the full VM");
    stat(comparison->full.path, &disk);
    stat(comparison->kernel.path, &kernel);
    double allocated = (double)disk.st_blocks * 512;
    report_sample(report, ROW_SIZE, COLUMN_FULL, allocated + (double)kernel.st_size);
    report_sample(
        report, ROW_SIZE_COMPRESSED, COLUMN_FULL,
        (double)(gzip_bytes(comparison->full.path) + gzip_bytes(comparison->kernel.path)));
    report_words(
        report, ROW_SIZE_PARTS, COLUMN_FULL, "kernel %s, raw ext4 disk of %s, %s of it allocated",
        text_size((unsigned long long)kernel.st_size), text_size((unsigned long long)disk.st_size),
        text_size((unsigned long long)allocated));
}

static bool start_once(struct comparison *comparison)
{
    struct report *report = &comparison->report;
    double deadline_s = fmax(comparison->deadline_s, DEADLINE_MIN_S);
    struct instance *instance = way_start_full(comparison);
    bool ready = instance_wait(instance, WAIT_READY, NULL, deadline_s);
    bool ended =
        ready && comparison->ends && instance_wait(instance, WAIT_END, NULL, END_PATIENCE_S);
    int64_t end_ns = instance->end_ns;
    way_stop(comparison, instance, ended ? END_PATIENCE_MS : 0);
    if (interrupted)
        return false;
    if (!ready) {
        if (!comparison->worst_status)
            comparison->worst_status = EXIT_STATUS_FAILED;
        report_missing(report, ROW_START, COLUMN_FULL, "%s; its last output: %s",
                       instance->end_ns < instance->start_ns + (int64_t)(deadline_s * 1e9)
                           ? "it ended before it was ready"
                           : text_format("not ready within %g s", deadline_s),
                       instance_last_line(instance));
        report_trouble(report, "The full Linux VM: the program did not get ready: %s.",
                       report->cells[ROW_START][COLUMN_FULL].missing);
        return false;
    }
    report_sample(report, ROW_START, COLUMN_FULL, instance_ready_ms(instance));
    if (ended) {
        report_sample(report, ROW_START_END, COLUMN_FULL,
                      (double)(end_ns - instance->start_ns) / 1e6);
        report_sample(report, ROW_RUN_TIME, COLUMN_FULL,
                      (double)(end_ns - instance->ready_ns) / 1e6);
    }
    if (ended && instance->status > 0) {
        if (!comparison->worst_status)
            comparison->worst_status = instance->status;
        report_trouble(report, "The full Linux VM: the program ended with status %d.",
                       instance->status);
    }
    return true;
}

static void starts(struct comparison *comparison)
{
    struct report *report = &comparison->report;
    unsigned runs = comparison->runs < RUNS_MOST ? comparison->runs : RUNS_MOST, done = 0;
    while (done < runs && !interrupted) {
        progress("start-up of the full VM: %u of %u", done + 1, runs);
        if (!start_once(comparison))
            break;
        done++;
    }
    if (done)
        report_words(report, ROW_START, COLUMN_FULL, "%u %s, after the others'", done,
                     done == 1 ? "run" : "runs");
}

/* Rows that nobody measures for this column say so, instead of "not reached". */
static void words(struct comparison *comparison)
{
    struct report *report = &comparison->report;
    report_words(report, ROW_ARCHITECTURE, COLUMN_FULL,
                 "QEMU q35 (%s), Linux of %s, %s (debootstrap, minbase) with systemd on an ext4 "
                 "disk (NVMe); the container's root in a folder, started as a service",
                 vm_accel, comparison->kernel.version, comparison->full.distribution);
    if (report_has(report, ROW_START, COLUMN_FULL))
        report_words(report, ROW_PORTABILITY, COLUMN_FULL,
                     "kernel and raw disk: booted directly by QEMU; other hypervisors not tried");
    for (enum row_id row = 0; row < ROWS; row++) {
        const struct cell *cell = &report->cells[row][COLUMN_FULL];
        if (!cell->count && !cell->words && !cell->missing)
            report_missing(report, row, COLUMN_FULL,
                           "not measured: of the full VM only size and start-up are");
    }
}

void measure_full(struct comparison *comparison)
{
    if (!comparison->full.path)
        return;
    sizes(comparison);
    if (!interrupted)
        starts(comparison);
    if (!interrupted)
        words(comparison);
}
