/* SPDX-License-Identifier: MIT
 *
 * What doctor found, and the two ways to tell it.
 */
#ifndef THIMBLE_TOOLS_DOCTOR_DIAGNOSIS_H
#define THIMBLE_TOOLS_DOCTOR_DIAGNOSIS_H

#include "function_table.h"
#include "needs.h"

struct finding {
    const char *name;
    enum function_state state;
    const struct function *function; /* NULL: the table does not have it */
};

struct diagnosis {
    const struct strings *files;
    struct finding *findings; /* by name, each once */
    size_t count;
    size_t counts[FUNCTION_STATES];
    const struct needs *needs;
    struct strings elsewhere;  /* the symbols that come from other libraries */
    struct strings uncompiled; /* sources that the guest's headers do not take: "app.c: why" */
    bool all_real;
};

struct diagnosis diagnose(const struct function_table *table, const struct needs *needs,
                          const struct strings *files, const struct strings *uncompiled);

/* The symbols that a library besides the C library is asked for. */
struct strings diagnosis_of_library(const struct diagnosis *diagnosis, const char *library);

void diagnosis_print(const struct diagnosis *diagnosis);
void diagnosis_print_json(const struct diagnosis *diagnosis);
void function_table_print(const struct function_table *table);
void function_table_print_json(const struct function_table *table);

#endif
