/* SPDX-License-Identifier: MIT
 *
 * docker and podman, which understand the same commands.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "engine_work.h"
#include "guardian.h"
#include "process.h"
#include "temporary.h"

/* The engine's command with more words. */
static struct strings command(const struct engine *engine, const char *const *words)
{
    struct strings argv = {0};
    strings_append(&argv, &engine->command);
    strings_add_all(&argv, words);
    return argv;
}

/* The last line of what a client said, without its "Error: " and its advice. */
static const char *complaint(const char *words)
{
    struct strings lines = {0};
    char *copy = text_copy(words), *rest = copy;
    for (char *line; (line = strsep(&rest, "\n"));)
        if (*line && !text_starts_with(line, "See '") && !text_starts_with(line, "time="))
            strings_add(&lines, line);
    return lines.count ? lines.at[lines.count - 1] : *words ? copy : "it does not say why";
}

bool engine_try_docker(struct engine *engine, const char **why)
{
    const char *words;
    bool private = engine->folder != NULL;
    if (!private)
        *engine = (struct engine){.kind = ENGINE_DOCKER};
    engine->name = "docker";
    engine->work = &engine_work_client;
    if (!engine->command.count)
        strings_add(&engine->command, "docker");
    if (!process_find("docker")) {
        *why = "docker is not installed: apt install docker.io";
        return false;
    }
    struct strings ask = command(
        engine,
        (const char *const[]){"info", "--format",
                              "{{.ServerVersion}} {{.CgroupDriver}} {{.InitBinary}}", NULL});
    int status = process_ask(&ask, &words);
    const char *answer = text_after_last(words, '\n');
    char version[64] = "", driver[64] = "", init[64] = "";
    if (status || sscanf(answer, "%63s %63s %63s", version, driver, init) < 2 ||
        strchr(version, ':')) {
        *why = text_format("no docker daemon answers (--start-engine starts one): %s",
                           complaint(words));
        return false;
    }
    engine->version = text_copy(version);
    engine->cgroupfs = strcmp(driver, "cgroupfs") == 0;
    engine->init = *init != 0;
    engine->networked = !private || engine->apart;
    return true;
}

static bool any_is_there(const char *const *paths)
{
    for (; *paths; paths++)
        if (access(*paths, F_OK) == 0)
            return true;
    return false;
}

bool engine_try_podman(struct engine *engine, const char **why)
{
    static const char *const plugins[] = {
        "/usr/lib/podman/netavark", "/usr/libexec/podman/netavark", "/usr/lib/cni/bridge",
        "/opt/cni/bin/bridge",      "/usr/libexec/cni/bridge",      NULL};
    static const char *const inits[] = {"/usr/libexec/podman/catatonit", "/usr/bin/catatonit",
                                        "/usr/lib/podman/catatonit", NULL};
    const char *words;
    *engine = (struct engine){.kind = ENGINE_PODMAN, .name = "podman", .work = &engine_work_client};
    if (!process_find("podman")) {
        *why = "podman is not installed: apt install podman";
        return false;
    }
    strings_add(&engine->command, "podman");
    /* Without systemd nobody hands out control groups; and crun refuses mixed versions of them. */
    bool systemd = access("/run/systemd/system", F_OK) == 0;
    if (!systemd)
        strings_add_all(&engine->command,
                        (const char *const[]){"--cgroup-manager", "cgroupfs", NULL});
    if (access("/sys/fs/cgroup/cgroup.controllers", F_OK) && process_find("runc"))
        strings_add_all(&engine->command, (const char *const[]){"--runtime", "runc", NULL});
    struct strings ask =
        command(engine, (const char *const[]){"version", "--format", "{{.Client.Version}}", NULL});
    if (process_ask(&ask, &words)) {
        *why = text_format("podman does not work: %s", complaint(words));
        return false;
    }
    engine->version = text_after_last(words, '\n');
    engine->cgroupfs = !systemd && geteuid() == 0;
    engine->init = any_is_there(inits);
    engine->networked =
        geteuid() ? process_find("slirp4netns") || process_find("pasta") : any_is_there(plugins);
    return true;
}

static int load(struct engine *engine, struct engine_image *image)
{
    const char *words;
    const char *name = engine_unique("thimble-run-");
    const char *tag =
        text_format("%s%s:latest", engine->kind == ENGINE_PODMAN ? "localhost/" : "", name);
    const char *archive = temporary_path(text_format("%s.tar", name));
    container_write(image->container, CONTAINER_DOCKER, archive, tag);
    struct strings undo = command(engine, (const char *const[]){"rmi", tag, NULL});
    struct strings argv = command(engine, (const char *const[]){"load", "-q", "-i", archive, NULL});
    image->reference = tag;
    image->ticket = guardian_command(&undo);
    int status = process_ask(&argv, &words);
    unlink(archive);
    if (status == 0)
        return 0;
    guardian_forget(image->ticket);
    return failed("%s does not take the image: %s", engine->name, complaint(words));
}

static void unload(struct engine *engine, struct engine_image *image)
{
    (void)engine;
    guardian_undo(image->ticket);
}

static void add_pairs(struct strings *argv, const char *option, const struct strings *values)
{
    for (size_t i = 0; i < values->count; i++)
        strings_add_all(argv, (const char *const[]){option, values->at[i], NULL});
}

static int add_network(const struct engine *engine, const struct engine_run *run,
                       struct strings *argv)
{
    bool none = run->network ? strcmp(run->network, "none") == 0 : !engine->networked;
    if (run->ports.count && none)
        return failed("-p %s: %s has no network to publish it from", run->ports.at[0],
                      engine->folder ? "a private docker daemon" : engine->name);
    if (run->network || none)
        strings_addf(argv, "--network=%s", none ? "none" : run->network);
    add_pairs(argv, "-p", &run->ports);
    return 0;
}

/* What podman wishes for by itself is more than some hosts allow; this much is
 * plenty for one program. */
static void add_limits(struct strings *argv)
{
    static const struct {
        const char *name;
        int resource;
        rlim_t most;
    } limits[] = {{"nofile", RLIMIT_NOFILE, 1 << 20}, {"nproc", RLIMIT_NPROC, 1 << 14}};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct rlimit ours;
        if (getrlimit((__rlimit_resource_t)limits[i].resource, &ours))
            continue;
        rlim_t limit = ours.rlim_max < limits[i].most ? ours.rlim_max : limits[i].most;
        strings_addf(argv, "--ulimit=%s=%llu:%llu", limits[i].name, (unsigned long long)limit,
                     (unsigned long long)limit);
    }
}

static int start(struct engine *engine, const struct engine_run *run,
                 struct engine_container *container)
{
    struct strings argv = command(engine, (const char *const[]){"run", "--rm", "-i", "--pull=never",
                                                                "--log-driver=none", "--name",
                                                                container->name, NULL});
    struct strings undo = command(engine, (const char *const[]){"rm", "-f", container->name, NULL});
    const int streams[3] = {run->in, run->out, run->err};
    if (engine->kind == ENGINE_PODMAN)
        add_limits(&argv);
    /* On the engine's terminal only a program that is not the first process feels Ctrl-C. */
    bool terminal = run->terminal && engine->init;
    if (terminal)
        strings_add_all(&argv, (const char *const[]){"-t", "--init", NULL});
    if (run->memory_bytes)
        strings_addf(&argv, "--memory=%llu", (unsigned long long)run->memory_bytes);
    if (container->cgroup)
        strings_addf(&argv, "--cgroup-parent=%s", container->cgroup);
    if (add_network(engine, run, &argv))
        return -1;
    add_pairs(&argv, "-e", &run->environment);
    add_pairs(&argv, "-v", &run->volumes);
    strings_add(&argv, container->image->reference);
    if (run->own_arguments)
        strings_append(&argv, &run->arguments);
    container->ticket = guardian_command(&undo);
    container->client = process_launch(&argv, streams, terminal ? PROCESS_BESIDE : PROCESS_APART);
    return 0;
}

static pid_t init_pid(const struct engine_container *container)
{
    struct strings argv =
        command(container->engine, (const char *const[]){"inspect", "--format", "{{.State.Pid}}",
                                                         container->name, NULL});
    const char *words;
    return process_ask(&argv, &words) ? 0 : (pid_t)atoi(words);
}

static int send_signal(const struct engine_container *container, int number)
{
    struct strings argv =
        command(container->engine, (const char *const[]){"kill", "-s", text_format("%d", number),
                                                         container->name, NULL});
    const char *words;
    return process_ask(&argv, &words) ? -1 : 0;
}

/* --rm has removed it when all went well; asking again costs a moment and is sure. */
static void remove_container(struct engine_container *container)
{
    if (container->status == 0 || container->status < EXIT_STATUS_TIMEOUT) {
        guardian_forget(container->ticket);
        return;
    }
    guardian_undo(container->ticket);
}

const struct engine_work engine_work_client = {
    .load = load,
    .unload = unload,
    .start = start,
    .init_pid = init_pid,
    .signal = send_signal,
    .remove = remove_container,
};
