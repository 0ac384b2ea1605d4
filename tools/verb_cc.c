/* SPDX-License-Identifier: MIT
 *
 * mkimage cc: stands where a C compiler is expected, for configure scripts and
 * makefiles. What does not link goes to the compiler with the guest's flags;
 * what links becomes an image.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build.h"
#include "cc_link_words.h"
#include "compiler.h"
#include "file.h"
#include "process.h"
#include "quoting.h"
#include "verb.h"

#define RESPONSE_DEPTH_MAX 8
#define TARGET             "x86_64-elf" /* a name that config.sub knows */

enum cc_job { JOB_LINK, JOB_COMPILE, JOB_ASK };

struct cc_request {
    struct request build; /* first: shared options expect it here */
    struct strings words; /* all of them, for the compiler itself */
    enum cc_job job;
    bool dependencies;      /* -MD or -MMD: write a makefile rule too */
    bool dependencies_file; /* -MF says where */
    bool link_words;
};

static void take_output(void *into, const char *name, const char *value)
{
    (void)name;
    ((struct cc_request *)into)->build.output = value;
}

static void take_no_link(void *into, const char *name, const char *value)
{
    struct cc_request *request = into;
    (void)name, (void)value;
    if (request->job == JOB_LINK)
        request->job = JOB_COMPILE;
}

static void take_question(void *into, const char *name, const char *value)
{
    (void)value;
    if (strcmp(name, "-dumpmachine") == 0) {
        puts(TARGET);
        exit(0);
    }
    ((struct cc_request *)into)->job = JOB_ASK;
}

static void take_verbose(void *into, const char *name, const char *value)
{
    (void)into, (void)name, (void)value;
    process_verbose = true;
}

static void take_dependencies(void *into, const char *name, const char *value)
{
    (void)value;
    ((struct cc_request *)into)->dependencies = true;
    compiler_take_flag(into, name);
}

static void take_pair(void *into, const char *name, const char *value)
{
    if (strcmp(name, "-MF") == 0)
        ((struct cc_request *)into)->dependencies_file = true;
    compiler_take_flag(into, name);
    compiler_take_flag(into, value);
}

static void take_link_words(void *into, const char *name, const char *value)
{
    ((struct cc_request *)into)->link_words = true;
    if (strcmp(name, "-Xlinker") == 0)
        link_word_add(into, value);
    else
        link_words_add(into, value);
}

static void take_linker_pair(void *into, const char *name, const char *value)
{
    link_word_add(into, name);
    link_word_add(into, value);
}

static void take_nothing(void *into, const char *name, const char *value)
{
    (void)into, (void)name, (void)value;
}

static void take_shared(void *into, const char *name, const char *value)
{
    (void)into, (void)value;
    die(EXIT_STATUS_FAILED, "%s: there are no shared libraries in an image; link archives instead",
        name);
}

static const struct option_row rows[] = {
    {"-o", NULL, OPTION_VALUE, "FILE", take_output, "the output (default a.out)"},
    {"-c", NULL, OPTION_FLAG, NULL, take_no_link, "compile only"},
    {"-S", NULL, OPTION_FLAG, NULL, take_no_link, "compile to assembly"},
    {"-E", NULL, OPTION_FLAG, NULL, take_no_link, "preprocess only"},
    {"-M", NULL, OPTION_FLAG, NULL, take_no_link, NULL},
    {"-MM", NULL, OPTION_FLAG, NULL, take_no_link, NULL},
    {"-r", NULL, OPTION_FLAG, NULL, take_no_link, NULL},
    {"-fsyntax-only", NULL, OPTION_FLAG, NULL, take_no_link, NULL},
    {"-v", NULL, OPTION_FLAG, NULL, take_verbose, "print the commands that are run"},
    {NULL, "--version", OPTION_FLAG, NULL, take_question, "the compiler's version"},
    {NULL, "--help", OPTION_FLAG, NULL, take_question, NULL},
    {"-V", NULL, OPTION_FLAG, NULL, take_question, NULL},
    {"-qversion", NULL, OPTION_FLAG, NULL, take_question, NULL},
    {"-dump", NULL, OPTION_PREFIX, NULL, take_question, NULL},
    {"-print-", NULL, OPTION_PREFIX, NULL, take_question, NULL},
    {"--print-", NULL, OPTION_PREFIX, NULL, take_question, NULL},
    {"-MD", NULL, OPTION_FLAG, NULL, take_dependencies, NULL},
    {"-MMD", NULL, OPTION_FLAG, NULL, take_dependencies, NULL},
    {"-MF", NULL, OPTION_WORD, "FILE", take_pair, NULL},
    {"-MT", NULL, OPTION_WORD, "TARGET", take_pair, NULL},
    {"-MQ", NULL, OPTION_WORD, "TARGET", take_pair, NULL},
    {"-Xpreprocessor", NULL, OPTION_WORD, "WORD", take_pair, NULL},
    {"-Xassembler", NULL, OPTION_WORD, "WORD", take_pair, NULL},
    {"--param", NULL, OPTION_WORD, "NAME=VALUE", take_pair, NULL},
    {"-Wl,", NULL, OPTION_PREFIX, NULL, take_link_words, "-Wl,WORD...: for the linker"},
    {"-Xlinker", NULL, OPTION_WORD, "WORD", take_link_words, NULL},
    {"-u", NULL, OPTION_VALUE, "SYMBOL", take_linker_pair, NULL},
    {"-T", NULL, OPTION_VALUE, "SCRIPT", take_linker_pair, NULL},
    {"-z", NULL, OPTION_VALUE, "WORD", take_linker_pair, NULL},
    {"-shared", NULL, OPTION_FLAG, NULL, take_shared, NULL},
    {"-static", NULL, OPTION_FLAG, NULL, take_nothing, NULL},
    {"-static-libgcc", NULL, OPTION_FLAG, NULL, take_nothing, NULL},
    {"-static-pie", NULL, OPTION_FLAG, NULL, take_nothing, NULL},
    {"-pie", NULL, OPTION_FLAG, NULL, take_nothing, NULL},
    {"-no-pie", NULL, OPTION_FLAG, NULL, take_nothing, NULL},
    {"-rdynamic", NULL, OPTION_FLAG, NULL, take_nothing, NULL},
    {"-s", NULL, OPTION_FLAG, NULL, take_nothing, NULL},
    {0},
};

static const struct option_group groups[] = {
    {"options", rows},
    {"as for any compiler", compile_option_rows},
    {0},
};

/* A compiler is given many words; what we do not know, it does. */
static void take_unknown(void *into, const char *word)
{
    compiler_take_flag(into, word);
}

/* What the file is matters only when we link; -c may still come. */
static void take_file(void *into, const char *word)
{
    request_add_input(into, INPUT_SOURCE, word);
}

/* Puts the words of @FILE in its place. */
static void expand(struct strings *words, const char *word, unsigned depth)
{
    struct file_bytes file;
    struct strings inner = {0};
    if (*word != '@' || depth == RESPONSE_DEPTH_MAX || access(word + 1, R_OK)) {
        strings_add(words, word);
        return;
    }
    if (file_map(word + 1, &file))
        exit(EXIT_STATUS_FAILED);
    if (quote_split(text_copy_bytes((const char *)file.bytes, file.size_bytes), &inner))
        die(EXIT_STATUS_FAILED, "%s: a quote in it is left open", word + 1);
    file_unmap(&file);
    for (size_t i = 0; i < inner.count; i++)
        expand(words, inner.at[i], depth + 1);
}

/* Hands all words to the compiler, with the guest's flags before them. */
static _Noreturn void become_compiler(struct cc_request *request)
{
    struct strings argv = compiler_command(NULL);
    if (request->job != JOB_ASK) {
        struct compiler compiler = compiler_find_headers(NULL);
        request->build.compile_flags = (struct strings){0};
        argv = compiler_arguments(&compiler, &request->build);
    }
    for (size_t i = 0; i < request->words.count; i++)
        if (!text_starts_with(request->words.at[i], "-flto") || request->job == JOB_ASK)
            strings_add(&argv, request->words.at[i]);
    process_become(&argv);
}

/* With -MD the compiler would name the rule after our temporary object. */
static void place_dependencies(struct cc_request *request)
{
    struct request *build = &request->build;
    if (request->dependencies && !request->dependencies_file) {
        strings_add(&build->compile_flags, "-MF");
        strings_addf(&build->compile_flags, "%s.d", request_stem(build->output));
    }
    if (request->dependencies)
        strings_add_all(&build->compile_flags, (const char *const[]){"-MQ", build->output, NULL});
}

static bool same_file(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static void check_inputs(struct request *build)
{
    for (size_t i = 0; i < build->input_count; i++) {
        struct input *input = &build->inputs[i];
        if (input->kind == INPUT_LINK)
            continue;
        if (strcmp(input->path, "-") == 0)
            die(EXIT_STATUS_FAILED, "-: a program from standard input needs -c, -S or -E");
        request_classify(input);
        if (same_file(input->path, build->output))
            die(EXIT_STATUS_FAILED, "%s: the output would replace an input", build->output);
    }
}

static int run(const char *const *argv)
{
    struct cc_request request = {.build = {.mode = 0777}};
    const struct option_rules rules = {groups, take_file, NULL, take_unknown};
    for (; *argv; argv++)
        expand(&request.words, *argv, 0);
    if (request.words.count)
        options_parse(&rules, &request, request.words.at);
    if (request.job != JOB_LINK)
        become_compiler(&request);
    struct request *build = &request.build;
    bool files = false;
    for (size_t i = 0; i < build->input_count; i++)
        files |= build->inputs[i].kind != INPUT_LINK;
    if (!files && (process_verbose || request.link_words)) {
        request.job = JOB_ASK; /* "cc -v", "cc -Wl,--version" */
        become_compiler(&request);
    }
    if (!files)
        die(EXIT_STATUS_FAILED, "cc: no input files");
    if (!build->output)
        build->output = "a.out";
    check_inputs(build);
    place_dependencies(&request);
    build->name = request_name(build->output);
    build_image(build);
    return 0;
}

const struct verb verb_cc = {
    .name = "cc",
    .synopsis = "WORDS...",
    .summary = "the C compiler, for ./configure CC=\"mkimage cc\" --host=" TARGET " and make",
    .text = "Takes the words a C compiler takes. Objects are compiled for the guest; a program\n"
            "that is linked becomes a bootable image under the name the makefile expects. The\n"
            "compiler behind it is gcc, or what THIMBLE_CC says.",
    .options = groups,
    .run = run,
};
