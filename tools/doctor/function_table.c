/* SPDX-License-Identifier: MIT
 *
 * Reads the table of functions.
 */
#include "function_table.h"

#include <stdlib.h>
#include <string.h>

#include "tools/file.h"
#include "tools/sysroot.h"
#include "tools/text.h"

enum { FIELD_NAME, FIELD_STATE, FIELD_HEADER, FIELD_STANDARD, FIELD_ERROR, FIELD_WORDS, FIELDS };

const char *const function_state_names[FUNCTION_STATES] = {"real", "partial", "refused", "unknown"};

static enum function_state state_of(const char *word)
{
    for (int i = 0; i < FUNCTION_UNKNOWN; i++)
        if (strcmp(word, function_state_names[i]) == 0)
            return (enum function_state)i;
    return FUNCTION_UNKNOWN; /* "absent", "broken": it cannot be linked */
}

static const char *given(const char *field)
{
    return strcmp(field, "-") == 0 ? NULL : field;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct function *)a)->name, ((const struct function *)b)->name);
}

static void line_read(struct function *function, char *line, const char *path)
{
    const char *fields[FIELDS];
    for (int i = 0; i < FIELDS; i++)
        if (!(fields[i] = strsep(&line, "\t")))
            die(EXIT_STATUS_FAILED, "%s: damaged: build or install %s again", path, program_name);
    *function = (struct function){.name = fields[FIELD_NAME],
                                  .state = state_of(fields[FIELD_STATE]),
                                  .header = given(fields[FIELD_HEADER]),
                                  .error = given(fields[FIELD_ERROR]),
                                  .words = given(fields[FIELD_WORDS]),
                                  .posix = strcmp(fields[FIELD_STANDARD], "POSIX") == 0};
}

struct function_table function_table_read(void)
{
    const char *path = sysroot_file("posix.txt");
    struct file_bytes file;
    if (file_map(path, &file))
        exit(EXIT_STATUS_FAILED);
    char *text = text_copy_bytes((const char *)file.bytes, file.size_bytes), *rest = text;
    file_unmap(&file);
    size_t count = 0;
    for (const char *c = text; *c; c++)
        count += *c == '\n';
    struct function *list = memory_new((count + 1) * sizeof *list);
    for (size_t i = 0; i < count; i++)
        line_read(&list[i], strsep(&rest, "\n"), path);
    qsort(list, count, sizeof *list, by_name);
    return (struct function_table){list, count};
}

const struct function *function_find(const struct function_table *table, const char *name)
{
    const struct function wanted = {.name = name};
    return bsearch(&wanted, table->at, table->count, sizeof wanted, by_name);
}
