/* SPDX-License-Identifier: MIT
 *
 * Runs a virtual machine to its end and says how it ended.
 */
#ifndef THIMBLE_TOOLS_VM_H
#define THIMBLE_TOOLS_VM_H

#include "hypervisor.h"

/* what: how messages call the program. Returns the exit status for our caller. */
int vm_run(const struct machine *machine, const char *what, double timeout_s);

#endif
