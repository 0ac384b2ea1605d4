/* SPDX-License-Identifier: MIT
 *
 * Who called whom, for a program that asks while it runs.
 */
#ifndef KERNEL_FRAMES_H
#define KERNEL_FRAMES_H

#include <stddef.h>
#include <stdint.h>

/* Follows the chain of frame pointers from a function's own; returns how many
 * return addresses it put into to. */
size_t frames_collect(uintptr_t frame, void **to, size_t max);

/* The function that an address is in; the name is not NUL-terminated. */
const char *frame_name(uintptr_t address, size_t *name_length, size_t *offset);

#endif
