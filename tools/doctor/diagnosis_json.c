/* SPDX-License-Identifier: MIT
 *
 * What doctor found, for programs.
 */
#include <jansson.h>
#include <stdio.h>

#include "diagnosis.h"
#include "tools/json_values.h"

static json_t *function_json(const char *name, enum function_state state,
                             const struct function *function)
{
    json_t *object =
        json_pack("{s:o, s:s}", "name", json_from_text(name), "state", function_state_names[state]);
    if (function && function->header)
        json_object_set_new(object, "header", json_from_text(function->header));
    if (function && function->error)
        json_object_set_new(object, "errno", json_from_text(function->error));
    if (function && function->words)
        json_object_set_new(object, "words", json_from_text(function->words));
    return object;
}

static void print(json_t *object)
{
    json_dumpf(object, stdout, JSON_INDENT(2));
    puts("");
    json_decref(object);
}

void diagnosis_print_json(const struct diagnosis *diagnosis)
{
    json_t *functions = json_array(), *libraries = json_object(), *counts = json_object();
    for (size_t i = 0; i < diagnosis->count; i++)
        json_array_append_new(functions, function_json(diagnosis->findings[i].name,
                                                       diagnosis->findings[i].state,
                                                       diagnosis->findings[i].function));
    for (int i = 0; i < FUNCTION_STATES; i++)
        json_object_set_new(counts, function_state_names[i],
                            json_integer((json_int_t)diagnosis->counts[i]));
    for (size_t i = 0; i < diagnosis->needs->libraries.count; i++) {
        const char *library = diagnosis->needs->libraries.at[i];
        struct strings symbols = diagnosis_of_library(diagnosis, library);
        json_object_set_new(libraries, library, json_from_list(&symbols));
    }
    struct strings untold = diagnosis_of_library(diagnosis, LIBRARY_UNTOLD);
    print(json_pack("{s:o, s:b, s:o, s:o, s:o, s:o, s:o}", "files",
                    json_from_list(diagnosis->files), "all_real", diagnosis->all_real, "counts",
                    counts, "functions", functions, "libraries", libraries, "of_one_of_them",
                    json_from_list(&untold), "not_compiled",
                    json_from_list(&diagnosis->uncompiled)));
}

void function_table_print_json(const struct function_table *table)
{
    json_t *functions = json_array();
    for (size_t i = 0; i < table->count; i++) {
        json_t *object = function_json(table->at[i].name, table->at[i].state, &table->at[i]);
        json_object_set_new(object, "posix", json_boolean(table->at[i].posix));
        json_array_append_new(functions, object);
    }
    print(json_pack("{s:o}", "functions", functions));
}
