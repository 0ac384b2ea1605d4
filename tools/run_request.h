/* SPDX-License-Identifier: MIT
 *
 * What `run` was asked to do, and the options that say it.
 */
#ifndef THIMBLE_TOOLS_RUN_REQUEST_H
#define THIMBLE_TOOLS_RUN_REQUEST_H

#include <stdint.h>

#include "network.h"
#include "options.h"
#include "request.h"
#include "vm.h"

struct run_request {
    struct request build; /* first: the options of build expect it here */
    const char *image;    /* a finished image was given */
    const char *name;
    const char *accel;
    const char *kind;
    const char *boot;
    uint64_t memory_bytes;
    struct patience patience;
    unsigned gdb_port;
    const char *gdb_socket;  /* instead of a port, or NULL */
    bool read_only;          /* the root folder; writable says what is not */
    struct strings writable; /* folders */
    uint64_t files_max_bytes;
    struct network network;
    bool print;
    bool no_aslr; /* everything at the addresses it is linked for */
};

extern const struct option_group run_option_groups[];
extern const struct option_row run_option_rows[]; /* one of them */

/* groups: of options; `request` may be the start of something larger. */
void run_request_parse(struct run_request *request, const struct option_group *groups,
                       const char *const *argv);

/* verb_run.c: the image's path, built in the temporary folder when sources were given;
 * and its boot, which returns the exit status. */
const char *run_build(const struct run_request *request);
int run_image(const struct run_request *request, const char *path);

#endif
