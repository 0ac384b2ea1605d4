/* SPDX-License-Identifier: MIT
 *
 * mkimage build: from C sources to an image, in one or more formats.
 */
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "compiler.h"
#include "debug_info.h"
#include "formats/family.h"
#include "verb.h"

struct build_request {
    struct request request; /* first: the options of build expect it here */
    unsigned formats;       /* asked for; 0: the usual ones */
};

static void take_format(void *into, const char *name, const char *value)
{
    ((struct build_request *)into)->formats |= formats_parse(name, value);
}

static void take_output(void *into, const char *name, const char *value)
{
    (void)name;
    ((struct request *)into)->output = value;
}

static void take_debug_file(void *into, const char *name, const char *value)
{
    (void)name;
    ((struct request *)into)->debug_file = value ? value : "";
}

static void take_help(void *into, const char *name, const char *value)
{
    (void)into, (void)name, (void)value;
    verb_help(&verb_build, stdout);
    exit(0);
}

static const struct option_row rows[] = {
    {"-o", "--output", OPTION_VALUE, "NAME", take_output,
     "call the images NAME.elf, NAME.img, ... (default: after the first FILE);\n"
     "                          NAME.iso and its like: only that one"},
    {"-f", "--format", OPTION_VALUE, "LIST", take_format,
     "elf,raw (default), iso, qcow2, vmdk, ova, vhd, vhdx, gce"},
    {NULL, "--debug-file", OPTION_MAYBE, "FILE", take_debug_file,
     "debug information into FILE (NAME.debug), not into the images"},
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

static void settle_debug_file(struct request *request, const char *stem)
{
    if (!*request->debug_file)
        request->debug_file = text_format("%s" DEBUG_FILE_EXTENSION, stem);
    compiler_want_debug(request);
    request->debug = false;
}

static int run(const char *const *argv)
{
    struct build_request build = {.request = {.mode = 0666, .relative_debug = true}};
    struct request *request = &build.request;
    const struct option_rules rules = {groups, take_file, take_argument, NULL};
    options_parse(&rules, &build, argv);
    struct family family = family_start(request, build.formats);
    if (request->debug_file)
        settle_debug_file(request, family.stem);
    build_image(request);
    family_finish(&family, request);
    return 0;
}

const struct verb verb_build = {
    .name = "build",
    .synopsis = "[options] FILE... [-- ARG...]",
    .summary = "build an image from C sources (the default verb)",
    .text = "Builds a virtual machine image that is the given C program and nothing else:\n"
            "NAME.elf for hypervisors that load a kernel, NAME.img, a disk that boots by BIOS\n"
            "and by UEFI, and other formats on request (-f).\n"
            "FILE: .c .S .s .o .a, or a folder (its *.c and *.S, its rootfs/ as the root).\n"
            "ARGs are the program's arguments, baked into the image.",
    .options = groups,
    .run = run,
};
