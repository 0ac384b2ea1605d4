/* SPDX-License-Identifier: MIT
 *
 * What a comparison found, as data: rows of figures and words, a column for each
 * way to run the program. Measurements fill it in any order; writers print it.
 * A row is one line in the table in rows.c; the rest follows from it.
 */
#ifndef THIMBLE_COMPARE_REPORT_H
#define THIMBLE_COMPARE_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "statistics.h"
#include "tools/text.h"

enum column {
    COLUMN_ENGINE,
    COLUMN_RUNC,
    COLUMN_INNER,
    COLUMN_LINUX,
    COLUMN_FULL,
    COLUMN_THIMBLE,
    COLUMNS
};

enum row_id {
    ROW_ARCHITECTURE,
    ROW_SIZE,
    ROW_SIZE_COMPRESSED,
    ROW_SIZE_PARTS,
    ROW_START,
    ROW_START_HYPERVISOR,
    ROW_START_FIRMWARE,
    ROW_START_GUEST,
    ROW_START_END,
    ROW_COMPUTE,
    ROW_RUN_TIME,
    ROW_FIRST_ANSWER,
    ROW_FIRST_ANSWER_SAME,
    ROW_REQUESTS_1,
    ROW_P50_1,
    ROW_P99_1,
    ROW_REQUESTS_8,
    ROW_P50_8,
    ROW_P99_8,
    ROW_REQUESTS_64,
    ROW_P50_64,
    ROW_P99_64,
    ROW_IO,
    ROW_MEMORY_HOST,
    ROW_MEMORY_GUEST,
    ROW_MEMORY_PEAK,
    ROW_MEMORY_SMALLEST,
    ROW_IDLE,
    ROW_READY_1,
    ROW_TOTAL_1,
    ROW_ANSWERED_1,
    ROW_READY_10,
    ROW_TOTAL_10,
    ROW_ANSWERED_10,
    ROW_READY_50,
    ROW_TOTAL_50,
    ROW_ANSWERED_50,
    ROW_KERNEL_SHARED,
    ROW_SEEN,
    ROW_HOST_CALLS,
    ROW_VMM_CALLS,
    ROW_POSTURE,
    ROW_KERNEL_CODE,
    ROW_KERNEL_SYMBOLS,
    ROW_PORTABILITY,
    ROW_MANAGEMENT,
    ROW_STORAGE,
    ROW_NETWORK,
    ROWS,
};

enum unit { UNIT_WORDS, UNIT_MS, UNIT_S, UNIT_BYTES, UNIT_PERCENT, UNIT_COUNT };
enum better { BETTER_NEITHER, BETTER_LESS, BETTER_MORE };

struct row {
    const char *key;   /* in JSON: "start.first_output" */
    const char *group; /* rows of one group stand together */
    const char *title;
    enum unit unit;
    enum better better;
    const char *method; /* how it was measured, one sentence or two */
};

extern const struct row rows[ROWS];
bool row_is_of_servers(enum row_id id); /* it has a place only when there is something to ask */

struct cell {
    double *samples; /* every one, in the order they were taken */
    size_t count, capacity;
    const char *words;   /* instead of figures, or beside them */
    const char *missing; /* why there is nothing */
};

struct column_facts {
    const char *key;    /* in JSON */
    const char *title;  /* "container (docker)", "Linux VM" */
    const char *brief;  /* the same for narrow tables: "docker" */
    const char *absent; /* why none of it could be measured; NULL: it could */
    bool hidden;        /* it has no place in this comparison */
};

struct fact {
    const char *key, *title, *value;
};

struct report {
    const char *program; /* as the user named it */
    const char *date;
    double seconds; /* the whole comparison took */
    size_t runs;
    bool emulated;         /* the VMs' processor is emulated, the containers' is not */
    bool row_hidden[ROWS]; /* nobody asked for it */
    bool partial;
    struct strings troubles; /* what is missing and why; whole sentences */
    struct strings answers;  /* which is smaller, faster ...: whole sentences */
    struct strings advice;
    struct fact *facts; /* the host, the versions */
    size_t fact_count;
    struct column_facts columns[COLUMNS];
    struct cell cells[ROWS][COLUMNS];
};

void report_start(struct report *report);
void report_name_column(struct report *report, enum column column, const char *engine);
void report_sample(struct report *report, enum row_id row, enum column column, double value);
void report_words(struct report *report, enum row_id row, enum column column, const char *format,
                  ...) PRINTF_LIKE(4, 5);
void report_missing(struct report *report, enum row_id row, enum column column, const char *format,
                    ...) PRINTF_LIKE(4, 5);
void report_fact(struct report *report, const char *key, const char *title, const char *format, ...)
    PRINTF_LIKE(4, 5);
void report_trouble(struct report *report, const char *format, ...) PRINTF_LIKE(2, 3);
void report_column_absent(struct report *report, enum column column, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Gives every cell that is still empty its reason, and lists what is missing. */
void report_settle(struct report *report);

bool report_has(const struct report *report, enum row_id row, enum column column);
struct statistics report_statistics(const struct report *report, enum row_id row,
                                    enum column column);
double report_median(const struct report *report, enum row_id row, enum column column);

/* The column with the best figure of a row, or -1 where there is no best. */
int report_best(const struct report *report, enum row_id row);
/* It has the best figure, alone or with others, and some other column has a worse one. */
bool report_is_best(const struct report *report, enum row_id row, enum column column);

const char *report_runs(const struct report *report);  /* "20 runs each for start-up" */
const char *figure_text(enum unit unit, double value); /* "41.3 KB" */
const char *cell_text(const struct report *report, enum row_id row, enum column column);
const char *ratio_text(double ratio); /* "12", "1.4": for "12 times" */

#endif
