/* SPDX-License-Identifier: MIT
 *
 * mkimage doctor: which functions of the C library a program uses, and what is true
 * of each.
 */
#include <stdlib.h>
#include <string.h>

#include "diagnosis.h"
#include "tools/build.h"
#include "tools/compiler.h"
#include "tools/process.h"
#include "tools/temporary.h"
#include "tools/verb.h"

struct doctor_request {
    struct request build; /* first: shared options expect it here */
    struct strings files;
    bool json, list;
};

static void take_json(void *into, const char *name, const char *value)
{
    (void)name, (void)value;
    ((struct doctor_request *)into)->json = true;
}

static void take_list(void *into, const char *name, const char *value)
{
    (void)name, (void)value;
    ((struct doctor_request *)into)->list = true;
}

static void take_compiler(void *into, const char *name, const char *value)
{
    (void)name;
    ((struct doctor_request *)into)->build.compiler = value;
}

static void take_help(void *into, const char *name, const char *value)
{
    (void)into, (void)name, (void)value;
    verb_help(&verb_doctor, stdout);
    exit(0);
}

static const struct option_row rows[] = {
    {NULL, "--json", OPTION_FLAG, NULL, take_json, "as JSON"},
    {NULL, "--list", OPTION_FLAG, NULL, take_list, "every function that the library knows of"},
    {NULL, "--cc", OPTION_VALUE, "PROGRAM", take_compiler, "the C compiler for sources"},
    {"-h", "--help", OPTION_FLAG, NULL, take_help, "this text"},
    {0},
};

static const struct option_group groups[] = {
    {"options", rows},
    {"for sources, as for any compiler", compile_option_rows},
    {0},
};

static void take_file(void *into, const char *word)
{
    strings_add(&((struct doctor_request *)into)->files, word);
}

static int compile(const struct compiler *compiler, const struct request *request,
                   const struct input *source, const char *object, const char **words)
{
    struct strings argv = compiler_arguments(compiler, request);
    strings_add(&argv, "-w"); /* a function without a declaration is what we look for */
    if (source->language)
        strings_add_all(&argv, (const char *const[]){"-x", source->language, NULL});
    strings_add_all(&argv, (const char *const[]){"-c", "-o", object, source->path, NULL});
    return process_ask(&argv, words);
}

/* "app.c:3:10: fatal error: sys/foo.h: No such file or directory", the first of them. */
static const char *first_error(const char *words, const char *path)
{
    const char *mark = strstr(words, "error:");
    if (!mark)
        return text_format("%s: the compiler refuses it", path);
    const char *start = mark;
    while (start > words && start[-1] != '\n')
        start--;
    return text_copy_bytes(start, strcspn(start, "\n"));
}

/* A source that the guest's headers do not take is compiled for Linux: its functions
 * can be told all the same. */
static void source_examine(const struct doctor_request *doctor, const struct input *source,
                           size_t number, struct needs *needs, struct strings *uncompiled)
{
    const struct compiler guest = compiler_find(doctor->build.compiler);
    const struct compiler host = compiler_for_linux(doctor->build.compiler);
    const char *object = temporary_path(text_format("%zu.o", number));
    const char *words, *host_words;
    if (compile(&guest, &doctor->build, source, object, &words)) {
        if (compile(&host, &doctor->build, source, object, &host_words)) {
            fputs(words, stderr);
            die(EXIT_STATUS_FAILED, "%s did not compile, for the guest or for Linux", source->path);
        }
        strings_add(uncompiled, first_error(words, source->path));
    }
    needs_of_object(needs, object);
}

static void files_examine(struct doctor_request *request, struct needs *needs,
                          struct strings *uncompiled)
{
    for (size_t i = 0; i < request->files.count; i++) {
        const char *path = request->files.at[i];
        switch (needs_form_of(path)) {
        case NEEDS_OBJECT:
            needs_of_object(needs, path);
            break;
        case NEEDS_ARCHIVE:
            needs_of_archive(needs, path);
            break;
        case NEEDS_LINUX:
            needs_of_linux(needs, path);
            break;
        case NEEDS_OTHER:
            request_add_file(&request->build, path);
            break;
        }
    }
    for (size_t i = 0; i < request->build.input_count; i++)
        if (request->build.inputs[i].kind == INPUT_SOURCE)
            source_examine(request, &request->build.inputs[i], i, needs, uncompiled);
}

static int run(const char *const *argv)
{
    struct doctor_request request = {0};
    const struct option_rules rules = {groups, take_file, NULL, NULL};
    struct needs needs = {0};
    struct strings uncompiled = {0};
    options_parse(&rules, &request, argv);
    if (request.list && request.files.count)
        die(EXIT_STATUS_USAGE, "doctor: --list is about no file, and %s was given",
            request.files.at[0]);
    if (!request.list && !request.files.count)
        die(EXIT_STATUS_USAGE, "doctor: no file was given");
    const struct function_table table = function_table_read();
    if (request.list) {
        (request.json ? function_table_print_json : function_table_print)(&table);
        return 0;
    }
    files_examine(&request, &needs, &uncompiled);
    needs_settle(&needs);
    const struct diagnosis diagnosis = diagnose(&table, &needs, &request.files, &uncompiled);
    (request.json ? diagnosis_print_json : diagnosis_print)(&diagnosis);
    return diagnosis.all_real ? 0 : EXIT_STATUS_FAILED;
}

const struct verb verb_doctor = {
    .name = "doctor",
    .synopsis = "[options] FILE...",
    .summary = "tell which functions of the C library a program uses, and what is true of them",
    .text =
        "FILE: C sources or a folder of them, objects, archives, or a program or library built\n"
        "for Linux that uses shared libraries.\n"
        "Of each function that the files use and do not have: real, partial (what is\n"
        "different), refused (which error, why) or unknown (it does not link). The exit\n"
        "status is 0 when everything is real, else 1.",
    .options = groups,
    .run = run,
};
