/* SPDX-License-Identifier: MIT
 *
 * Recipes: folders that say how a well-known program is built from its own source
 * by its own build system, with `mkimage cc` as the compiler (apps/ports/port.sh).
 */
#ifndef THIMBLE_TOOLS_PORT_H
#define THIMBLE_TOOLS_PORT_H

#include "request.h"

/* A folder with an executable file `recipe`. */
bool port_is(const char *folder);

/* Runs the recipe of the request, unless what it made is still good, and writes its
 * image again with the request's arguments and environment; returns the image's bytes. */
unsigned long long port_image(const struct request *request);

/* The same program for Linux, linked statically, for a container: its path. The request gets the
 * recipe's files and, when it has none, arguments. */
const char *port_for_linux(struct request *request);

#endif
