/* SPDX-License-Identifier: MIT
 *
 * mkimage build: from C sources to an image.
 */
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "nearest.h"
#include "verb.h"

/* The kinds of image; more of them later. */
static const char *const formats[] = {"elf"};

static void check_format(const char *name)
{
    const char *known = "";
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (strcmp(formats[i], name) == 0)
            return;
        known = text_format("%s%s%s", known, *known ? ", " : "", formats[i]);
    }
    die(EXIT_STATUS_USAGE, "-f %s: unknown image format; known: %s", name, known);
}

static void take_format(void *into, const char *name, const char *value)
{
    (void)into, (void)name;
    char *list = text_copy(value), *rest = list;
    for (char *format; (format = strsep(&rest, ","));)
        check_format(format);
}

static void take_output(void *into, const char *name, const char *value)
{
    (void)name;
    ((struct request *)into)->output = value;
}

static void take_help(void *into, const char *name, const char *value)
{
    (void)into, (void)name, (void)value;
    verb_help(&verb_build, stdout);
    exit(0);
}

static const struct option_row rows[] = {
    {"-o", "--output", OPTION_VALUE, "NAME", take_output,
     "call the image NAME.elf (default: after the first FILE)"},
    {"-f", "--format", OPTION_VALUE, "FORMAT", take_format, "the kind of image: elf (default)"},
    {"-h", "--help", OPTION_FLAG, NULL, take_help, "this text"},
    {0},
};

static const struct option_group groups[] = {
    {"options", rows},
    {"the program", build_option_rows},
    {"options for the compiler and linker", compile_option_rows},
    {0},
};

static void take_file(void *into, const char *word)
{
    request_add_file(into, word);
}

static void take_argument(void *into, const char *word)
{
    strings_add(&((struct request *)into)->arguments, word);
}

static int run(const char *const *argv)
{
    struct request request = {.mode = 0666, .relative_debug = true};
    const struct option_rules rules = {groups, take_file, take_argument, NULL};
    options_parse(&rules, &request, argv);
    request_settle(&request);
    unsigned long long bytes = build_image(&request);
    if (!request.quiet)
        printf("%s  %s\n", request.output, text_size(bytes));
    return 0;
}

const struct verb verb_build = {
    .name = "build",
    .synopsis = "[options] FILE... [-- ARG...]",
    .summary = "build an image from C sources (the default verb)",
    .text = "Builds a virtual machine image that is the given C program and nothing else.\n"
            "FILE: .c .S .s .o .a, or a folder (its *.c and *.S, its rootfs/ as the root).\n"
            "ARGs are the program's arguments, baked into the image.",
    .options = groups,
    .run = run,
};
