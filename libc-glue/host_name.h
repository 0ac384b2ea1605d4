/* SPDX-License-Identifier: MIT
 *
 * The machine's name: given by a boot word, learned from the network, or "thimble".
 */
#ifndef GLUE_HOST_NAME_H
#define GLUE_HOST_NAME_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

#define HOST_NAME_BYTES 64

const char *host_name(void);
bool host_name_is_given(void);
void host_name_learn(const char *name); /* where nothing else runs; "": forget it */

/* Letters, digits, - and _ with dots between them. */
bool host_name_is_good(const char *name);

#pragma GCC visibility pop

#endif
