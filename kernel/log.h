/* SPDX-License-Identifier: MIT
 *
 * What the kernel notes for itself: the last few events, shown in the report of a
 * crash. Noting one is a handful of stores; the words are made when they are read.
 * A program whose parts note nothing links none of it.
 */
#ifndef KERNEL_LOG_H
#define KERNEL_LOG_H

#include <stdint.h>

/* format: a constant with at most two conversions, %lu, %lx, or %s of a text that stays. */
void log_note(const char *format, uint64_t a, uint64_t b);
void log_print(void);

#endif
