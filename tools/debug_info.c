/* SPDX-License-Identifier: MIT
 *
 * Finding debug information.
 */
#include "debug_info.h"

#include <string.h>
#include <unistd.h>

#include "text.h"

/* "app.elf", "app.img" -> "app.debug" */
static const char *path_beside(const char *path)
{
    const struct image_format *format = format_of_name(path);
    size_t length = strlen(path) - (format ? strlen(format->extension) : 0);
    return text_format("%.*s" DEBUG_FILE_EXTENSION, (int)length, path);
}

static void look_beside(struct debug_info *info, const char *path)
{
    char id[PROGRAM_ID_TEXT_BYTES];
    const char *beside = path_beside(path);
    info->why_not = text_format("it has no debug information, and there is no %s "
                                "(build it with -g or --debug-file)",
                                beside);
    if (access(beside, R_OK) || file_map(beside, &info->beside))
        return;
    info->why_not = text_format("%s belongs to another build of it", beside);
    if (!program_id_of_file(&info->beside, id) || strcmp(id, info->id) != 0)
        return;
    info->why_not = text_format("%s has no debug information", beside);
    info->lines = lines_open(&info->beside);
    info->path = beside;
}

int debug_info_open(struct debug_info *info, const char *path)
{
    *info = (struct debug_info){.why_not = "it was made by an older version of this tool"};
    if (media_open(&info->media, path, path))
        return -1;
    if (!program_id_text(&info->media.image.bundle, info->id))
        return 0;
    info->lines = lines_open(&info->media.kernel);
    info->path = info->media.format == &format_elf ? path : NULL;
    if (!info->lines)
        look_beside(info, path);
    return 0;
}

void debug_info_close(struct debug_info *info)
{
    if (info->lines)
        lines_close(info->lines);
    file_unmap(&info->beside);
    media_close(&info->media);
}

void debug_info_explain(const char *path, const struct crash_text *text)
{
    struct debug_info info;
    if (debug_info_open(&info, path)) {
        fwrite(text->bytes, 1, text->size_bytes, stderr);
        return;
    }
    if (info.lines) {
        crash_print(text, info.lines, stderr);
    } else {
        fwrite(text->bytes, 1, text->size_bytes, stderr);
        warn("%s: no files and lines: %s", path, info.why_not);
    }
    debug_info_close(&info);
}
