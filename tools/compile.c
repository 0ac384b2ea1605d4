/* SPDX-License-Identifier: MIT
 *
 * Compiles sources, as many at a time as there are processors.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compiler.h"
#include "process.h"
#include "temporary.h"

#define JOBS_MAX 64

struct job {
    pid_t pid;
    int words_fd; /* what the compiler says; -1: said directly */
    bool done;
    int status;
};

static struct strings command_for(const struct strings *common, const struct input *input)
{
    struct strings argv = {0};
    strings_append(&argv, common);
    if (input->language)
        strings_add_all(&argv, (const char *const[]){"-x", input->language, NULL});
    strings_add_all(&argv, (const char *const[]){"-c", "-o", input->object, input->path, NULL});
    return argv;
}

/* Waits until one more of the running jobs has ended. */
static void wait_for_one(struct job *jobs, size_t started)
{
    int status;
    pid_t pid = wait(&status);
    for (size_t i = 0; i < started; i++)
        if (!jobs[i].done && jobs[i].pid == pid) {
            jobs[i].done = true;
            jobs[i].status = process_status(status);
        }
}

static size_t running(const struct job *jobs, size_t started)
{
    size_t count = 0;
    for (size_t i = 0; i < started; i++)
        count += !jobs[i].done;
    return count;
}

/* Prints what the jobs said, in order; returns how many failed. */
static size_t report(const struct job *jobs, struct input *const *sources, size_t count)
{
    size_t failures = 0;
    for (size_t i = 0; i < count; i++) {
        if (jobs[i].words_fd >= 0)
            fputs(scratch_text(jobs[i].words_fd), stderr);
        if (jobs[i].status == 0)
            continue;
        failures++;
        if (jobs[i].status > EXIT_STATUS_SIGNAL)
            warn("%s did not compile: the compiler was stopped by signal %d", sources[i]->path,
                 jobs[i].status - EXIT_STATUS_SIGNAL);
        else
            warn("%s did not compile", sources[i]->path);
    }
    return failures;
}

/* Starts jobs until one fails or all are started; returns how many were. */
static size_t run(struct job *jobs, struct input *const *sources, size_t count,
                  const struct strings *common)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t jobs_max = processors < 1 ? 1 : processors > JOBS_MAX ? JOBS_MAX : (size_t)processors;
    size_t started = 0;
    bool failing = false;
    while ((started < count && !failing) || running(jobs, started)) {
        if (started < count && !failing && running(jobs, started) < jobs_max) {
            struct strings argv = command_for(common, sources[started]);
            struct job *job = &jobs[started++];
            job->words_fd = count == 1 ? -1 : scratch_open();
            job->pid = process_start(&argv, -1, job->words_fd);
            continue;
        }
        wait_for_one(jobs, started);
        for (size_t i = 0; i < started; i++)
            failing |= jobs[i].done && jobs[i].status;
    }
    return started;
}

void compile_sources(struct request *request, const struct compiler *compiler)
{
    if (request->port)
        die(EXIT_STATUS_FAILED, "%s: a recipe builds images for virtual machines only",
            request->port);
    struct input **sources = memory_new((request->input_count + 1) * sizeof *sources);
    size_t count = 0;
    for (size_t i = 0; i < request->input_count; i++) {
        struct input *input = &request->inputs[i];
        if (input->kind != INPUT_SOURCE)
            continue;
        input->object = temporary_path(
            text_format("%zu-%s.%s", i, request_stem(input->path), compiler->target->suffix));
        sources[count++] = input;
    }
    struct strings common = compiler_arguments(compiler, request);
    /* Collected words lose their colours unless the compiler is told. */
    if (count > 1 && isatty(STDERR_FILENO))
        strings_add(&common, "-fdiagnostics-color=always");
    struct job *jobs = memory_new((count + 1) * sizeof *jobs);
    size_t started = run(jobs, sources, count, &common);
    if (report(jobs, sources, started))
        exit(EXIT_STATUS_FAILED); /* everything has been said */
}
