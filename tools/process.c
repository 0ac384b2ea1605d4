/* SPDX-License-Identifier: MIT
 *
 * Starting programs with posix_spawn, waiting for them, reading what they say.
 */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "quoting.h"

bool process_verbose;

extern char **environ;

static void print_command(const struct strings *argv)
{
    if (process_verbose)
        fprintf(stderr, "%s\n", quote_list(argv));
}

static _Noreturn void not_started(const char *program, int error)
{
    if (error == ENOENT)
        die(EXIT_STATUS_FAILED, "%s: this program is needed and not installed", program);
    die(EXIT_STATUS_FAILED, "%s: it cannot be started: %s", program, strerror(error));
}

pid_t process_start(const struct strings *argv, int out_fd, int err_fd)
{
    print_command(argv);
    pid_t pid;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (out_fd >= 0)
        posix_spawn_file_actions_adddup2(&actions, out_fd, STDOUT_FILENO);
    if (err_fd >= 0)
        posix_spawn_file_actions_adddup2(&actions, err_fd, STDERR_FILENO);
    int error = posix_spawnp(&pid, argv->at[0], &actions, NULL, (char *const *)argv->at, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error)
        not_started(argv->at[0], error);
    return pid;
}

/* In the child. */
static _Noreturn void launch(const struct strings *argv, const int streams[3],
                             enum process_bond bond, pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    if (bond != PROCESS_FREE)
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_STATUS_NO_VM);
    if (bond != PROCESS_BESIDE)
        setsid();
    for (int i = 0; i < 3; i++)
        if (streams[i] >= 0 && dup2(streams[i], i) < 0)
            _exit(EXIT_STATUS_NO_VM);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvp(argv->at[0], (char *const *)argv->at);
    dprintf(STDERR_FILENO, "%s: %s\n", argv->at[0], strerror(errno));
    _exit(EXIT_STATUS_NO_VM);
}

pid_t process_launch(const struct strings *argv, const int streams[3], enum process_bond bond)
{
    print_command(argv);
    fflush(NULL);
    pid_t parent = getpid(), pid = fork();
    if (pid < 0)
        not_started(argv->at[0], errno);
    if (pid == 0)
        launch(argv, streams, bond, parent);
    return pid;
}

int process_ask(const struct strings *argv, const char **words)
{
    int fd = scratch_open();
    int status = process_wait(process_start(argv, fd, fd));
    char *text = (char *)scratch_text(fd);
    size_t length = strlen(text);
    while (length && text[length - 1] == '\n')
        text[--length] = 0;
    *words = text;
    return status;
}

int process_status(int wait_status)
{
    if (WIFEXITED(wait_status))
        return WEXITSTATUS(wait_status);
    return EXIT_STATUS_SIGNAL + WTERMSIG(wait_status);
}

int process_wait(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            die(EXIT_STATUS_FAILED, "waiting for a program: %s", strerror(errno));
    return process_status(status);
}

int scratch_open(void)
{
    int fd = memfd_create("thimble", MFD_CLOEXEC);
    if (fd < 0)
        die(EXIT_STATUS_FAILED, "no memory file can be made: %s", strerror(errno));
    return fd;
}

const char *scratch_text(int fd)
{
    off_t bytes = lseek(fd, 0, SEEK_END);
    char *text = memory_new(bytes > 0 ? (size_t)bytes + 1 : 1);
    if (bytes > 0 && pread(fd, text, (size_t)bytes, 0) < 0)
        *text = 0;
    close(fd);
    return text;
}

const char *process_capture(const struct strings *argv)
{
    int fd = scratch_open();
    int status = process_wait(process_start(argv, fd, -1));
    char *text = (char *)scratch_text(fd);
    text[strcspn(text, "\n")] = 0;
    return status == 0 ? text : NULL;
}

_Noreturn void process_become(const struct strings *argv)
{
    print_command(argv);
    execvp(argv->at[0], (char *const *)argv->at);
    not_started(argv->at[0], errno);
}

const char *process_find(const char *program)
{
    const char *path = getenv("PATH");
    if (strchr(program, '/'))
        return access(program, X_OK) == 0 ? program : NULL;
    if (!path)
        path = "/usr/local/bin:/usr/bin:/bin";
    while (*path) {
        size_t length = strcspn(path, ":");
        const char *full = text_format("%.*s/%s", (int)length, path, program);
        if (length && access(full, X_OK) == 0)
            return full;
        path += length + (path[length] == ':');
    }
    return NULL;
}
