/* SPDX-License-Identifier: MIT
 *
 * Runs a virtual machine to its end and says how it ended.
 */
#ifndef THIMBLE_TOOLS_VM_H
#define THIMBLE_TOOLS_VM_H

#include "hypervisor.h"

struct patience {
    double timeout_s; /* for all of it; 0: forever */
    double grace_s;   /* for a program that was asked to end */
};

/* what: how messages call the program. Returns the exit status for our caller. */
int vm_run(const struct machine *machine, const char *what, const struct patience *patience);

#endif
