/* SPDX-License-Identifier: MIT
 *
 * A build, from request to image.
 */
#ifndef THIMBLE_TOOLS_BUILD_H
#define THIMBLE_TOOLS_BUILD_H

#include "options.h"
#include "request.h"

/* Compiles, links, finishes; returns the image's size in bytes. */
unsigned long long build_image(struct request *request);

/* Options that build and run share. `into` starts with a struct request. */
extern const struct option_row build_option_rows[];
extern const struct option_row compile_option_rows[];

#endif
