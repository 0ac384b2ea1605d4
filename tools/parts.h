/* SPDX-License-Identifier: MIT
 *
 * Which part of the system owns which piece of an image (struct part in
 * kernel/abi/bundle.h), as the linker script marks it with pairs of symbols
 * `part.text.libc`, `part.text.libc.end`.
 */
#ifndef THIMBLE_TOOLS_PARTS_H
#define THIMBLE_TOOLS_PARTS_H

#include "symbols.h"

/* The pieces that are not empty, as struct part records in address order. */
struct bytes parts_pack(const struct elf64_symbols *table);

#endif
