/* SPDX-License-Identifier: MIT
 *
 * Container engines as one interface: docker, podman, bare runc, and, when
 * there is none of them, a runner of our own that uses the kernel's namespaces.
 *
 *     engine_find -> engine_load -> (engine_start -> engine_wait -> engine_remove)* ->
 * engine_unload -> engine_close
 *
 * Whatever is started here is written down with the guardian (guardian.h)
 * before it starts, so that it also goes when this program is killed.
 * Functions that return int: 0, or -1 after a message.
 */
#ifndef THIMBLE_TOOLS_ENGINE_H
#define THIMBLE_TOOLS_ENGINE_H

#include <stdint.h>
#include <sys/types.h>

#include "container.h"

enum engine_kind { ENGINE_DOCKER, ENGINE_PODMAN, ENGINE_RUNC, ENGINE_NONE, ENGINE_KINDS };

struct engine {
    enum engine_kind kind;
    const char *name;       /* "docker", "podman", "runc", "namespaces" */
    const char *version;    /* as it says itself; "" for our own runner */
    struct strings command; /* its program and the words before any verb */
    const struct engine_work *work;
    bool cgroupfs;  /* it takes cgroups by path */
    bool init;      /* it has a small first process to put before the program */
    bool networked; /* containers get a network unless told otherwise */
    bool apart;     /* that network is reached from the daemon's own only */
    /* of a private daemon */
    const char *folder; /* or NULL */
    int tickets[4];
    pid_t daemon;
};

/* wish: "auto" (docker when a daemon answers, podman, runc, none), or one of
 * "docker", "podman", "runc", "none". Says what is missing when it cannot be had. */
int engine_find(struct engine *engine, const char *wish);

/* A docker daemon that runs already; -1 without a message when none answers. */
int engine_docker_runs(struct engine *engine);

/* Starts a dockerd of our own: own socket, data, cgroups; no network, or one apart from this
 * machine's: ports that it publishes are there for who enters the daemon's. Needs root. */
int engine_start_private(struct engine *engine, bool network_apart);
/* Ends the private daemon, if there is one, and removes its data. */
void engine_close(struct engine *engine);

/* A container made known to an engine. */
struct engine_image {
    const struct container *container;
    const char *reference; /* docker, podman: its tag */
    const char *rootfs;    /* runc, none: where its files are; runs share them */
    int ticket;
};

int engine_load(struct engine *engine, const struct container *container,
                struct engine_image *image);
void engine_unload(struct engine *engine, struct engine_image *image);

/* How to run it. Zeros are good defaults, but for in, out and err. */
struct engine_run {
    const char *name;           /* NULL: one is made up */
    struct strings environment; /* KEY=VALUE, over the image's */
    struct strings arguments;   /* instead of the image's when own_arguments */
    struct strings volumes;     /* DIR:PATH[:ro], DIR absolute */
    struct strings ports;       /* [IP:]HOST:CONTAINER[/udp] */
    const char *network;        /* "none", "host", or NULL: the engine's default */
    uint64_t memory_bytes;      /* 0: no limit */
    bool own_arguments;
    bool measured;    /* in a cgroup of its own, whose peak can be read after the end */
    bool terminal;    /* standard input and output are one */
    int in, out, err; /* what the program gets; -1: ours */
};

struct engine_container {
    const struct engine *engine;
    const struct engine_image *image;
    const char *name;
    const char *cgroup; /* "/thimble-...", when measured */
    pid_t client;       /* the process that stands for it here; ends as the program ends */
    int ticket, client_ticket, cgroup_ticket; /* the guardian's */
    bool ended;
    int status;
};

/* Returns as soon as the client runs. */
int engine_start(struct engine *engine, const struct engine_image *image,
                 const struct engine_run *run, struct engine_container *container);

/* The program's exit status (128 + signal; 125: the engine's trouble), or -1
 * when it has not ended within patience_ms (negative: for ever). */
int engine_wait(struct engine_container *container, int patience_ms);

/* The program's first process as this machine sees it, or 0. */
pid_t engine_init_pid(const struct engine_container *container);
/* In a new network, whose loopback is down. */
void engine_raise_loopback(void);
int engine_signal(struct engine_container *container, int number);
void engine_kill(struct engine_container *container);

/* Kills it when it still runs, and removes what the engine keeps of it. */
void engine_remove(struct engine_container *container);

/* Of a measured run; also after its end, before engine_remove. -1: not to be
 * had here (no message). The peak includes what the runtime itself used in there. */
struct engine_memory {
    uint64_t now_bytes, peak_bytes;
};
int engine_memory(const struct engine_container *container, struct engine_memory *memory);

#endif
