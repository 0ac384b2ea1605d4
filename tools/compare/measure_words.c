/* SPDX-License-Identifier: MIT
 *
 * Rows that are words: what was found, what this version offers, and what of it
 * this very run verified. Nothing is claimed that did not happen.
 */
#include <sys/utsname.h>

#include "comparison.h"
#include "tools/process.h"

/* What was exercised says so already. */
static void network_words(struct report *report, enum column column, const char *words)
{
    if (!report->cells[ROW_NETWORK][column].words)
        report_words(report, ROW_NETWORK, column, "%s", words);
}

static void words_for_containers(struct report *report, enum column column)
{
    report_words(report, ROW_IO, column, "not measured: the Thimble VM has no disk yet");
    report_words(report, ROW_STORAGE, column, "volumes of the engine; not exercised in this run");
    network_words(report, column, "port mapping of the engine; not exercised in this run");
}

static void words_for_vms(struct report *report, enum column column)
{
    report_words(report, ROW_IO, column, "not measured: the Thimble VM has no disk yet");
    report_words(report, ROW_MANAGEMENT, column,
                 "QEMU by hand; no orchestrator files produced yet");
}

static void architecture(struct comparison *comparison)
{
    struct report *report = &comparison->report;
    struct utsname host;
    uname(&host);
    for (enum way way = WAY_ENGINE; way <= WAY_RUNC; way++)
        if (comparison->usable[way])
            report_words(report, ROW_ARCHITECTURE, way_columns[way],
                         "%s %s; namespaces and cgroups of the host's kernel %s",
                         comparison->engines[way].name, comparison->engines[way].version,
                         host.release);
    if (comparison->usable[WAY_LINUX])
        report_words(report, ROW_ARCHITECTURE, COLUMN_LINUX,
                     "QEMU %s (%s), Linux of %s, a minimal init, the container's root", vm_kind,
                     vm_accel, comparison->kernel.version);
    if (comparison->inner_initramfs)
        report_words(report, ROW_ARCHITECTURE, COLUMN_INNER, "runc inside of the Linux VM");
    report_words(report, ROW_ARCHITECTURE, COLUMN_THIMBLE,
                 "QEMU %s (%s), one image: the program with its kernel", vm_kind, vm_accel);
}

/* What can only be had in one way inside of the Linux VM. */
static void inner_words(struct comparison *comparison)
{
    struct report *report = &comparison->report;
    static const enum row_id many[] = {ROW_READY_1,  ROW_TOTAL_1,  ROW_ANSWERED_1,
                                       ROW_READY_10, ROW_TOTAL_10, ROW_ANSWERED_10,
                                       ROW_READY_50, ROW_TOTAL_50, ROW_ANSWERED_50};
    if (!comparison->inner_initramfs)
        return;
    report_words(report, ROW_MEMORY_SMALLEST, COLUMN_INNER, "the Linux VM's, and more");
    for (size_t i = 0; i < sizeof many / sizeof *many; i++)
        report_words(report, many[i], COLUMN_INNER, "one VM would hold them all: not comparable");
    report_words(report, ROW_RUN_TIME, COLUMN_INNER, "within start to the end of all");
    report_words(report, ROW_MANAGEMENT, COLUMN_INNER, "as the two it is made of");
    report_words(report, ROW_PORTABILITY, COLUMN_INNER, "as the two it is made of");
    words_for_containers(report, COLUMN_INNER);
}

void measure_words(struct comparison *comparison)
{
    struct report *report = &comparison->report;
    architecture(comparison);
    for (enum way way = WAY_ENGINE; way <= WAY_RUNC; way++)
        words_for_containers(report, way_columns[way]);
    portability(comparison);
    if (comparison->usable[WAY_ENGINE])
        report_words(report, ROW_MANAGEMENT, COLUMN_ENGINE,
                     "%s %s started, limited, stopped and removed it in this run; no orchestrator "
                     "files produced yet",
                     comparison->engines[WAY_ENGINE].name, comparison->engines[WAY_ENGINE].version);
    if (comparison->usable[WAY_RUNC])
        report_words(report, ROW_MANAGEMENT, COLUMN_RUNC,
                     "%s started, limited, stopped and removed it in this run",
                     comparison->engines[WAY_RUNC].name);
    if (comparison->usable[WAY_LINUX]) {
        words_for_vms(report, COLUMN_LINUX);
        report_words(report, ROW_STORAGE, COLUMN_LINUX, "any disk Linux drives; not exercised");
        network_words(report, COLUMN_LINUX, "any network Linux drives; not exercised");
    }
    words_for_vms(report, COLUMN_THIMBLE);
    report_words(report, ROW_STORAGE, COLUMN_THIMBLE, "none in this version: files in the image");
    network_words(report, COLUMN_THIMBLE,
                  "published ports of QEMU's user network, or a tap; not exercised in this run");
    inner_words(comparison);
}
