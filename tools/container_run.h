/* SPDX-License-Identifier: MIT
 *
 * One run of a container in the foreground: its streams are ours, its end is our status.
 */
#ifndef THIMBLE_TOOLS_CONTAINER_RUN_H
#define THIMBLE_TOOLS_CONTAINER_RUN_H

#include "engine.h"

struct container_run {
    const char *engine; /* as engine_find() takes it */
    bool start_engine;  /* start a private daemon when none runs */
    bool quiet;
    double timeout_s; /* 0: none */
    struct engine_run how;
};

/* Returns the program's exit status, or one of kernel/abi/exit.h. Nothing stays behind. */
int container_run(const struct container *container, const struct container_run *run);

#endif
