/* SPDX-License-Identifier: MIT
 *
 * The terminal that this program was started on, which the guest's program may want in
 * another mode. It is put back however we end.
 */
#ifndef THIMBLE_TOOLS_TERMINAL_H
#define THIMBLE_TOOLS_TERMINAL_H

#include <stdbool.h>

/* mode: TERMINAL_... of kernel/abi/console.h. Without a terminal nothing happens. */
void terminal_set_mode(unsigned mode);
void terminal_restore(void);
bool terminal_size(unsigned *rows, unsigned *columns);

#endif
