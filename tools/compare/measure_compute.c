/* SPDX-License-Identifier: MIT
 *
 * The compute kernel, in turn in every way.
 */
#include "comparison.h"

#define RUNS_MOST  3
#define RUNS_LEAST 2 /* where a round takes long */

static void compute_once(struct comparison *comparison, enum way way)
{
    const struct order order = {.job = JOB_COMPUTE};
    struct instance *instance = way_start(comparison, way, &order);
    bool begun = instance_wait(instance, WAIT_TEXT, "begin\n", 60);
    int64_t begin_ns = clock_now_ns();
    bool ended = begun && instance_wait(instance, WAIT_TEXT, "end ", 120);
    int64_t end_ns = clock_now_ns();
    way_stop(comparison, instance, ended ? 2000 : 0);
    if (ended)
        report_sample(&comparison->report, ROW_COMPUTE, way_columns[way],
                      (double)(end_ns - begin_ns) / 1e9);
    else if (!interrupted)
        report_missing(&comparison->report, ROW_COMPUTE, way_columns[way],
                       "the compute kernel did not end; last output: %s",
                       instance_last_line(instance));
}

void measure_compute(struct comparison *comparison)
{
    int64_t start_ns = clock_now_ns();
    for (unsigned run = 1; run <= RUNS_MOST; run++) {
        if (!start_again(comparison, run - 1, RUNS_LEAST,
                         (double)(clock_now_ns() - start_ns) / 1e9))
            return;
        progress("compute kernel: round %u of %u", run, RUNS_MOST);
        for (enum way way = 0; way < WAYS_REAL && !interrupted; way++)
            if (comparison->usable[way])
                compute_once(comparison, way);
        inner_compute(comparison);
    }
}
