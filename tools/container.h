/* SPDX-License-Identifier: MIT
 *
 * The container of a program: the same sources compiled for Linux, linked
 * statically, over the same root file system, in the formats that engines take.
 */
#ifndef THIMBLE_TOOLS_CONTAINER_H
#define THIMBLE_TOOLS_CONTAINER_H

#include <stdint.h>

#include "layer.h"
#include "request.h"

enum container_format {
    CONTAINER_OCI,         /* NAME.oci/: an OCI image layout */
    CONTAINER_OCI_ARCHIVE, /* NAME.oci.tar: the same in a tar */
    CONTAINER_DOCKER,      /* NAME.docker.tar: for docker load */
    CONTAINER_TAR,         /* NAME.tar: the root file system, for docker import */
    CONTAINER_DIR,         /* NAME.rootfs/: the root file system as a folder */
    CONTAINER_FORMATS,
};

extern const char *const container_format_names[]; /* up to NULL */

struct container_request {
    struct request build;  /* first: the options of build expect it here; output: NAME, or NULL */
    const char *libc;      /* "glibc" (the host's own; NULL too) or "musl" */
    unsigned formats;      /* 1u << enum container_format, or'ed; 0: none */
    struct strings ports;  /* "80/tcp" */
    struct strings labels; /* KEY=VALUE */
    const char *workdir;   /* or NULL */
    const char *user;      /* or NULL */
    const char *tag;       /* NAME[:TAG], or NULL */
};

/* What was built. Sizes are of what was written, all files of it. */
struct container {
    const char *name;      /* "app" */
    const char *libc;      /* "glibc 2.36", "musl" */
    const char *program;   /* the linked program (a temporary file) */
    const char *layer_tar; /* the root file system, not compressed (a temporary file) */
    const char *layer_gzip;
    const char *config; /* the OCI image configuration, JSON */
    struct strings entrypoint, arguments, environment;
    const char *workdir, *user;
    const struct layer *layer;
    const char *tag; /* "name:tag" */
    uint64_t program_bytes, layer_bytes, layer_gzip_bytes;
    char diff_id[65], layer_digest[65], config_digest[65]; /* sha256, hexadecimal */
    const char *paths[CONTAINER_FORMATS];                  /* NULL: not asked for */
    uint64_t sizes_bytes[CONTAINER_FORMATS];
};

/* Compiles, links, packs, writes each format asked for, reads it back. Dies when
 * something fails, with nothing half-written left. The request stays as it is. */
void container_build(const struct container_request *request, struct container *container);

/* Writes one more format of a container, to a path of the caller's; returns its size.
 * tag: "name:tag", or NULL: the container's own. */
uint64_t container_write(const struct container *container, enum container_format format,
                         const char *path, const char *tag);

#endif
