/* SPDX-License-Identifier: MIT
 *
 * What one waiting instance takes of the host, and the least that works.
 */
#include <string.h>

#include "serving.h"

#define IDLE_SECONDS   5
#define SETTLE_MS      300 /* after "ready", before anything is read */
#define STEP_BYTES     (512ull << 10)
#define HELD_INNER     (WAY_FLOOR + 1) /* behind those of enum way */
#define HELD           (HELD_INNER + 1)
#define PROCESSES_MOST 8

struct held {
    struct instance *instance;
    pid_t pids[PROCESSES_MOST];
    size_t pid_count;
    uint64_t pss_bytes, cpu_ns;
};

static uint64_t sum(const struct held *held, uint64_t (*of)(pid_t))
{
    uint64_t total = 0;
    for (size_t i = 0; i < held->pid_count; i++)
        total += of(held->pids[i]);
    return total;
}

/* The user's program itself when it stays; else the companion, which waits. */
static struct order waiting(const struct comparison *comparison, enum way way)
{
    return (struct order){.job = comparison->ends ? JOB_HOLD : JOB_PROGRAM,
                          .stays = way == WAY_FLOOR};
}

static void note_memory(struct comparison *comparison, enum way way, const struct held *held,
                        uint64_t floor_bytes)
{
    struct report *report = &comparison->report;
    enum column column = way_columns[way];
    struct engine_memory cgroup;
    report_sample(report, ROW_MEMORY_HOST, column, (double)held->pss_bytes);
    if (way == WAY_LINUX || way == WAY_THIMBLE) {
        report_sample(report, ROW_MEMORY_PEAK, column,
                      (double)process_peak_bytes(held->instance->pid));
        if (floor_bytes)
            report_sample(report, ROW_MEMORY_GUEST, column,
                          (double)held->pss_bytes - (double)floor_bytes);
    } else if (way_cgroup(held->instance, &cgroup)) {
        report_sample(report, ROW_MEMORY_GUEST, column, (double)cgroup.now_bytes);
        report_sample(report, ROW_MEMORY_PEAK, column, (double)cgroup.peak_bytes);
    } else {
        report_missing(report, ROW_MEMORY_GUEST, column,
                       "the engine's cgroups cannot be read here");
        report_missing(report, ROW_MEMORY_PEAK, column, "the engine's cgroups cannot be read here");
    }
}

/* The container in the Linux VM: what is said of VMs is said of that one. */
static void hold_inner(struct comparison *comparison, struct held *held)
{
    if (!comparison->inner_initramfs || comparison->report.columns[COLUMN_INNER].hidden)
        return;
    held->instance = inner_hold(comparison);
    if (!held->instance)
        return;
    clock_sleep_ms(SETTLE_MS);
    held->pid_count = way_processes(held->instance, held->pids, PROCESSES_MOST);
    held->pss_bytes = sum(held, process_pss_bytes);
}

static void note_inner(struct comparison *comparison, const struct held *held, uint64_t floor_bytes)
{
    struct report *report = &comparison->report;
    report_sample(report, ROW_MEMORY_HOST, COLUMN_INNER, (double)held->pss_bytes);
    report_sample(report, ROW_MEMORY_PEAK, COLUMN_INNER,
                  (double)process_peak_bytes(held->instance->pid));
    if (floor_bytes)
        report_sample(report, ROW_MEMORY_GUEST, COLUMN_INNER,
                      (double)held->pss_bytes - (double)floor_bytes);
    report_words(report, ROW_MEMORY_HOST, COLUMN_INNER, "a VM of %s with one of them in it",
                 text_size(INNER_MEMORY_BYTES));
}

static void hold(struct comparison *comparison, enum way way, struct held *held)
{
    const struct order order = waiting(comparison, way);
    held->instance = way_start(comparison, way, &order);
    if (instance_wait(held->instance, WAIT_READY, NULL, comparison->deadline_s)) {
        clock_sleep_ms(SETTLE_MS);
        held->pid_count = way_processes(held->instance, held->pids, PROCESSES_MOST);
        held->pss_bytes = sum(held, process_pss_bytes);
    }
    if (!held->pss_bytes && !interrupted && way < WAYS_REAL)
        report_missing(&comparison->report, ROW_MEMORY_HOST, way_columns[way],
                       "no waiting instance; last output: %s", instance_last_line(held->instance));
}

/* All of them wait side by side; what each takes of the processor is its own. */
static void note_idle(struct comparison *comparison, struct held *all)
{
    for (unsigned way = 0; way < HELD; way++)
        all[way].cpu_ns = all[way].instance ? sum(&all[way], process_cpu_ns) : 0;
    int64_t start_ns = clock_now_ns();
    for (int i = 0; i < IDLE_SECONDS * 10 && !interrupted; i++)
        clock_sleep_ms(100);
    double window_ns = (double)(clock_now_ns() - start_ns);
    for (unsigned way = 0; way < HELD && !interrupted; way++)
        if (all[way].pss_bytes && way != WAY_FLOOR)
            report_sample(
                &comparison->report, ROW_IDLE, way == HELD_INNER ? COLUMN_INNER : way_columns[way],
                (double)(sum(&all[way], process_cpu_ns) - all[way].cpu_ns) / window_ns * 100);
}

void measure_memory(struct comparison *comparison)
{
    struct held all[HELD] = {0};
    progress("memory and idle processor time of one waiting instance");
    for (enum way way = 0; way <= WAY_FLOOR && !interrupted; way++)
        if (comparison->usable[way])
            hold(comparison, way, &all[way]);
    if (!interrupted)
        hold_inner(comparison, &all[HELD_INNER]);
    for (enum way way = 0; way < WAYS_REAL && !interrupted; way++)
        if (all[way].pss_bytes)
            note_memory(comparison, way, &all[way], all[WAY_FLOOR].pss_bytes);
    if (!interrupted && all[HELD_INNER].pss_bytes)
        note_inner(comparison, &all[HELD_INNER], all[WAY_FLOOR].pss_bytes);
    if (!interrupted)
        note_idle(comparison, all);
    for (unsigned way = 0; way < HELD; way++)
        if (all[way].instance)
            way_stop(comparison, all[way].instance, 0);
}

/* Does the program get ready, or answer, with so much memory? One that hangs costs the deadline. */
static bool works(struct comparison *comparison, enum way way, uint64_t memory_bytes)
{
    const struct order order = {
        .job = JOB_PROGRAM, .memory_bytes = memory_bytes, .serves = serves(comparison, way)};
    enum row_id usual = order.serves ? ROW_FIRST_ANSWER : ROW_START;
    double usual_s = report_median(&comparison->report, usual, way_columns[way]) / 1e3;
    double deadline_s = 2 + (order.serves ? 2 : 4) * usual_s;
    struct instance *instance = way_start(comparison, way, &order);
    bool ready = order.serves ? instance_answers(comparison, instance, deadline_s)
                              : instance_wait(instance, WAIT_READY, NULL, deadline_s);
    bool ended = ready && comparison->ends && instance_wait(instance, WAIT_END, NULL, deadline_s);
    way_stop(comparison, instance, ended ? 1000 : 0);
    return ready && (!comparison->ends || (ended && instance->status == 0));
}

/* In steps that grow with the size: 512 KiB for small ones, a thirty-second part for large.
 * A machine cannot do with less than what is loaded into it. */
static uint64_t smallest(struct comparison *comparison, enum way way)
{
    uint64_t low = way_loaded_bytes(comparison, way), high = 2 * STEP_BYTES;
    while (high <= low)
        high *= 2;
    while (!works(comparison, way, high)) {
        low = high;
        high *= 2;
        if (high > 2ull << 30 || interrupted)
            return 0;
    }
    for (;;) {
        uint64_t step = high / 32 > STEP_BYTES ? high / 32 : STEP_BYTES;
        uint64_t middle = (low + high) / 2 / STEP_BYTES * STEP_BYTES;
        if (high - low <= step || middle <= low || interrupted)
            return high;
        if (works(comparison, way, middle))
            high = middle;
        else
            low = middle;
    }
}

void measure_smallest(struct comparison *comparison)
{
    for (enum way way = 0; way < WAYS_REAL && !interrupted; way++) {
        if (!comparison->usable[way])
            continue;
        progress("smallest memory: %s", way_names[way]);
        uint64_t bytes = smallest(comparison, way);
        if (interrupted)
            return;
        if (bytes)
            report_sample(&comparison->report, ROW_MEMORY_SMALLEST, way_columns[way],
                          (double)bytes);
        else
            report_missing(&comparison->report, ROW_MEMORY_SMALLEST, way_columns[way],
                           "2 GB were not enough");
    }
}
