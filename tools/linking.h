/* SPDX-License-Identifier: MIT
 *
 * Calls the linker. For the guest: the program's objects, the guest's libraries,
 * one script. For Linux: as the compiler links a static program.
 */
#ifndef THIMBLE_TOOLS_LINKING_H
#define THIMBLE_TOOLS_LINKING_H

#include "compiler.h"

/* Returns the path of what was linked (a temporary file): for the guest an
 * unfinished image, for Linux a program. */
const char *link_program(const struct request *request, const struct compiler *compiler);

#endif
