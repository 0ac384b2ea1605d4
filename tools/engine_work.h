/* SPDX-License-Identifier: MIT
 *
 * What each kind of engine does in its own way. Only the engine_*.c include this.
 */
#ifndef THIMBLE_TOOLS_ENGINE_WORK_H
#define THIMBLE_TOOLS_ENGINE_WORK_H

#include "engine.h"

struct engine_work {
    int (*load)(struct engine *engine, struct engine_image *image);
    void (*unload)(struct engine *engine, struct engine_image *image);
    /* Sets client, and ticket when there is something to undo. */
    int (*start)(struct engine *engine, const struct engine_run *run,
                 struct engine_container *container);
    pid_t (*init_pid)(const struct engine_container *container);
    int (*signal)(const struct engine_container *container, int number);
    /* After the client has ended. */
    void (*remove)(struct engine_container *container);
};

extern const struct engine_work engine_work_client;     /* docker, podman: a client's commands */
extern const struct engine_work engine_work_runc;       /* runc: a bundle */
extern const struct engine_work engine_work_namespaces; /* nothing but the kernel */

/* Into *engine; false, and *why when the caller wants to know, when it is not to be had. */
bool engine_try_docker(struct engine *engine, const char **why);
bool engine_try_podman(struct engine *engine, const char **why);
bool engine_try_runc(struct engine *engine, const char **why);

const char *engine_unique(const char *prefix); /* "thimble-12ab34cd56ef" */

/* Shared by those without a store: the files unpacked into a folder of their own. */
int engine_unpack(struct engine *engine, struct engine_image *image);
void engine_unpacked_remove(struct engine *engine, struct engine_image *image);

/* The whole environment and command line of a run. */
struct strings engine_environment(const struct container *container, const struct engine_run *run);
struct strings engine_arguments(const struct container *container, const struct engine_run *run);

/* "DIR:PATH:ro" in parts. */
struct engine_volume {
    const char *folder, *path;
    bool read_only;
};
struct engine_volume engine_volume(const char *text);

#endif
