/* SPDX-License-Identifier: MIT
 *
 * Values for reports are made safe, settings are refused: see the header.
 */
#include "json_values.h"

#include <sys/stat.h>

#include "error.h"

json_t *json_from_integer(uint64_t value)
{
    return json_integer((json_int_t)value);
}

json_t *json_from_text(const char *text)
{
    json_t *value = json_string(text);
    if (value)
        return value;
    char *safe = text_copy(text);
    for (char *c = safe; *c; c++)
        if ((unsigned char)*c >= 0x80)
            *c = '?';
    return json_string(safe);
}

json_t *json_from_list(const struct strings *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++)
        json_array_append_new(array, json_from_text(list->at[i]));
    return array;
}

json_t *json_from_setting(const char *text, int status)
{
    json_t *value = json_string(text);
    if (!value)
        die(status, "%s: a container's settings must be UTF-8", text);
    return value;
}

json_t *json_from_settings(const struct strings *list, int status)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++)
        json_array_append_new(array, json_from_setting(list->at[i], status));
    return array;
}

json_t *json_from_file(const char *path, mode_t mode, uint64_t size_bytes, const char *target)
{
    const char *kind = S_ISDIR(mode) ? "folder" : S_ISLNK(mode) ? "link" : "file";
    json_t *file = json_pack("{s:o, s:s, s:i, s:o}", "path", json_from_text(path), "kind", kind,
                             "mode", (int)(mode & 07777), "bytes", json_from_integer(size_bytes));
    if (target)
        json_object_set_new(file, "target", json_from_text(target));
    return file;
}
