/* SPDX-License-Identifier: MIT
 *
 * A docker daemon of our own: it listens on a socket that only we know, keeps
 * its data in one folder, and touches neither the host's network nor its rules: it has none,
 * or one in a namespace of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"
#include "engine_work.h"
#include "guardian.h"
#include "process.h"

#define START_PATIENCE_MS 60000
#define STEP_MS           20

/* Short, whatever TMPDIR is: a socket's path has at most 107 bytes. */
#define FOLDER "/tmp/thimble-docker-XXXXXX"

/* What the daemon and its helpers make at places that no option moves. */
static const char *const traces[] = {"/etc/docker/key.json", "/etc/docker",
                                     "/run/docker/plugins",  "/run/docker",
                                     "/run/containerd/s",    "/run/containerd"};

enum { TICKET_TREE, TICKET_CGROUP, TICKET_TRACES, TICKET_PROCESS };

static bool answers(const char *socket_path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || strlen(socket_path) >= sizeof address.sun_path)
        return false;
    strcpy(address.sun_path, socket_path);
    bool good = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return good;
}

static struct strings arguments(const struct engine *engine, const char *group)
{
    struct strings argv = {0};
    const char *folder = engine->folder;
    /* containerd leaves reports in TMPDIR when the host is slow: they go with the rest. */
    strings_add_all(&argv, (const char *const[]){"env", text_format("TMPDIR=%s", folder), NULL});
    if (engine->apart)
        strings_add_all(&argv, (const char *const[]){"unshare", "--net", NULL});
    strings_add_all(&argv, (const char *const[]){"dockerd", "--storage-driver=vfs",
                                                 "--iptables=false", "--ip6tables=false", NULL});
    if (engine->apart)
        strings_add_all(&argv,
                        (const char *const[]){"--ip-forward=false", "--ip-masq=false", NULL});
    else
        strings_add(&argv, "--bridge=none");
    strings_addf(&argv, "--config-file=%s/daemon.json", folder); /* not the host's */
    strings_addf(&argv, "--host=unix://%s/socket", folder);
    strings_addf(&argv, "--data-root=%s/data", folder);
    strings_addf(&argv, "--exec-root=%s/exec", folder);
    strings_addf(&argv, "--pidfile=%s/pid", folder);
    strings_addf(&argv, "--cgroup-parent=%s", group);
    return argv;
}

/* Has those that are not there yet removed afterwards: folders only when they are empty. */
static int forget_traces(void)
{
    struct strings argv = {0};
    strings_add_all(&argv, (const char *const[]){"rm", "-df", "--", NULL});
    for (size_t i = 0; i < sizeof traces / sizeof *traces; i++)
        if (access(traces[i], F_OK))
            strings_add(&argv, traces[i]);
    return guardian_command(&argv);
}

/* The last words of a daemon that did not come up. */
static const char *last_words(const char *log)
{
    static char text[4096];
    int fd = open(log, O_RDONLY | O_CLOEXEC);
    off_t end = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
    ssize_t bytes = fd < 0 ? 0
                           : pread(fd, text, sizeof text - 1,
                                   end > (off_t)sizeof text - 1 ? end - (off_t)sizeof text + 1 : 0);
    if (fd >= 0)
        close(fd);
    text[bytes > 0 ? bytes : 0] = 0;
    size_t length = strlen(text);
    while (length && text[length - 1] == '\n')
        text[--length] = 0;
    return *text ? text_after_last(text, '\n') : "it does not say why";
}

static int launch(struct engine *engine, const char *log)
{
    const char *group = text_format("/%s", text_after_last(engine->folder, '/'));
    engine->tickets[TICKET_TREE] = guardian_tree(engine->folder);
    engine->tickets[TICKET_CGROUP] = guardian_cgroup(group);
    engine->tickets[TICKET_TRACES] = forget_traces();
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    FILE *settings = fopen(text_format("%s/daemon.json", engine->folder), "we");
    if (fd < 0 || null < 0 || !settings || fputs("{}", settings) < 0 || fclose(settings))
        return failed("%s: %s", log, strerror(errno));
    struct strings argv = arguments(engine, group);
    sigset_t all, before; /* an end must not come between the birth and its registration */
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    engine->daemon = process_launch(&argv, (const int[]){null, fd, fd}, PROCESS_FREE);
    engine->tickets[TICKET_PROCESS] = guardian_process(engine->daemon);
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(fd);
    close(null);
    return 0;
}

static int wait_for(struct engine *engine, const char *socket_path, const char *log)
{
    const char *why;
    for (int waited_ms = 0; waited_ms < START_PATIENCE_MS; waited_ms += STEP_MS) {
        if (waitpid(engine->daemon, NULL, WNOHANG) == engine->daemon) {
            engine->daemon = 0;
            return failed("a private docker daemon did not start: %s", last_words(log));
        }
        if (answers(socket_path) && engine_try_docker(engine, &why))
            return 0;
        nanosleep(&(struct timespec){0, STEP_MS * 1000000L}, NULL);
    }
    return failed("a private docker daemon did not answer within %d s: %s",
                  START_PATIENCE_MS / 1000, last_words(log));
}

int engine_start_private(struct engine *engine, bool network_apart)
{
    *engine = (struct engine){.kind = ENGINE_DOCKER, .apart = network_apart};
    if (geteuid())
        return failed("--start-engine: a docker daemon needs root");
    if (!process_find("dockerd") || !process_find("docker"))
        return failed("--start-engine: %s is not installed: apt install docker.io",
                      process_find("docker") ? "dockerd" : "docker");
    char *folder = text_copy(FOLDER);
    if (!mkdtemp(folder))
        return failed("--start-engine: %s: %s", folder, strerror(errno));
    engine->folder = folder;
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* so that we bury what the daemon's helpers leave */
    const char *log = text_format("%s/log", folder);
    const char *socket_path = text_format("%s/socket", folder);
    strings_addf(&engine->command, "docker");
    strings_addf(&engine->command, "--host=unix://%s", socket_path);
    if (launch(engine, log) == 0 && wait_for(engine, socket_path, log) == 0)
        return 0;
    engine_close(engine);
    return -1;
}

void engine_close(struct engine *engine)
{
    if (!engine->folder)
        return;
    guardian_undo(engine->tickets[TICKET_PROCESS]);
    if (engine->daemon)
        process_wait(engine->daemon);
    guardian_undo(engine->tickets[TICKET_TRACES]);
    guardian_undo(engine->tickets[TICKET_CGROUP]);
    guardian_undo(engine->tickets[TICKET_TREE]);
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
    *engine = (struct engine){0};
}
