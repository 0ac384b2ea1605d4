/* SPDX-License-Identifier: MIT
 *
 * mkimage, also called thimble: picks the verb and hands over.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "nearest.h"
#include "options.h"
#include "temporary.h"
#include "text.h"
#include "verb.h"

static const struct verb *const verbs[] = {
    &verb_build,     &verb_run,     &verb_container, &verb_compare, &verb_debug,
    &verb_symbolize, &verb_inspect, &verb_config,    &verb_doctor,  &verb_cc};
#define VERB_COUNT (sizeof verbs / sizeof *verbs)

static const struct verb *verb_find(const char *word)
{
    for (size_t i = 0; i < VERB_COUNT; i++)
        if (strcmp(verbs[i]->name, word) == 0)
            return verbs[i];
    return NULL;
}

static void print_overview(FILE *to)
{
    fprintf(to,
            "%s turns a C program into a virtual machine that is only that program.\n\n"
            "usage: %s [build] [options] FILE... [-- ARG...]\n"
            "       %s VERB ...\n\nverbs:\n",
            program_name, program_name, program_name);
    for (size_t i = 0; i < VERB_COUNT; i++)
        fprintf(to, "  %-10s %s\n", verbs[i]->name, verbs[i]->summary);
    fprintf(to, "  %-10s %s\n", "help", "explain a verb: help VERB");
}

void verb_help(const struct verb *verb, FILE *to)
{
    fprintf(to, "usage: %s %s %s\n\n%s\n", program_name, verb->name, verb->synopsis,
            verb->text ? verb->text : verb->summary);
    if (verb->options)
        options_print(verb->options, to);
}

static int help(const char *const *argv)
{
    const struct verb *verb = argv[0] ? verb_find(argv[0]) : NULL;
    if (argv[0] && !verb)
        die(EXIT_STATUS_USAGE, "help: there is no verb %s", argv[0]);
    if (verb)
        verb_help(verb, stdout);
    else
        print_overview(stdout);
    return 0;
}

/* A first word that is no verb, no option and no file was perhaps meant as a verb. */
static void suggest_verb(const char *word)
{
    if (*word == '-' || strpbrk(word, "./") || access(word, F_OK) == 0)
        return;
    struct nearest nearest = nearest_start(word);
    for (size_t i = 0; i < VERB_COUNT; i++)
        nearest_try(&nearest, verbs[i]->name);
    if (nearest.found)
        die(EXIT_STATUS_USAGE, "%s: neither a verb nor a file (did you mean %s?)", word,
            nearest.found);
    die(EXIT_STATUS_USAGE, "%s: neither a verb nor a file", word);
}

static int dispatch(const char *const *argv)
{
    if (!argv[0]) {
        print_overview(stderr);
        return EXIT_STATUS_USAGE;
    }
    if (strcmp(argv[0], "help") == 0)
        return help(argv + 1);
    if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0)
        return help(argv + 1);
    if (strcmp(argv[0], "--version") == 0) {
        printf("%s (Thimble) " THIMBLE_VERSION "\n", program_name);
        return 0;
    }
    const struct verb *verb = verb_find(argv[0]);
    if (verb)
        return verb->run(argv + 1);
    suggest_verb(argv[0]);
    return verb_build.run(argv);
}

/* Descriptors 0 to 2 are always there, so that no file opens as one of them. */
static void open_standard_streams(void)
{
    int fd;
    while ((fd = open("/dev/null", O_RDWR)) >= 0 && fd <= STDERR_FILENO)
        ;
    if (fd >= 0)
        close(fd);
}

int main(int argc, char **argv)
{
    open_standard_streams();
    if (argc > 0 && strcmp(text_after_last(argv[0], '/'), "thimble") == 0)
        program_name = "thimble";
    temporary_start();
    int status = dispatch((const char *const *)argv + (argc > 0));
    if (fflush(stdout) && !status)
        status = failed("standard output cannot be written") ? EXIT_STATUS_FAILED : 0;
    return status;
}
