/* SPDX-License-Identifier: MIT
 *
 * Reads compare.options.
 */
#include "folder_options.h"

#include <string.h>
#include <unistd.h>

#include "tools/file.h"

#define OPTIONS_FILE "compare.options"

static void add_line(const char *path, const char *line, struct strings *words)
{
    size_t name = strcspn(line, " ");
    if (!*line || *line == '#')
        return;
    if (*line != '-' || strcmp(line, "--") == 0)
        die(EXIT_STATUS_USAGE, "%s: \"%s\": expected an option and its value", path, line);
    strings_add(words, text_copy_bytes(line, name));
    if (line[name])
        strings_add(words, text_copy(line + name + 1));
}

void folder_options(const char *path, struct strings *words)
{
    const char *file = text_format("%s/" OPTIONS_FILE, path);
    struct file_bytes bytes;
    if (*path == '-' || access(file, R_OK) || file_map(file, &bytes))
        return;
    char *text = text_copy_bytes((const char *)bytes.bytes, bytes.size_bytes);
    file_unmap(&bytes);
    for (char *line; (line = strsep(&text, "\n"));)
        add_line(file, line, words);
}
