/* SPDX-License-Identifier: MIT
 *
 * Writes a container in the forms that engines take. Names and fields are those
 * of the OCI image specification and of `docker save`.
 */
#ifndef THIMBLE_TOOLS_OCI_H
#define THIMBLE_TOOLS_OCI_H

#include "container.h"

#define OCI_TYPE_INDEX    "application/vnd.oci.image.index.v1+json"
#define OCI_TYPE_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define OCI_TYPE_CONFIG   "application/vnd.oci.image.config.v1+json"
#define OCI_TYPE_LAYER    "application/vnd.oci.image.layer.v1.tar+gzip"

/* The image configuration of a container whose layer is known. */
const char *oci_config(const struct container *container, const struct container_request *request);

/* tag: "name:tag" */
uint64_t oci_write_folder(const struct container *container, const char *folder, const char *tag);
void oci_write_archive(const struct container *container, struct output *output, const char *tag);
void oci_write_docker(const struct container *container, struct output *output, const char *tag);

#endif
