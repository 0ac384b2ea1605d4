/* SPDX-License-Identifier: MIT
 *
 * The list of temporary files, and their removal at any kind of end.
 */
#include "temporary.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

/* Read by the signal handler: a slot is either NULL or a whole path. */
static const char *volatile paths[64];
static const char *volatile folder;
static volatile bool folder_kept;
static pid_t owner;

/* Empties the folder, whatever a compiler left there. Runs in a signal handler
 * too, hence no opendir(), which allocates. */
static void folder_empty(const char *path)
{
    _Alignas(struct dirent64) char entries[4096];
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ssize_t bytes;
    while (fd >= 0 && (bytes = getdents64(fd, entries, sizeof entries)) > 0)
        for (ssize_t at = 0; at < bytes;) {
            const struct dirent64 *entry = (const void *)(entries + at);
            unlinkat(fd, entry->d_name, 0);
            at += entry->d_reclen;
        }
    if (fd >= 0)
        close(fd);
}

static void remove_all(void)
{
    if (getpid() != owner)
        return;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (paths[i])
            unlink(paths[i]);
    if (folder && !folder_kept) {
        folder_empty(folder);
        rmdir(folder);
    }
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
