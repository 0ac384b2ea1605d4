/* SPDX-License-Identifier: MIT
 *
 * mkimage symbolize: files and lines for the report of a crash.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "boot.h"
#include "debug_info.h"
#include "options.h"
#include "text.h"
#include "verb.h"

#define PIECE_BYTES 65536

struct symbolize_request {
    const char *image, *report;
};

static void take_help(void *into, const char *name, const char *value)
{
    (void)into, (void)name, (void)value;
    verb_help(&verb_symbolize, stdout);
    exit(0);
}

static const struct option_row rows[] = {
    {"-h", "--help", OPTION_FLAG, NULL, take_help, "this text"},
    {0},
};

static const struct option_group groups[] = {{"options", rows}, {0}};

static void take_file(void *into, const char *word)
{
    struct symbolize_request *request = into;
    if (!request->image && !request->report &&
        (boot_is_image(word) || text_ends_with(word, DEBUG_FILE_EXTENSION)))
        request->image = word;
    else if (!request->report)
        request->report = word;
    else
        die(EXIT_STATUS_USAGE, "%s: expected one image and one report", word);
}

static struct crash_text read_report(const char *path)
{
    FILE *file = path && strcmp(path, "-") != 0 ? fopen(path, "r") : stdin;
    if (!file)
        die(EXIT_STATUS_FAILED, "%s: %s", path, strerror(errno));
    size_t used = 0, room = PIECE_BYTES;
    char *bytes = memory_new(room + 1);
    for (size_t count; (count = fread(bytes + used, 1, room - used, file));) {
        used += count;
        if (used < room)
            continue;
        bytes = memory_grow(bytes, room, 2 * room + 1);
        room *= 2;
    }
    if (ferror(file))
        die(EXIT_STATUS_FAILED, "%s: %s", path ? path : "standard input", strerror(errno));
    bytes[used] = 0;
    return (struct crash_text){bytes, used};
}

/* The file in this folder that holds the program of the report. */
static const char *find_image(const struct crash_text *text)
{
    char id[PROGRAM_ID_TEXT_BYTES], wanted[PROGRAM_ID_TEXT_BYTES];
    struct strings names = {0};
    crash_count(text, "", wanted);
    DIR *folder = opendir(".");
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        if (text_ends_with(entry->d_name, ".elf") ||
            text_ends_with(entry->d_name, DEBUG_FILE_EXTENSION))
            strings_add(&names, text_copy(entry->d_name));
    if (folder)
        closedir(folder);
    strings_sort(&names);
    for (size_t i = 0; *wanted && i < names.count; i++) {
        struct file_bytes file;
        if (file_map(names.at[i], &file))
            continue;
        bool found = program_id_of_file(&file, id) && strcmp(id, wanted) == 0;
        file_unmap(&file);
        if (found)
            return names.at[i];
    }
    if (*wanted)
        die(EXIT_STATUS_FAILED, "no image in this folder holds program %s: name the image", wanted);
    return NULL;
}

static int run(const char *const *argv)
{
    struct symbolize_request request = {0};
    const struct option_rules rules = {groups, take_file, NULL, NULL};
    char foreign[PROGRAM_ID_TEXT_BYTES];
    struct debug_info info;
    options_parse(&rules, &request, argv);
    const struct crash_text text = read_report(request.report);
    const char *what = request.report ? request.report : "standard input";
    if (!request.image && !(request.image = find_image(&text)))
        die(EXIT_STATUS_FAILED, "%s: no report of a crash (a line `image ... moved by ...`)", what);
    if (debug_info_open(&info, request.image))
        return EXIT_STATUS_FAILED;
    size_t count = crash_count(&text, info.id, foreign);
    if (*foreign)
        die(EXIT_STATUS_FAILED, "%s: this is the report of another program: of %s, and %s holds %s",
            what, foreign, request.image, info.id);
    if (!count)
        die(EXIT_STATUS_FAILED, "%s: no report of a crash (a line `image ... moved by ...`)", what);
    if (!info.lines)
        die(EXIT_STATUS_FAILED, "%s: %s", request.image, info.why_not);
    crash_print(&text, info.lines, stdout);
    debug_info_close(&info);
    return 0;
}

const struct verb verb_symbolize = {
    .name = "symbolize",
    .synopsis = "[IMAGE] [REPORT]",
    .summary = "add files and lines to the report of a crash",
    .text = "Reads a report (a file, or standard input), with the log around it if there is one,\n"
            "and writes it with the file and line of each address and the functions that were\n"
            "inlined there. IMAGE, of any format, must hold the program that crashed, by its\n"
            "program id; debug information is in it (-g), or in NAME.debug beside it\n"
            "(--debug-file). Without IMAGE, the one in this folder that fits is taken.",
    .options = groups,
    .run = run,
};
