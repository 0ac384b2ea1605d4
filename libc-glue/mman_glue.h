/* SPDX-License-Identifier: MIT
 *
 * What the files of mmap's family share.
 */
#ifndef GLUE_MMAN_GLUE_H
#define GLUE_MMAN_GLUE_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/mapping.h"

#pragma GCC visibility push(hidden)

/* mman.c */
extern unsigned mapping_flags_future; /* of every mapping from now on: mlockall() */
size_t pages_round(size_t size_bytes);
bool is_page_start(const void *address);
int mapping_error(enum mapping_result result); /* 0, or -errno */

#pragma GCC visibility pop

#endif
