/* SPDX-License-Identifier: MIT
 *
 * Which program an image holds, whatever stands beside it: debug information,
 * arguments, files, a disk around it.
 */
#ifndef THIMBLE_TOOLS_PROGRAM_ID_H
#define THIMBLE_TOOLS_PROGRAM_ID_H

#include "elf64.h"
#include "file.h"
#include "kernel/abi/bundle.h"

#define PROGRAM_ID_TEXT_BYTES (2 * PROGRAM_ID_BYTES + 1)

struct bundle_view;

/* Of code and data as they are loaded: of the linker's output, without a bundle. */
void program_id_make(const struct elf64 *linked, uint8_t id[PROGRAM_ID_BYTES]);

/* The one in a bundle as text; false when it has none. */
bool program_id_text(const struct bundle_view *bundle, char text[PROGRAM_ID_TEXT_BYTES]);

/* The same of a whole image; says nothing when it is none. */
bool program_id_of_file(const struct file_bytes *file, char text[PROGRAM_ID_TEXT_BYTES]);

#endif
