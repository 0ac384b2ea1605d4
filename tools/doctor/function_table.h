/* SPDX-License-Identifier: MIT
 *
 * What is true of each function of the C library: the lines of sysroot/posix.txt,
 * which libc-glue/posix_table writes when the library is built.
 */
#ifndef THIMBLE_TOOLS_DOCTOR_FUNCTION_TABLE_H
#define THIMBLE_TOOLS_DOCTOR_FUNCTION_TABLE_H

#include <stddef.h>

enum function_state {
    FUNCTION_REAL,
    FUNCTION_PARTIAL,
    FUNCTION_REFUSED,
    FUNCTION_UNKNOWN, /* not in the library, so that its callers do not link */
    FUNCTION_STATES
};

extern const char *const function_state_names[FUNCTION_STATES];

struct function {
    const char *name;
    enum function_state state;
    const char *header; /* NULL: none declares it */
    const char *error;  /* of a refusal: "ENOSYS" */
    const char *words;  /* the difference or the reason, or NULL */
    int posix;          /* POSIX.1-2008 names it */
};

struct function_table {
    const struct function *at; /* sorted by name */
    size_t count;
};

/* Ends the program when the table is not there or not readable. */
struct function_table function_table_read(void);
const struct function *function_find(const struct function_table *table, const char *name);

#endif
