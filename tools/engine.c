/* SPDX-License-Identifier: MIT
 *
 * Finding an engine, and what all of them share.
 */
#include "engine.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "engine_work.h"
#include "guardian.h"
#include "process.h"
#include "temporary.h"
#include "tree.h"

#define KILL_PATIENCE_MS 10000

/* What docker gives a program that asks for nothing else. */
#define PATH_DEFAULT "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static bool try_none(struct engine *engine, const char **why)
{
    (void)why;
    *engine = (struct engine){
        .kind = ENGINE_NONE,
        .name = "namespaces",
        .version = "",
        .work = &engine_work_namespaces,
    };
    return true;
}

static const struct candidate {
    const char *wish;
    bool (*try)(struct engine *engine, const char **why);
} candidates[] = {
    {"docker", engine_try_docker},
    {"podman", engine_try_podman},
    {"runc", engine_try_runc},
    {"none", try_none},
};

int engine_find(struct engine *engine, const char *wish)
{
    bool any = strcmp(wish, "auto") == 0;
    const char *why = NULL;
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        if (!any && strcmp(candidates[i].wish, wish) != 0)
            continue;
        if (candidates[i].try(engine, &why))
            return 0;
        if (!any)
            return failed("--engine %s: %s", wish, why);
    }
    return failed("--engine %s: there is no such engine", wish);
}

int engine_docker_runs(struct engine *engine)
{
    const char *why;
    return engine_try_docker(engine, &why) ? 0 : -1;
}

const char *engine_unique(const char *prefix)
{
    uint8_t random[6];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        memcpy(random, &(pid_t){getpid()}, sizeof(pid_t));
    return text_format("%s%02x%02x%02x%02x%02x%02x", prefix, random[0], random[1], random[2],
                       random[3], random[4], random[5]);
}

struct strings engine_environment(const struct container *container, const struct engine_run *run)
{
    struct strings all = {0};
    bool path = false;
    for (int i = 0; i < 2; i++) {
        const struct strings *some = i ? &run->environment : &container->environment;
        for (size_t j = 0; j < some->count; j++)
            path |= text_starts_with(some->at[j], "PATH=");
    }
    if (!path)
        strings_add(&all, PATH_DEFAULT);
    strings_append(&all, &container->environment);
    strings_append(&all, &run->environment);
    return all;
}

struct strings engine_arguments(const struct container *container, const struct engine_run *run)
{
    struct strings all = {0};
    strings_append(&all, &container->entrypoint);
    strings_append(&all, run->own_arguments ? &run->arguments : &container->arguments);
    return all;
}

struct engine_volume engine_volume(const char *text)
{
    size_t length = strcspn(text, ":");
    char *path = text_copy(text + length + 1), *mode = strchr(path, ':');
    if (mode)
        *mode++ = 0;
    return (struct engine_volume){text_copy_bytes(text, length), path,
                                  mode && strcmp(mode, "ro") == 0};
}

int engine_unpack(struct engine *engine, struct engine_image *image)
{
    (void)engine;
    const char *folder = temporary_path(engine_unique("rootfs-"));
    image->ticket = guardian_tree(folder);
    image->rootfs = folder;
    if (mkdir(folder, 0755))
        return failed("%s: %s", folder, strerror(errno));
    layer_write_folder(image->container->layer, folder);
    return 0;
}

void engine_unpacked_remove(struct engine *engine, struct engine_image *image)
{
    (void)engine;
    guardian_undo(image->ticket);
}

int engine_load(struct engine *engine, const struct container *container,
                struct engine_image *image)
{
    *image = (struct engine_image){.container = container};
    return engine->work->load(engine, image);
}

void engine_unload(struct engine *engine, struct engine_image *image)
{
    engine->work->unload(engine, image);
    *image = (struct engine_image){0};
}

/* A control group around the container's own, which outlives it a little. */
static const char *measuring_group(const struct engine *engine, int *ticket)
{
    const char *path = engine_unique(CGROUP_PREFIX);
    if (!engine->cgroupfs && engine->kind != ENGINE_NONE)
        return NULL;
    *ticket = guardian_cgroup(path);
    if (cgroup_create(path) == 0)
        return path;
    guardian_forget(*ticket);
    *ticket = 0;
    return NULL;
}

int engine_start(struct engine *engine, const struct engine_image *image,
                 const struct engine_run *run, struct engine_container *container)
{
    *container = (struct engine_container){.engine = engine, .image = image};
    container->name = run->name ? run->name : engine_unique("thimble-");
    /* podman would leave a parent group of its own behind. */
    bool parent = engine->kind == ENGINE_PODMAN;
    if (run->measured || parent || (engine->kind == ENGINE_NONE && run->memory_bytes))
        container->cgroup = measuring_group(engine, &container->cgroup_ticket);
    if (engine->work->start(engine, run, container) == 0) {
        container->client_ticket = guardian_process(container->client);
        return 0;
    }
    container->ended = true;
    engine_remove(container);
    return -1;
}

int engine_wait(struct engine_container *container, int patience_ms)
{
    if (container->ended)
        return container->status;
    if (patience_ms >= 0) {
        int pidfd = (int)syscall(SYS_pidfd_open, container->client, 0);
        struct pollfd wanted = {pidfd, POLLIN, 0};
        int ready = pidfd < 0 ? 1 : poll(&wanted, 1, patience_ms);
        if (pidfd >= 0)
            close(pidfd);
        if (ready <= 0)
            return -1;
    }
    container->status = process_wait(container->client);
    container->ended = true;
    guardian_forget(container->client_ticket);
    return container->status;
}

pid_t engine_init_pid(const struct engine_container *container)
{
    return container->ended ? 0 : container->engine->work->init_pid(container);
}

int engine_signal(struct engine_container *container, int number)
{
    return container->ended ? -1 : container->engine->work->signal(container, number);
}

void engine_kill(struct engine_container *container)
{
    if (container->ended)
        return;
    engine_signal(container, SIGKILL);
    if (engine_wait(container, KILL_PATIENCE_MS) >= 0)
        return;
    kill(container->client, SIGKILL);
    engine_wait(container, -1);
}

void engine_remove(struct engine_container *container)
{
    engine_kill(container);
    if (container->client)
        container->engine->work->remove(container);
    guardian_undo(container->cgroup_ticket);
    container->cgroup_ticket = 0;
}

int engine_memory(const struct engine_container *container, struct engine_memory *memory)
{
    char path[1024];
    pid_t pid;
    if (container->cgroup)
        return cgroup_memory(container->cgroup, &memory->now_bytes, &memory->peak_bytes);
    pid = engine_init_pid(container);
    if (pid <= 0 || cgroup_of(pid, path, sizeof path))
        return -1;
    return cgroup_memory(path, &memory->now_bytes, &memory->peak_bytes);
}
