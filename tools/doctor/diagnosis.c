/* SPDX-License-Identifier: MIT
 *
 * From needs and the table of functions to findings, and the findings in words.
 */
#include "diagnosis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "glibc_names.h"

#define NAME_COLUMN 24
#define LINE_WIDTH  78
#define LIST_MAX    12 /* symbols of another library that are named */

/* What another library is asked for. Where the file does not say which one and the C library has
 * the name, as with a malloc of somebody's own, the C library will do. */
static bool is_elsewhere(const struct function_table *table, const struct need *need)
{
    if (!need->library || glibc_is_library(need->library))
        return false;
    return strcmp(need->library, LIBRARY_UNTOLD) != 0 || !function_find(table, need->symbol);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct finding *)a)->name, ((const struct finding *)b)->name);
}

static bool is_inner(const struct function_table *table, const char *name)
{
    /* What begins with an underscore is the library's own business, unless it has a line. */
    return name[0] == '_' && !function_find(table, name);
}

static void findings_unite(struct diagnosis *diagnosis)
{
    size_t kept = 0;
    if (diagnosis->count)
        qsort(diagnosis->findings, diagnosis->count, sizeof *diagnosis->findings, by_name);
    for (size_t i = 0; i < diagnosis->count; i++)
        if (!kept || strcmp(diagnosis->findings[kept - 1].name, diagnosis->findings[i].name) != 0)
            diagnosis->findings[kept++] = diagnosis->findings[i];
    diagnosis->count = kept;
    for (size_t i = 0; i < kept; i++)
        diagnosis->counts[diagnosis->findings[i].state]++;
}

struct diagnosis diagnose(const struct function_table *table, const struct needs *needs,
                          const struct strings *files, const struct strings *uncompiled)
{
    struct diagnosis diagnosis = {.files = files, .needs = needs, .uncompiled = *uncompiled};
    diagnosis.findings = memory_new((needs->count + 1) * sizeof *diagnosis.findings);
    for (size_t i = 0; i < needs->count; i++) {
        const struct need *need = &needs->at[i];
        const char *name = glibc_name_of(table, need->symbol);
        const struct function *function = name ? function_find(table, name) : NULL;
        bool is_other = is_elsewhere(table, need);
        if (is_other)
            strings_add(&diagnosis.elsewhere, need->symbol);
        if (is_other || !name || (!function && (need->weak || is_inner(table, name))))
            continue;
        diagnosis.findings[diagnosis.count++] =
            (struct finding){name, function ? function->state : FUNCTION_UNKNOWN, function};
    }
    findings_unite(&diagnosis);
    diagnosis.all_real = diagnosis.counts[FUNCTION_REAL] == diagnosis.count &&
                         diagnosis.elsewhere.count == 0 && needs->libraries.count == 0 &&
                         uncompiled->count == 0;
    return diagnosis;
}

struct strings diagnosis_of_library(const struct diagnosis *diagnosis, const char *library)
{
    struct strings symbols = {0};
    for (size_t i = 0; i < diagnosis->needs->count; i++) {
        const struct need *need = &diagnosis->needs->at[i];
        if (need->library && strcmp(need->library, library) == 0 &&
            strings_contain(&diagnosis->elsewhere, need->symbol))
            strings_add(&symbols, need->symbol);
    }
    return symbols;
}

/* ---- in words ---- */

/* Names side by side, in lines that a terminal has room for. */
static void names_print(const struct strings *names)
{
    int column = 0;
    for (size_t i = 0; i < names->count; i++) {
        int width = (int)strlen(names->at[i]) + 1;
        bool fits = column + width <= LINE_WIDTH;
        printf("%s%s", column == 0 ? "  " : fits ? " " : "\n  ", names->at[i]);
        column = fits && column ? column + width : width + 1;
    }
    puts("");
}

static const char *words_of(const struct finding *finding)
{
    const struct function *function = finding->function;
    if (!function || !function->words)
        return NULL;
    return function->error ? text_format("%s: %s", function->error, function->words)
                           : function->words;
}

/* All functions of one state that the same is true of, and what it is. */
static void group_print(const struct diagnosis *diagnosis, size_t first, bool *told)
{
    const struct finding *findings = diagnosis->findings;
    const char *words = words_of(&findings[first]);
    struct strings names = {0};
    for (size_t i = first; i < diagnosis->count; i++) {
        const char *also = words_of(&findings[i]);
        if (findings[i].state != findings[first].state || !also != !words ||
            (words && strcmp(also, words) != 0))
            continue;
        strings_add(&names, findings[i].name);
        told[i] = true;
    }
    names_print(&names);
    if (words)
        printf("      %s\n", words);
}

static void state_print(const struct diagnosis *diagnosis, enum function_state state,
                        const char *title)
{
    bool *told = memory_new(diagnosis->count + 1);
    if (!diagnosis->counts[state])
        return;
    printf("\n%s, %zu: %s\n", function_state_names[state], diagnosis->counts[state], title);
    for (size_t i = 0; i < diagnosis->count; i++)
        if (diagnosis->findings[i].state == state && !told[i])
            group_print(diagnosis, i, told);
}

static void library_print(const struct diagnosis *diagnosis, const char *library)
{
    struct strings symbols = diagnosis_of_library(diagnosis, library);
    size_t all = symbols.count;
    if (!all && strcmp(library, LIBRARY_UNTOLD) == 0)
        return;
    if (symbols.count > LIST_MAX)
        symbols.at[symbols.count = LIST_MAX] = NULL;
    if (!all)
        printf("  %s\n", library);
    else
        printf("  %s, %zu%s\n", library, all, all > LIST_MAX ? ", among them" : "");
    if (all)
        names_print(&symbols);
}

static void libraries_print(const struct diagnosis *diagnosis)
{
    const struct strings *libraries = &diagnosis->needs->libraries;
    if (!libraries->count)
        return;
    puts("\nother libraries: an image holds all it uses; build these for the guest and link their "
         "archives");
    for (size_t i = 0; i < libraries->count; i++)
        library_print(diagnosis, libraries->at[i]);
    library_print(diagnosis, LIBRARY_UNTOLD);
}

/* What is to be done before it runs, or that it does. */
static const char *verdict_first(const struct diagnosis *diagnosis)
{
    if (diagnosis->all_real)
        return "everything it needs is real";
    if (diagnosis->uncompiled.count)
        return "it does not compile for the guest as it is";
    if (diagnosis->counts[FUNCTION_UNKNOWN] && diagnosis->needs->libraries.count)
        return "it links once the calls of what is unknown are left out and the libraries above "
               "are built for the guest";
    if (diagnosis->counts[FUNCTION_UNKNOWN])
        return "it does not link until the calls of what is unknown are left out, or you add "
               "functions of these names";
    if (diagnosis->needs->libraries.count)
        return "it links together with the libraries above, built for the guest";
    if (diagnosis->counts[FUNCTION_REFUSED])
        return "it builds and starts";
    return "it builds and runs, with the differences above";
}

static const char *verdict(const struct diagnosis *diagnosis)
{
    return text_format("%s%s", verdict_first(diagnosis),
                       diagnosis->counts[FUNCTION_REFUSED]
                           ? "; where it calls what is refused it gets the error"
                           : "");
}

void diagnosis_print(const struct diagnosis *diagnosis)
{
    const char *files = diagnosis->files->count == 1
                            ? diagnosis->files->at[0]
                            : text_format("%zu files", diagnosis->files->count);
    printf("%s: %zu functions of the C library, %zu of them real\n", files, diagnosis->count,
           diagnosis->counts[FUNCTION_REAL]);
    state_print(diagnosis, FUNCTION_PARTIAL, "they work, with a difference");
    state_print(diagnosis, FUNCTION_REFUSED, "they can be called, and always fail");
    state_print(diagnosis, FUNCTION_UNKNOWN, "nothing here has these names");
    libraries_print(diagnosis);
    if (diagnosis->uncompiled.count) {
        puts("\nnot compiled: the guest's headers do not have what these use (their functions were "
             "found by the host's headers)");
        for (size_t i = 0; i < diagnosis->uncompiled.count; i++)
            printf("  %s\n", diagnosis->uncompiled.at[i]);
    }
    printf("\n%s: %s\n", files, verdict(diagnosis));
}

void function_table_print(const struct function_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct function *f = &table->at[i];
        printf("%-*s %-8s %-16s %s%s%s\n", NAME_COLUMN, f->name, function_state_names[f->state],
               f->header ? f->header : "-", f->error ? f->error : "", f->error ? ": " : "",
               f->words ? f->words : "");
    }
}
