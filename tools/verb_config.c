/* SPDX-License-Identifier: MIT
 *
 * mkimage config: shows or changes the arguments and the environment that are
 * baked into a finished image, without building it again.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "finish.h"
#include "formats/family.h"
#include "formats/media.h"
#include "inspect.h"
#include "json_values.h"
#include "options.h"
#include "quoting.h"
#include "temporary.h"
#include "verb.h"

struct config_request {
    struct request changes; /* arguments and environment */
    struct strings unset;
    const char *path;
    bool arguments_given, taking_arguments;
    bool json;
};

static void take_environment(void *into, const char *name, const char *value)
{
    struct config_request *request = into;
    (void)name;
    request->taking_arguments = false;
    request_add_environment(&request->changes, value);
}

static void take_unset(void *into, const char *name, const char *value)
{
    struct config_request *request = into;
    request->taking_arguments = false;
    if (!*value || strchr(value, '='))
        die(EXIT_STATUS_USAGE, "%s %s: expected the name of a variable", name, value);
    strings_add(&request->unset, value);
}

static void take_arguments(void *into, const char *name, const char *value)
{
    struct config_request *request = into;
    (void)name, (void)value;
    request->arguments_given = request->taking_arguments = true;
}

static void take_json(void *into, const char *name, const char *value)
{
    struct config_request *request = into;
    (void)name, (void)value;
    request->taking_arguments = false;
    request->json = true;
}

static void take_help(void *into, const char *name, const char *value)
{
    (void)into, (void)name, (void)value;
    verb_help(&verb_config, stdout);
    exit(0);
}

static const struct option_row rows[] = {
    {NULL, "--args", OPTION_FLAG, NULL, take_arguments,
     "the words that follow are the program's arguments, up to an option"},
    {"-e", "--env", OPTION_VALUE, "KEY=VALUE", take_environment,
     "set an environment variable (KEY alone: as it is here)"},
    {NULL, "--unset", OPTION_VALUE, "KEY", take_unset, "remove an environment variable"},
    {NULL, "--json", OPTION_FLAG, NULL, take_json, "show as JSON"},
    {"-h", "--help", OPTION_FLAG, NULL, take_help, "this text"},
    {0},
};

static const struct option_group groups[] = {{"options", rows}, {0}};

static void take_argument(void *into, const char *word)
{
    struct config_request *request = into;
    request->arguments_given = true;
    strings_add(&request->changes.arguments, word);
}

static void take_operand(void *into, const char *word)
{
    struct config_request *request = into;
    if (request->taking_arguments)
        take_argument(into, word);
    else if (request->path)
        die(EXIT_STATUS_USAGE, "%s and %s: one image at a time", request->path, word);
    else
        request->path = word;
}

/* "K=1" and "K=2", or "K=1" and "K". */
static bool same_variable(const char *a, const char *b)
{
    size_t length = strcspn(a, "=");
    return length == strcspn(b, "=") && memcmp(a, b, length) == 0;
}

static bool names_variable(const struct strings *list, const char *setting)
{
    for (size_t i = 0; i < list->count; i++)
        if (same_variable(list->at[i], setting))
            return true;
    return false;
}

/* The image's settings in their places, changed ones with the new value, new ones last. */
static void merge_environment(struct config_request *request, const struct strings *old)
{
    struct strings merged = {0};
    const struct strings *new = &request->changes.environment;
    for (size_t i = 0; i < old->count; i++)
        if (!names_variable(&request->unset, old->at[i]) && !names_variable(new, old->at[i]))
            strings_add(&merged, old->at[i]);
    for (size_t i = 0; i < new->count; i++) {
        bool again = false;
        for (size_t j = i + 1; j < new->count; j++)
            again |= same_variable(new->at[i], new->at[j]);
        if (!again)
            strings_add(&merged, new->at[i]);
    }
    request->changes.environment = merged;
}

static void show_json(const struct media *media, const struct contents *contents)
{
    json_t *root = json_object();
    json_object_set_new(root, "file", json_from_text(media->name));
    json_object_set_new(root, "format", json_string(media->format->name));
    json_object_set_new(root, "build_id", json_string(build_id_hex(&media->image)));
    json_object_set_new(root, "arguments", json_from_list(&contents->arguments));
    json_object_set_new(root, "environment", json_from_list(&contents->environment));
    json_dumpf(root, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(root);
}

static int show(const struct config_request *request)
{
    struct media media;
    struct contents contents;
    const char *why;
    if (media_open(&media, request->path, request->path) || image_verify(&media.image))
        return EXIT_STATUS_FAILED;
    if (contents_read(&media.image, &contents, &why))
        die(EXIT_STATUS_FAILED, "%s: %s", request->path, why);
    if (request->json)
        show_json(&media, &contents);
    else
        print_manifest(&contents);
    media_close(&media);
    return 0;
}

/* Writes the whole file anew, beside the old one, in the format that it had. */
static int change(struct config_request *request)
{
    struct media media;
    struct contents contents;
    struct stat status;
    const char *why;
    if (media_open(&media, request->path, request->path) || image_verify(&media.image))
        return EXIT_STATUS_FAILED;
    if (contents_read(&media.image, &contents, &why))
        die(EXIT_STATUS_FAILED, "%s: %s", request->path, why);
    bool elf = media.format == &format_elf;
    struct request *changes = &request->changes;
    changes->name = contents.arguments.count ? contents.arguments.at[0] : "program";
    changes->mode = stat(request->path, &status) ? 0666 : status.st_mode & 07777;
    if (!request->arguments_given)
        for (size_t i = 1; i < contents.arguments.count; i++)
            strings_add(&changes->arguments, contents.arguments.at[i]);
    merge_environment(request, &contents.environment);
    changes->output = elf ? request->path : temporary_path("configured.elf");
    finish_image_again(changes, &media.image, true);
    if (!elf)
        family_write(media.format, changes->output, request->path, changes->mode);
    media_close(&media);
    return 0;
}

static int run(const char *const *argv)
{
    struct config_request request = {0};
    const struct option_rules rules = {groups, take_operand, take_argument, NULL};
    options_parse(&rules, &request, argv);
    if (!request.path)
        die(EXIT_STATUS_USAGE, "config: no image was given");
    bool changes =
        request.arguments_given || request.changes.environment.count || request.unset.count;
    if (changes && change(&request))
        return EXIT_STATUS_FAILED;
    return show(&request);
}

const struct verb verb_config = {
    .name = "config",
    .synopsis = "IMAGE [--args [WORD...]] [-e KEY=VALUE] [--unset KEY] [--json] [-- ARG...]",
    .summary = "show or change an image's arguments and environment",
    .text = "Shows the arguments and the environment baked into an image of any format, or\n"
            "changes them without building it again. The image is replaced only when the new\n"
            "one is whole; its build id changes.",
    .options = groups,
    .run = run,
};
