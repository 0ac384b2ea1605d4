/* SPDX-License-Identifier: MIT
 *
 * Random bytes fit for keys.
 */
#ifndef KERNEL_ENTROPY_H
#define KERNEL_ENTROPY_H

#include <stddef.h>

void entropy_read(void *to, size_t n);

#endif
