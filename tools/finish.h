/* SPDX-License-Identifier: MIT
 *
 * The last step of a build: from what the linker made to the image.
 */
#ifndef THIMBLE_TOOLS_FINISH_H
#define THIMBLE_TOOLS_FINISH_H

#include "image.h"
#include "request.h"

/* Writes request->output from the linked file, reads it back and verifies it;
 * returns its size in bytes. */
unsigned long long finish_image(const struct request *request, const char *linked);

/* request->debug_file: the image with its debug information, and without its files. */
void finish_debug_file(const struct request *request, const char *linked);

/* The same image with the request's program, arguments and environment, as a build
 * with them would have made it; with debug, whatever it has besides what is loaded. The image
 * stays open and may be the output's old contents. */
unsigned long long finish_image_again(const struct request *request, const struct image *image,
                                      bool debug);

#endif
