/* SPDX-License-Identifier: MIT
 *
 * Calls the linker: the program's objects, the guest's libraries, one script.
 */
#ifndef THIMBLE_TOOLS_LINKING_H
#define THIMBLE_TOOLS_LINKING_H

#include "compiler.h"

/* Returns the path of the linked, unfinished image (a temporary file). */
const char *link_program(const struct request *request, const struct compiler *compiler);

#endif
