/* SPDX-License-Identifier: MIT
 *
 * The road of a build, and the options that describe what is built.
 */
#include "build.h"

#include <string.h>

#include "compiler.h"
#include "finish.h"
#include "linking.h"
#include "port.h"
#include "process.h"
#include "temporary.h"
#include "zones.h"

unsigned long long build_image(struct request *request)
{
    if (request->port)
        return port_image(request);
    struct compiler compiler = compiler_find(request->compiler);
    compile_sources(request, &compiler);
    const char *linked = link_program(request, &compiler);
    zones_pack(request, linked);
    unsigned long long bytes = finish_image(request, linked);
    if (request->debug_file)
        finish_debug_file(request, linked);
    return bytes;
}

static void take_environment(void *into, const char *name, const char *value)
{
    (void)name;
    request_add_environment(into, value);
}

static void take_root(void *into, const char *name, const char *value)
{
    (void)name;
    request_add_root(into, value);
}

static void take_compiler(void *into, const char *name, const char *value)
{
    (void)name;
    ((struct request *)into)->compiler = value;
}

static void take_map(void *into, const char *name, const char *value)
{
    (void)name;
    ((struct request *)into)->map = value;
}

static void take_verbose(void *into, const char *name, const char *value)
{
    (void)into, (void)name, (void)value;
    process_verbose = true;
}

static void take_quiet(void *into, const char *name, const char *value)
{
    (void)name, (void)value;
    ((struct request *)into)->quiet = true;
}

static void take_keep(void *into, const char *name, const char *value)
{
    (void)into, (void)name, (void)value;
    temporary_folder_keep();
}

const struct option_row build_option_rows[] = {
    {"-e", "--env", OPTION_VALUE, "KEY=VALUE", take_environment,
     "set an environment variable (KEY alone: as it is here)"},
    {NULL, "--rootfs", OPTION_VALUE, "DIR", take_root,
     "the files of DIR appear at / (may be repeated)"},
    {NULL, "--cc", OPTION_VALUE, "PROGRAM", take_compiler,
     "the C compiler: gcc or clang (default $THIMBLE_CC, gcc, clang)"},
    {NULL, "--map", OPTION_VALUE, "FILE", take_map, "write the linker's map"},
    {NULL, "--keep", OPTION_FLAG, NULL, take_keep, "keep the folder with temporary files"},
    {NULL, "--verbose", OPTION_FLAG, NULL, take_verbose, "print the commands that are run"},
    {"-q", "--quiet", OPTION_FLAG, NULL, take_quiet, "say nothing when all went well"},
    {0},
};

/* -Wall, -std=c99: the whole word. */
static void take_word(void *into, const char *name, const char *value)
{
    (void)value;
    compiler_take_flag(into, name);
}

/* -I DIR, -DNAME: joined again. */
static void take_joined(void *into, const char *name, const char *value)
{
    compiler_take_flag(into, text_format("%s%s", name, value));
}

/* -include FILE: two words. */
static void take_pair(void *into, const char *name, const char *value)
{
    compiler_take_flag(into, name);
    compiler_take_flag(into, value);
}

static void take_language(void *into, const char *name, const char *value)
{
    (void)name;
    if (text_starts_with(value, "c++"))
        die(EXIT_STATUS_FAILED, "-x %s: C++ programs cannot be built", value);
    ((struct request *)into)->language = strcmp(value, "none") == 0 ? NULL : value;
}

static void take_library(void *into, const char *name, const char *value)
{
    request_add_input(into, INPUT_LINK, text_format("%s%s", name, value));
}

static void take_library_folder(void *into, const char *name, const char *value)
{
    strings_addf(&((struct request *)into)->link_flags, "%s%s", name, value);
}

const struct option_row compile_option_rows[] = {
    {"-I", NULL, OPTION_VALUE, "DIR", take_joined, "look for headers in DIR"},
    {"-D", NULL, OPTION_VALUE, "NAME[=VALUE]", take_joined, "define a macro"},
    {"-U", NULL, OPTION_VALUE, "NAME", take_joined, "undefine a macro"},
    {"-O", NULL, OPTION_PREFIX, NULL, take_word, "optimise: -O0 -O1 -O2 (default) -O3 -Os"},
    {"-g", NULL, OPTION_PREFIX, NULL, take_word, "keep debug information in the image"},
    {"-W", NULL, OPTION_PREFIX, NULL, take_word, "warnings: -Wall -Wextra ..."},
    {"-w", NULL, OPTION_FLAG, NULL, take_word, "no warnings"},
    {"-std", NULL, OPTION_PREFIX, NULL, take_word, "-std=c99, -std=gnu11 ..."},
    {"-l", NULL, OPTION_VALUE, "NAME", take_library, "link libNAME.a"},
    {"-L", NULL, OPTION_VALUE, "DIR", take_library_folder, "look for libraries in DIR"},
    {"-x", NULL, OPTION_VALUE, "LANGUAGE", take_language, "what the files that follow are"},
    {"-include", NULL, OPTION_WORD, "FILE", take_pair, "read FILE first"},
    {"-isystem", NULL, OPTION_WORD, "DIR", take_pair, "look for system headers in DIR"},
    {"-iquote", NULL, OPTION_WORD, "DIR", take_pair, NULL},
    {"-idirafter", NULL, OPTION_WORD, "DIR", take_pair, NULL},
    {"-imacros", NULL, OPTION_WORD, "FILE", take_pair, NULL},
    {"-pthread", NULL, OPTION_FLAG, NULL, take_word, "as for any compiler"},
    {"-pedantic", NULL, OPTION_PREFIX, NULL, take_word, NULL},
    {"-ansi", NULL, OPTION_FLAG, NULL, take_word, NULL},
    {"-pipe", NULL, OPTION_FLAG, NULL, take_word, NULL},
    {"-f", NULL, OPTION_PREFIX, NULL, take_word, "-fwrapv ...: code generation"},
    {"-m", NULL, OPTION_PREFIX, NULL, take_word, "-mavx2 ...: the processor"},
    {0},
};
