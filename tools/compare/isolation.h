/* SPDX-License-Identifier: MIT
 *
 * From a probe's lines KEY=VALUE to the rows of isolation.
 */
#ifndef THIMBLE_COMPARE_ISOLATION_H
#define THIMBLE_COMPARE_ISOLATION_H

#include "comparison.h"

void isolation_note(struct comparison *comparison, enum column column, const char *lines);

#endif
