/* SPDX-License-Identifier: MIT
 *
 * The names that programs compiled against glibc's headers refer to, in place of those
 * that their sources have.
 */
#ifndef THIMBLE_TOOLS_DOCTOR_GLIBC_NAMES_H
#define THIMBLE_TOOLS_DOCTOR_GLIBC_NAMES_H

#include <stdbool.h>

#include "function_table.h"

/* "__printf_chk" is printf, "fopen64" fopen, "__ctype_b_loc" isalpha. A name that stands
 * for no function ("__libc_start_main") is NULL; one that nobody knows stays as it is. */
const char *glibc_name_of(const struct function_table *table, const char *symbol);

/* Is the file part of the C library: libc.so.6, libm.so.6, ld-linux...? */
bool glibc_is_library(const char *file);

#endif
