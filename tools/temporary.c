/* SPDX-License-Identifier: MIT
 *
 * The list of temporary files, and their removal at any kind of end.
 */
#include "temporary.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"
#include "tree.h"

/* Read by the signal handler: a slot is either NULL or a whole path. */
static const char *volatile paths[64];
static const char *volatile folder;
static volatile bool folder_kept;
static pid_t owner;

static void (*volatile first_thing)(void);

static void remove_all(void)
{
    if (getpid() != owner)
        return;
    if (first_thing)
        first_thing();
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (paths[i])
            tree_remove(paths[i]);
    if (folder && !folder_kept)
        tree_remove(folder);
}

void temporary_at_end(void (*function)(void))
{
    first_thing = function;
}

static void on_signal(int number)
{
    remove_all();
    signal(number, SIG_DFL);
    raise(number);
}

void temporary_start(void)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    owner = getpid();
    atexit(remove_all);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct sigaction old, action = {.sa_handler = on_signal};
        sigaction(ends[i], NULL, &old);
        if (old.sa_handler != SIG_IGN) /* nohup stays nohup */
            sigaction(ends[i], &action, NULL);
    }
}

void temporary_add(const char *path)
{
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (!paths[i]) {
            paths[i] = path;
            return;
        }
    die(EXIT_STATUS_FAILED, "too many temporary files at once");
}

void temporary_forget(const char *path)
{
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (paths[i] && strcmp(paths[i], path) == 0)
            paths[i] = NULL;
}

const char *temporary_folder(void)
{
    if (folder)
        return folder;
    const char *base = getenv("TMPDIR");
    char *path = text_format("%s/thimble-XXXXXX", base && *base ? base : "/tmp");
    if (!mkdtemp(path))
        die(EXIT_STATUS_FAILED, "%s: no temporary folder can be made: %s", path, strerror(errno));
    folder = path;
    return folder;
}

const char *temporary_path(const char *name)
{
    return text_format("%s/%s", temporary_folder(), name);
}

void temporary_folder_keep(void)
{
    folder_kept = true;
}

bool temporary_folder_kept(void)
{
    return folder_kept;
}
